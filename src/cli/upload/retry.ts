// Trying again: what may go better another time is asked for once more, after a while that grows.
import { setTimeout as pause } from 'node:timers/promises'
import { Failure } from '../errors.ts'

/** Milliseconds before the first repeat, and at most before a later one. */
const FIRST_PAUSE = 250
const LONGEST_PAUSE = 15_000

/** The link broke, or the other side had a bad moment: the same request may well succeed later. */
export class Passing extends Failure {
  override readonly name = 'Passing'
  /** S3's code, where it has one. */
  readonly code: string

  constructor(message: string, code = '') {
    super(message)
    this.code = code
  }
}

export interface Patience {
  /** How often something is tried again. */
  readonly retries: number
  readonly signal: AbortSignal
  /** Is told what went wrong, before the next attempt. */
  readonly onTrouble: (trouble: Failure, attempt: number) => void
}

/**
 * Does the work, again as long as it fails in a way that may pass.
 *
 * @throws what it fails with at last, or at once where that does not pass
 */
export async function retried<T>(work: () => Promise<T>, { retries, signal, onTrouble }: Patience): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof Passing) || attempt > retries) throw error
      onTrouble(error, attempt)
    }
    await pause(pauseBefore(attempt), undefined, { signal })
  }
}

/** Twice as long each time, and by chance, so that several do not come back all at once. */
function pauseBefore(attempt: number): number {
  return Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2)
}
