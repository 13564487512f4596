// Pages of what Service Quotas lists.
import type { Context } from '../../ec2/core/context.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { JsonError, type Members } from '../../protocol/json.ts'
import { readToken, type TokenScope, writeToken } from '../../protocol/paging.ts'

/** How many items a request wants on a page, of so many at most. @throws JsonError IllegalArgumentException */
export function mostIn(members: Members, most: number): number {
  const given = members.number('MaxResults') ?? most
  if (Number.isInteger(given) && given >= 1 && given <= most) return given
  throw new JsonError('IllegalArgumentException', `MaxResults has to be a number from 1 to ${most}, and is ${given}.`)
}

/** Some of what is listed, and what the next request is to be sent with. */
export interface ListPage<Item> {
  readonly items: readonly Item[]
  readonly next: { readonly NextToken?: string }
}

/**
 * The page that a request is about. What is listed always stands in the same order.
 * @throws JsonError InvalidPaginationTokenException
 */
export async function pageOf<Item>(
  all: readonly Item[],
  most: number,
  operation: string,
  question: JsonObject,
  { pageKeys, account }: Context,
): Promise<ListPage<Item>> {
  const { NextToken: token } = question
  const input = { ...question, MaxResults: undefined, NextToken: typeof token === 'string' ? token : undefined }
  const scope: TokenScope = { keys: pageKeys, action: operation, account: account.id, input }
  const start = await placeIn(scope)
  const end = start + most
  return { items: all.slice(start, end), next: end < all.length ? { NextToken: await writeToken(scope, end) } : {} }
}

async function placeIn(scope: TokenScope): Promise<number> {
  try {
    return (await readToken(scope, isPlace)) ?? 0
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error
    const sentence = 'The NextToken is not valid, or is of another list.'
    throw new JsonError('InvalidPaginationTokenException', sentence)
  }
}

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value)
