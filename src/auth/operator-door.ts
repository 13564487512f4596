// The operator's door, as both of its sides know it: its paths, and the proof of who knows EDGE_SECRET.
//
// A proof is a keyed hash over the method, the path and the time, in a header of its own. Nothing secret is in it or in the
// URL: it opens this path alone, for reading, and for minutes. Whoever repeats it learns what its answer said.
import { fromHex, toBytes, toHex } from '../lib/bytes.ts'
import { isSigned, SIGNATURE_BYTES, type SigningKeys, sign } from '../lib/signing.ts'
import { limits } from '../limits.ts'

/** What lies below is the operator's. */
export const OPERATOR_PATH = '/_operator/'

/** The scheme in the Authorization header: `Econe-Operator 1795660000000.<64 hexadecimal digits>`. */
const SCHEME = 'Econe-Operator'

/** Milliseconds, before its time and after it. */
const COUNTS_FOR = limits.operatorProof.most * 1000

/** The path of what is unfinished in an account. @param account 12 digits */
export const unfinishedPath = (account: string): string => `${OPERATOR_PATH}accounts/${account}/unfinished`

/** The path of an account's events. @param account 12 digits */
export const eventsPath = (account: string): string => `${OPERATOR_PATH}accounts/${account}/events`

/** The path of what an account used. @param account 12 digits @param month `2026-11` */
export const usagePath = (account: string, month: string): string =>
  `${OPERATOR_PATH}accounts/${account}/usage/${month}`

/** The path of a list of all accounts. */
export const ACCOUNTS_PATH = `${OPERATOR_PATH}accounts`

/** What a path asks for. */
export type OperatorQuestion =
  | { readonly about: 'accounts'; readonly account?: undefined }
  | { readonly about: 'unfinished' | 'events'; readonly account: string }
  | { readonly about: 'usage'; readonly account: string; readonly month: string }

/** What one of these paths asks for, or undefined for any other path. */
export function questionIn(path: string): OperatorQuestion | undefined {
  if (path === ACCOUNTS_PATH) return { about: 'accounts' }
  const [, account, about, month] =
    /^accounts\/(\d{12})\/(?:(unfinished|events)|usage\/(\d{4}-\d\d))$/.exec(below(path)) ?? []
  if (account === undefined) return undefined
  if (month !== undefined) return { about: 'usage', account, month }
  return { about: about === 'events' ? 'events' : 'unfinished', account }
}

const below = (path: string): string => (path.startsWith(OPERATOR_PATH) ? path.slice(OPERATOR_PATH.length) : '')

/** What is signed. */
const claim = (path: string, time: string): Uint8Array => toBytes(`GET ${path} ${time}`)

/**
 * The Authorization header by which a path is asked for.
 *
 * @param time milliseconds since 1970
 */
export async function operatorProof(keys: SigningKeys, path: string, time: number): Promise<string> {
  return `${SCHEME} ${time}.${toHex(await sign(keys, claim(path, String(time))))}`
}

/**
 * Whether an Authorization header proves that it is the operator who asks for a path. Takes the same time whatever is wrong
 * with the signature.
 *
 * @param now milliseconds since 1970
 */
export async function isOperator(
  keys: SigningKeys,
  path: string,
  now: number,
  authorization: string | null,
): Promise<boolean> {
  const [, time = '', signature = ''] = PROOF.exec(authorization ?? '') ?? []
  const bytes = fromHex(signature, SIGNATURE_BYTES)
  if (bytes === undefined || !(await isSigned(keys, bytes, claim(path, time)))) return false
  return Math.abs(now - Number(time)) <= COUNTS_FOR
}

const PROOF = new RegExp(`^${SCHEME} (\\d{1,15})\\.([0-9a-f]+)$`)
