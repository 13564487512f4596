// What a refusal says to the operator alone: sealed into its message, and opened by econe-keys.
import type { MasterSecrets } from '../../config/derived-keys.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { Seal } from '../seal.ts'
import type { Refusal } from './decide.ts'

/** A refusal with whose request it was. */
export interface ToldRefusal extends Refusal {
  readonly requestId: string
  readonly accessKeyId: string
}

const NAME = 'refusal'

/** Longer texts of clients are cut: a message has to stay one that can be copied. */
const LONGEST = 256

/** Seals refusals, and opens them again. */
export class Refusals {
  readonly #seal: Seal

  constructor(secrets: MasterSecrets) {
    this.#seal = new Seal(secrets, 'refusals')
  }

  seal(refusal: ToldRefusal): Promise<string> {
    const context = Object.entries(refusal.context).map(([key, value]) => [key, excerpt(value, LONGEST)] as const)
    return this.#seal.seal(NAME, { ...refusal, context: Object.fromEntries(context) })
  }

  /** @throws Error for what is no message of this Worker's */
  async open(message: string): Promise<ToldRefusal> {
    // What opens was sealed by seal: nobody else has the key
    return (await this.#seal.open(NAME, message)) as ToldRefusal
  }
}
