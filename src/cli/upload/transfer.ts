// Several parts on their way at a time, in the order in which the file is read; those that are there already stay.
import type { Progress } from '../progress.ts'
import type { StoredPart } from './door.ts'
import { Passing, type Patience, retried } from './retry.ts'
import type { Part } from './source.ts'

/** Stores a part, once. */
export type SendPart = (part: Part, onSent: (bytes: number) => void, signal: AbortSignal) => Promise<void>

export interface Transfer {
  readonly parts: AsyncGenerator<Part, void, void>
  /** What is there. */
  readonly stored: ReadonlyMap<number, StoredPart>
  readonly send: SendPart
  /** How many parts are on their way at a time. */
  readonly parallel: number
  readonly patience: Patience
  readonly progress: Progress
}

/**
 * Sends what is not there; what is there counts only if it has the bytes that the file has.
 *
 * @returns all parts in order, without their bytes
 * @throws what sending or reading fails with first, when nothing is on its way any more
 */
export async function transfer({ parts, stored, send, parallel, patience, progress }: Transfer): Promise<Part[]> {
  const done: Part[] = []
  const stop = new AbortController()
  const signal = AbortSignal.any([patience.signal, stop.signal])
  const all = { ...patience, signal }
  const lane = async () => {
    for (let next = await parts.next(); !next.done; next = await parts.next()) {
      signal.throwIfAborted()
      const part = next.value
      if (isThere(part, stored.get(part.number))) progress.skip(part.size)
      else await sent(part, send, all, progress)
      done.push({ ...part, read: nothing })
    }
  }
  const lanes = Array.from({ length: parallel }, () =>
    lane().catch((error: unknown) => {
      stop.abort()
      throw error
    }),
  )
  try {
    await Promise.all(lanes)
  } finally {
    await Promise.allSettled(lanes)
    await parts.return()
  }
  return done.sort((one, other) => one.number - other.number)
}

const isThere = ({ size, md5 }: Part, stored: StoredPart | undefined) =>
  stored?.size === size && stored.etag === md5.toString('hex')

async function sent(part: Part, send: SendPart, patience: Patience, progress: Progress): Promise<void> {
  const attempt = async () => {
    let [bytes, isOpen] = [0, true]
    const onSent = (more: number) => {
      // A request that failed may be read on for a moment
      if (!isOpen) return
      bytes += more
      progress.advance(more)
    }
    try {
      await send(part, onSent, patience.signal)
    } catch (error) {
      progress.retract(bytes, error instanceof Passing ? `trying again: ${error.message}` : undefined)
      throw error
    } finally {
      isOpen = false
    }
  }
  await retried(attempt, patience)
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}
