// What an operation of the S3 door is handed, and the answers that it gives.
import type { AskBucket } from '../../account/bucket/calls.ts'
import type { Defer } from '../../account/services.ts'
import type { Caller } from '../../ec2/core/call.ts'
import type { Parameters } from '../../s3/listing.ts'
import type { Authentic } from '../../s3/payload.ts'
import { type Elements, writeDocument } from '../../s3/xml.ts'
import type { DirectAccess } from '../../staging/direct.ts'

/** A request whose sender is known, and whose headers ask for nothing that is not done. */
export interface ServiceCall {
  readonly request: Request
  readonly authentic: Authentic
  /** Those of the request that count, by lower-case name. */
  readonly headers: Authentic['headers']
  readonly parameters: Parameters
  readonly caller: Caller
  /** The account's own bucket. */
  readonly own: string
  /** As the signature names it: SDKs believe that it is the bucket's. */
  readonly region: string
  /** Asks the account's object. */
  readonly ask: AskBucket
  /** Where bytes are. */
  readonly bytes: R2Bucket
  readonly defer: Defer
  /** How clients store bytes in R2 themselves. */
  readonly directUploads: DirectAccess | undefined
}

/** One that names a bucket: the account's own but for CreateBucket. */
export interface BucketCall extends ServiceCall {
  readonly bucket: string
}

/** One that names an object of the account's bucket. */
export interface ObjectCall extends BucketCall {
  readonly key: string
}

/** Headers of an answer; one of undefined is left out. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>

/** An answer without a body. */
export const bare = (status: number, headers: AnswerHeaders = {}): Response =>
  new Response(null, { status, headers: present(headers) })

/** An answer that is a document. */
export const documented = (root: string, content: Elements | string, headers: AnswerHeaders = {}): Response =>
  new Response(writeDocument(root, content), { headers: present({ 'content-type': 'application/xml', ...headers }) })

/** Only those that have a value. */
export const present = (headers: AnswerHeaders): Headers => {
  const all = new Headers()
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all.set(name, value)
  return all
}

/** Whose an object is, in documents. */
export const ownerOf = ({ caller: { account } }: ServiceCall): Elements => [
  ['ID', account.id],
  ['DisplayName', account.user.name],
]
