// Paging of the Describe actions: MaxResults, and NextToken, which nobody can forge or use for another question.
import { isSigned, SIGNATURE_BYTES, type SigningKeys, sign } from '../lib/signing.ts'
import { notTogether, outOfRange } from './complaints.ts'
import { Ec2Error } from './errors.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** The members of an input by which it is paged. */
export interface PagedInput {
  readonly MaxResults?: number | undefined
  readonly NextToken?: string | undefined
}

/** Whether everything is asked for on one page. */
export const isWhole = ({ MaxResults }: PagedInput): boolean => MaxResults === undefined

export interface PageLimits {
  readonly min: number
  readonly max: number
}

/** What a token is good for: the same question, asked by the same account. */
export interface TokenScope {
  readonly keys: SigningKeys
  readonly action: string
  readonly account: string
  /** The action's input; its MaxResults may change from page to page. */
  readonly input: PagedInput
}

export interface Page<Item> {
  readonly items: Item[] | AsyncIterable<Item>
  readonly nextToken: string | undefined
}

const base64url = { alphabet: 'base64url', omitPadding: true } as const

/**
 * The page size that a call asks for, undefined where it wants everything.
 *
 * @param ids the ids the call names, and what AWS calls their set in messages, such as `instancesSet`
 * @throws Ec2Error InvalidParameterValue out of limits, InvalidParameterCombination with ids
 */
export function pageSize(
  { MaxResults }: PagedInput,
  ids?: { readonly set: string; readonly given: readonly unknown[] | undefined },
  { min, max }: PageLimits = { min: 5, max: 1000 },
): number | undefined {
  if (MaxResults === undefined) return undefined
  if (MaxResults < min) throw outOfRange('maxResults', MaxResults, `greater than ${min}`)
  if (MaxResults > max) throw outOfRange('maxResults', MaxResults, `less than ${max}`)
  if (ids?.given?.length) throw notTogether(ids.set, 'maxResults')
  return MaxResults
}

/**
 * The page that begins where `items` begins. Without a size everything is on it, and streams if `items` does.
 *
 * @param cursorOf what {@link readToken} is to return for the next page, given the last item of this one
 */
export async function takePage<Item>(
  items: Iterable<Item> | AsyncIterable<Item>,
  size: number | undefined,
  scope: TokenScope,
  cursorOf: (last: Item) => Json,
): Promise<Page<Item>> {
  if (size === undefined) {
    return { items: Symbol.asyncIterator in items ? items : [...items], nextToken: undefined }
  }
  const page: Item[] = []
  for await (const item of items) {
    const last = page.at(-1)
    if (page.length === size && last !== undefined) {
      return { items: page, nextToken: await writeToken(scope, cursorOf(last)) }
    }
    page.push(item)
  }
  return { items: page, nextToken: undefined }
}

/** A NextToken that carries a cursor: its signature, then the cursor as JSON. */
export async function writeToken(scope: TokenScope, cursor: Json): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(cursor))
  const mac = await sign(scope.keys, signedBytes(scope, text))
  return new Uint8Array([...mac, ...text]).toBase64(base64url)
}

/**
 * The cursor of the input's NextToken; undefined for the first page, which has none, or an empty one.
 *
 * @param isCursor tells the caller's cursors from those of an earlier form
 * @throws Ec2Error InvalidPaginationToken
 */
export async function readToken<Cursor extends Json>(
  scope: TokenScope,
  isCursor: (value: unknown) => value is Cursor,
): Promise<Cursor | undefined> {
  const { NextToken } = scope.input
  if (!NextToken) return undefined
  const token = decoded(NextToken)
  const text = token.subarray(SIGNATURE_BYTES)
  const valid = await isSigned(scope.keys, token.subarray(0, SIGNATURE_BYTES), signedBytes(scope, text))
  const cursor: unknown = valid ? JSON.parse(new TextDecoder().decode(text)) : undefined
  if (!isCursor(cursor)) throw invalidToken()
  return cursor
}

function decoded(token: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(token, { alphabet: 'base64url' })
  } catch {
    throw invalidToken()
  }
}

function signedBytes({ action, account, input }: TokenScope, cursor: Uint8Array): Uint8Array {
  const question = { ...input, MaxResults: undefined, NextToken: undefined }
  return new TextEncoder().encode(JSON.stringify([action, account, question, cursor.toBase64()]))
}

function invalidToken(): Ec2Error {
  return new Ec2Error('InvalidPaginationToken', 'The specified pagination token is not valid.')
}
