// Waiting until items are as they shall be, and looking at things again from time to time.
import { useEffect } from 'hono/jsx/dom'
import { isNotFound } from '../api/failure.ts'
import { pause } from '../api/wait.ts'
import type { Listing } from './listing.ts'

/** How often is looked at what changes by itself, and at what seldom does, in milliseconds. */
const OFTEN = 2_000
const SELDOM = 20_000

/** How many times as long as looking took is waited at least before looking again. */
const REST = 10

/** Items that are looked at by their ids at a time. */
const MOST = 100

/** How soon is looked again at what is waited for, in milliseconds; every pause is twice the one before. */
const SOON = 500

/** For how long something is waited for, in milliseconds. */
const PATIENCE = 15 * 60_000

/** The items of these ids as they are now; undefined for one that is not there. @throws ApiError */
export async function find<Item>(
  listing: Listing<Item>,
  ids: readonly string[],
): Promise<Map<string, Item | undefined>> {
  const found = new Map<string, Item | undefined>(ids.map(id => [id, undefined]))
  if (ids.length === 0) return found
  try {
    const { items } = await listing.load({ ids })
    for (const item of items) found.set(listing.idOf(item), item)
    return found
  } catch (error) {
    if (!isNotFound(error)) throw error
    if (ids.length === 1) return found
    // One of them is gone, and the API says no more than that
    const each = await Promise.all(ids.map(id => find(listing, [id])))
    return new Map(each.flatMap(some => [...some]))
  }
}

/**
 * Looks at items until all of them are as they shall be; what it sees the list shows.
 * @returns whether they are
 * @throws ApiError
 */
export async function until<Item>(
  list: Listing<Item>,
  ids: readonly string[],
  reached: (item: Item | undefined) => boolean,
): Promise<boolean> {
  const end = Date.now() + PATIENCE
  for (let rest = SOON; Date.now() < end; rest = Math.min(OFTEN, 2 * rest)) {
    const found = await find(list, ids)
    list.shown.merge(found)
    if ([...found.values()].every(reached)) return true
    await pause(rest)
  }
  return false
}

/** Looks again at those items of a list that are in a state which passes. What goes wrong is told when the list itself is loaded. */
export async function lookAtBusy<Item>(list: Listing<Item>, isBusy: (item: Item) => boolean): Promise<void> {
  const busy = list.shown.state.get().items.filter(isBusy).map(list.idOf)
  const found = await find(list, busy.slice(0, MOST)).catch(() => new Map<string, Item>())
  list.shown.merge(found)
}

/** Has something looked at again while it is shown: often while it changes by itself, else seldom, and never behind the visitor's back. */
export function useRefresh(refresh: () => Promise<unknown>, isBusy: boolean, about: readonly unknown[]): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isShown = true
    const every = isBusy ? OFTEN : SELDOM
    const look = async () => {
      const began = performance.now()
      if (document.visibilityState === 'visible') await refresh()
      // What takes long is not asked for all the time
      if (isShown) timer = setTimeout(() => void look(), Math.max(every, REST * (performance.now() - began)))
    }
    timer = setTimeout(() => void look(), every)
    return () => {
      isShown = false
      clearTimeout(timer)
    }
  }, [isBusy, ...about])
}
