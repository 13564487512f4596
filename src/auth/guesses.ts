// Guesses at econe's keys, whose secrets are the hashes of passwords: failures are counted for each user name and for each
// client address, and who has too many is refused before anything is looked at.
import { Lru } from '../lib/lru.ts'
import { limits } from '../limits.ts'
import { tooManyRequests } from './errors.ts'

/** As much of Cloudflare's rate limiter as is needed: it counts for all isolates of a location. */
export interface Limiter {
  limit(options: { key: string }): Promise<{ success: boolean }>
}

export interface GuessesOptions {
  readonly limiter?: Limiter | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

const WINDOW = 60_000

/**
 * The failures of the last minute, counted in this isolate, and in the whole location where a limiter is bound: of that an
 * isolate learns with its first failure.
 */
export class Guesses {
  readonly #options: GuessesOptions
  /** When the latest failures were, the oldest of them first. */
  readonly #failures = new Lru<readonly number[]>(2000)

  constructor(options: GuessesOptions) {
    this.#options = options
  }

  /** @throws RequestLimitExceeded (503), the same whether there is such a user or not */
  check(name: string, address: string | undefined): void {
    if (keysOf(name, address).some(key => this.#isBarred(key))) throw tooManyRequests()
  }

  /** Counts a failure. A limiter that fails itself counts nothing. */
  async fail(name: string, address: string | undefined): Promise<void> {
    const { now, limiter } = this.#options
    const count = async (key: string) => {
      this.#failures.set(key, [...(this.#failures.get(key) ?? []), now()].slice(-MOST))
      const outcome = await limiter?.limit({ key }).catch(() => undefined)
      if (outcome?.success === false) this.#failures.set(key, Array.from({ length: MOST }, now))
    }
    await Promise.all(keysOf(name, address).map(count))
  }

  #isBarred(key: string): boolean {
    const failures = this.#failures.get(key) ?? []
    const age = this.#options.now() - (failures[0] ?? Number.NaN)
    return failures.length === MOST && age >= 0 && age < WINDOW
  }
}

const MOST = limits.failedNames.most

const keysOf = (name: string, address: string | undefined): string[] => [
  `name ${name}`,
  ...(address ? [`address ${networkOf(address)}`] : []),
]

/** A client with IPv6 has 2^64 addresses of its own: they count as one. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').length
  return [...groups, ...Array.from({ length: Math.max(0, missing) }, () => '0'), ...(tail ?? '').split(':')]
    .slice(0, 4)
    .map(group => group || '0')
    .join(':')
}
