// What a command was given, by the names of its operands and options.
import { UsageError } from './errors.ts'

/** What a command line gives, defaults included, by the names of operands and options. */
export class Arguments {
  readonly #values: ReadonlyMap<string, readonly string[]>

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values
  }

  /** All values; none where it was not given. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? []
  }

  /** The last value, which is the one that counts of an option given twice. */
  last(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  /** The value of what has to be given. @throws {UsageError} where it is not */
  the(name: string): string {
    const value = this.last(name)
    if (value === undefined) throw new UsageError(`${name} is missing`)
    return value
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }
}
