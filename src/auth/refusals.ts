// What may be wrong with a signature. Each service has its own words for it.

/** How a request was signed: SigV4 in the Authorization header, in the query string (presigned), or SigV2. */
export type Scheme = 'sigv4' | 'sigv4-query' | 'sigv2'

/** A request that is before its time, or after it. Milliseconds since 1970, and in all. */
export interface Untimely {
  readonly scheme: Scheme
  readonly signedAt: number
  readonly now: number
  /** Before its time: how far a clock may be off. After it: for how long the signature was good. */
  readonly span: number
}

/** The errors that say what is wrong. */
export interface Refusals {
  /** There is no signature. */
  unsigned(): Error
  /** There are signatures of several schemes. */
  signedTwice(): Error
  algorithm(scheme: Scheme, found: string): Error
  /** Parts of the signature are not there. */
  incomplete(scheme: Scheme, missing: readonly string[]): Error
  /** The credential has not five parts. */
  credential(scheme: Scheme): Error
  terminator(scheme: Scheme, found: string | undefined, right: string): Error
  /** The scope is of another day than the signature. */
  day(scheme: Scheme, found: string, signedDate: string): Error
  region(scheme: Scheme, found: string, right: string): Error
  service(scheme: Scheme, found: string, right: string): Error
  /** SignedHeaders names a header twice. */
  repeatedHeader(scheme: Scheme): Error
  /** SignedHeaders names a header that is not there. */
  absentHeader(name: string): Error
  /** SignedHeaders has to name a header that it does not name. */
  unsignedHeader(name: string): Error
  undated(): Error
  date(scheme: Scheme, found: string): Error
  /** X-Amz-Expires. @param most seconds */
  expires(found: string, most: number): Error
  early(time: Untimely): Error
  late(time: Untimely): Error
  /** The session token is none of ours, or what it stands for is not valid any more; or the key has none. */
  token(): Error
  /** The session token has come to its end. */
  expired(): Error
  /** The signature is another than the secret makes. */
  wrong(): Error
  unknownKey(accessKeyId: string): Error
}
