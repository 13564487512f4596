// How fast something goes: over the last seconds, for a rate that jumps tells nobody how long it will take.

/** For so long back, in milliseconds. */
const SPAN = 8_000

export class Rate {
  readonly #seen: { readonly at: number; readonly bytes: number }[] = []

  /** Bytes a second, now that so many are there; undefined as long as that would be a guess. */
  after(bytes: number, now = performance.now()): number | undefined {
    this.#seen.push({ at: now, bytes })
    while (this.#seen.length > 2 && now - (this.#seen[0]?.at ?? now) > SPAN) this.#seen.shift()
    const [first] = this.#seen
    if (!first || now - first.at < 1000) return undefined
    return Math.max(0, (1000 * (bytes - first.bytes)) / (now - first.at))
  }
}
