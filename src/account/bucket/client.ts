// Asks an account's bucket from outside of its object: errors that came as data are thrown again.
import { OwnWords } from '../../lib/log.ts'
import { fromToldS3, S3Error } from '../../s3/errors.ts'
import type { AskBucket, BucketAnswer, BucketCall, BucketCalls, BucketOperation } from './calls.ts'

/** The account's object, as far as its bucket is asked. */
export interface BucketStub {
  bucket(call: BucketCall): Promise<BucketAnswer>
}

/** A cause that the account's object has put into words. */
class ToldCause extends OwnWords {}

/** The bucket of an account. What its object throws by itself is not about the call: it is out of reach. */
export const bucketOf =
  (stub: BucketStub, account: string): AskBucket =>
  async <Name extends BucketOperation>(name: Name, input: BucketCalls[Name]['input']) => {
    // A call is one of the table's rows by its name and its input, which TypeScript sees apart
    const call = { account, name, input } as BucketCall
    const answer = await stub.bucket(call).catch((cause: unknown) => Promise.reject(outOfReach(cause)))
    if (answer.error) {
      const { cause } = answer.error
      throw fromToldS3(answer.error, cause === undefined ? undefined : new ToldCause(cause))
    }
    // The output of the row that was asked
    return answer.output as BucketCalls[Name]['output']
  }

const outOfReach = (cause: unknown) =>
  new S3Error('ServiceUnavailable', 'The bucket cannot be reached at the moment. Please try again.', { cause })
