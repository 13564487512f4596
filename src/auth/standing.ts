// What OpenNebula says of a user at present. A server session is bound to a name and works for a disabled user as well, so
// only we can refuse whoever is no longer the user that a key, or an accepted task, was meant for.
import { Lru } from '../lib/lru.ts'
import { isWithin, type Keep, SharedReads } from '../lib/shared-reads.ts'
import { limits } from '../limits.ts'
import { group } from '../opennebula/calls/group.ts'
import { standing } from '../opennebula/calls/user.ts'
import { OneError } from '../opennebula/errors.ts'
import type { OneReader } from '../opennebula/one.ts'
import { invalidClientToken, unavailable } from './errors.ts'

/** OpenNebula's group 0: whoever is in it may do anything. */
const ADMINISTRATORS = 0

/** A user's standing at a moment. */
export interface Standing {
  /** Absent where no user has the number any more: OpenNebula never gives one out twice. */
  readonly user?: { readonly name: string; readonly enabled: boolean; readonly isAdministrator: boolean }
  /** The numbers of the members of group 0: what they own is the operator's. */
  readonly administrators: readonly number[]
}

/** For whom somebody wants to act. */
export interface Holder {
  readonly user: { readonly id: number; readonly name: string }
  /** Whether the operator allowed it for a member of group 0. */
  readonly allowAdmin?: boolean
}

/**
 * `valid`: the user is the same, and enabled. `suspended`: disabled, renamed, or in group 0 without leave, which may all be
 * undone. `gone`: the user was deleted, for ever.
 */
export type Verdict = 'valid' | 'suspended' | 'gone'

export interface StandingsOptions {
  /** The standing of the user of a number; what it throws goes to everybody who waits. */
  readonly read: (id: number) => Promise<Standing>
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const LIFETIME = limits.standingAge.most * 1000

/**
 * The standing of the users who make requests, each known for a minute at most. Requests that need one at the same time share
 * one read. A read that fails admits nobody and refuses nobody: it is thrown (503), and the next request reads anew.
 */
export class Standings {
  readonly #options: StandingsOptions
  readonly #known = new Lru<{ readonly since: number; readonly standing: Standing }>(1000)
  readonly #reads: SharedReads<number, Standing>

  constructor(options: StandingsOptions) {
    this.#options = options
    this.#reads = new SharedReads(options.now)
  }

  /**
   * Lets the holder of a genuine key in.
   *
   * @returns the numbers of the members of group 0
   * @throws InvalidClientTokenId (403) for one who may not, Unavailable (503) where OpenNebula does not say
   */
  async admit(holder: Holder, keep: Keep): Promise<readonly number[]> {
    const found = await this.#of(holder.user.id, keep)
    if (judge(holder, found) !== 'valid') throw invalidClientToken()
    return found.administrators
  }

  /** Whether work may go on for somebody whose request is over. @throws Unavailable where OpenNebula does not say */
  async judge(holder: Holder, keep: Keep): Promise<Verdict> {
    return judge(holder, await this.#of(holder.user.id, keep))
  }

  async #of(id: number, keep: Keep): Promise<Standing> {
    const known = this.#known.get(String(id))
    if (known && isWithin(LIFETIME, known.since, this.#options.now())) return known.standing
    return this.#reads.get(id, keep, async since => {
      const standing = await this.#options.read(id)
      this.#known.set(String(id), { since, standing })
      return standing
    })
  }
}

function judge({ user, allowAdmin = false }: Holder, { user: found }: Standing): Verdict {
  if (!found) return 'gone'
  return found.enabled && found.name === user.name && (allowAdmin || !found.isAdministrator) ? 'valid' : 'suspended'
}

/**
 * Asks OpenNebula, in one request.
 *
 * @param server the front-end as the server's account sees it
 * @throws Unavailable where there is no answer: whatever is wrong with that account is no caller's fault
 */
export async function readStanding(server: OneReader, id: number): Promise<Standing> {
  try {
    const [user, members] = await server.read(standing(id), group(ADMINISTRATORS))
    if (members.error) throw members.error
    const administrators = members.value.flatMap(({ USERS }) => USERS.ID)
    if (user.error instanceof OneError && user.error.code === 'NO_EXISTS') return { administrators }
    if (user.error) throw user.error
    const [found] = user.value
    if (!found) throw new TypeError('a user without a document')
    const { NAME: name, ENABLED: enabled } = found
    const isAdministrator = isInGroup0(found) || administrators.includes(id)
    return { user: { name, enabled, isAdministrator }, administrators }
  } catch (cause) {
    throw unavailable('The cloud', cause)
  }
}

/** Whether a user is in group 0, first or besides others. */
export const isInGroup0 = ({
  GID,
  GROUPS,
}: {
  readonly GID: number
  readonly GROUPS: { readonly ID: readonly number[] }
}) => GID === ADMINISTRATORS || GROUPS.ID.includes(ADMINISTRATORS)
