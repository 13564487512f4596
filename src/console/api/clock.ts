// The time that requests are signed at: this machine's, corrected by how far it is from the endpoint's.
import { compactDate } from '../../lib/instants.ts'

/** Differences below are of no account: a signature is good for minutes. In milliseconds. */
const TOLERANCE = 60_000

/** The endpoint's time, as far as it is known. */
export class Clock {
  #offset = 0

  now(): number {
    return Date.now() + this.#offset
  }

  /** The present time in a signature's form, such as `20260704T120000Z`. */
  signingTime(): string {
    return compactDate(this.now())
  }

  /**
   * Learns from a refusal what time it is there.
   * @param message what the error says: `… (20260704T120000Z - 15 min.)`
   * @param date the answer's Date header, where the message has no time
   * @param signedAt by what time here the request was signed
   * @returns whether that was another time, so that it is worth asking again: another request may have learned it meanwhile
   */
  learn(message: string, date: string | null, signedAt: number): boolean {
    const told = /\((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z [-+] /.exec(message)?.slice(1).map(Number)
    const [year = 0, month = 1, ...rest] = told ?? []
    const theirs = told ? Date.UTC(year, month - 1, ...rest) : Date.parse(date ?? '')
    if (!(Math.abs(theirs - signedAt) > TOLERANCE)) return false
    this.#offset = theirs - Date.now()
    return true
  }
}
