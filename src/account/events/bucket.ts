// The events of the account's bucket: what makes an object, and what takes it away.
import { bucketName } from '../../staging/object.ts'
import type { BucketAnswer, BucketCall, BucketOperation } from '../bucket/calls.ts'
import type { Asked } from './event.ts'

/** What changes which objects there are. What stores a part does not yet. */
const TOLD: ReadonlySet<BucketOperation> = new Set(['finishPut', 'remove', 'copy', 'createUpload', 'complete', 'abort'])

/** What the event of a call is about that was answered; undefined where it has none, or nothing was done. */
export function askedOf(call: BucketCall, answer: BucketAnswer): Asked | undefined {
  const { asked, account, name } = call
  if (!asked || answer.error || !TOLD.has(name)) return undefined
  const keys = keysIn(call, answer.output)
  return keys && { ...asked, input: { BucketName: bucketName(account), ...keys } }
}

function keysIn({ input }: BucketCall, output: unknown): object | undefined {
  if ('objects' in input) {
    const outcomes: readonly unknown[] = Array.isArray(output) ? output : []
    const done = input.objects.filter((_, index) => !isRefused(outcomes[index]))
    return done.length > 0 ? { Keys: done.map(({ key }) => key) } : undefined
  }
  if ('from' in input) return { CopySource: input.from, Key: input.to }
  return 'key' in input ? { Key: input.key } : {}
}

/** Of many objects each has an outcome of its own. */
const isRefused = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && 'error' in outcome && outcome.error !== undefined
