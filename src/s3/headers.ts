// What becomes of every x-amz-* header that a request may have: it is honoured, harmless, or refused by its name.
import { excerpt } from '../lib/excerpt.ts'
import { type S3Code, S3Error } from './errors.ts'

/** What becomes of a header. */
export interface HeaderRule {
  /** The operations that do what it says; for others it says nothing, as at S3. */
  readonly honoured?: readonly string[] | 'everywhere'
  /** Values that ask for what is the case anyway, in lower case; of any other it is refused. */
  readonly harmless?: readonly string[] | 'always'
  /** What it is refused with where that is another code than NotImplemented. */
  readonly code?: S3Code
}

const COPY = ['CopyObject']

const everywhere: HeaderRule = { honoured: 'everywhere' }
const refused: HeaderRule = {}
const copySource: HeaderRule = { honoured: COPY }
const grant: HeaderRule = { code: 'AccessControlListNotSupported' }
/** Asks for what nothing here is: under a lock, requested for payment, versioned with MFA. */
const harmless: HeaderRule = { harmless: 'always' }

/**
 * All of them, by lower-case name.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/RESTCommonRequestHeaders.html
 */
export const headerRules: Readonly<Record<string, HeaderRule>> = {
  // Of the signature and the body
  'x-amz-content-sha256': everywhere,
  'x-amz-date': everywhere,
  'x-amz-decoded-content-length': everywhere,
  'x-amz-security-token': everywhere,
  'x-amz-trailer': everywhere,
  'x-amz-user-agent': harmless,
  // Checksums
  'x-amz-checksum-crc32': everywhere,
  'x-amz-checksum-crc32c': everywhere,
  'x-amz-checksum-crc64nvme': everywhere,
  'x-amz-checksum-sha1': everywhere,
  'x-amz-checksum-sha256': everywhere,
  'x-amz-checksum-md5': refused,
  'x-amz-checksum-sha512': refused,
  'x-amz-checksum-xxhash3': refused,
  'x-amz-checksum-xxhash64': refused,
  'x-amz-checksum-xxhash128': refused,
  'x-amz-sdk-checksum-algorithm': everywhere,
  'x-amz-checksum-algorithm': { honoured: ['CreateMultipartUpload', 'CopyObject'], harmless: 'always' },
  'x-amz-checksum-mode': { honoured: ['GetObject', 'HeadObject'], harmless: 'always' },
  'x-amz-checksum-type': { honoured: ['CreateMultipartUpload', 'CompleteMultipartUpload'], harmless: ['full_object'] },
  'x-amz-mp-object-size': { honoured: ['CompleteMultipartUpload'] },
  // Whose it is
  'x-amz-expected-bucket-owner': everywhere,
  'x-amz-source-expected-bucket-owner': copySource,
  'x-amz-request-payer': harmless,
  'x-amz-mfa': harmless,
  'x-amz-acl': { harmless: ['private', 'bucket-owner-full-control'], code: 'AccessControlListNotSupported' },
  'x-amz-grant-full-control': grant,
  'x-amz-grant-read': grant,
  'x-amz-grant-read-acp': grant,
  'x-amz-grant-write': grant,
  'x-amz-grant-write-acp': grant,
  // How objects are kept
  'x-amz-storage-class': { harmless: ['standard'], code: 'InvalidStorageClass' },
  'x-amz-server-side-encryption': { harmless: ['aes256'] },
  'x-amz-server-side-encryption-aws-kms-key-id': refused,
  'x-amz-server-side-encryption-bucket-key-enabled': { harmless: ['false'] },
  'x-amz-server-side-encryption-context': refused,
  'x-amz-server-side-encryption-customer-algorithm': refused,
  'x-amz-server-side-encryption-customer-key': refused,
  'x-amz-server-side-encryption-customer-key-md5': refused,
  'x-amz-tagging': { harmless: [''] },
  'x-amz-tagging-directive': { harmless: ['copy', 'replace'] },
  'x-amz-website-redirect-location': refused,
  'x-amz-object-lock-mode': refused,
  'x-amz-object-lock-retain-until-date': refused,
  'x-amz-object-lock-legal-hold': { harmless: ['off'] },
  'x-amz-object-lock-event-hold': { harmless: ['off'] },
  'x-amz-object-lock-event-hold-duration-days': refused,
  'x-amz-object-lock-event-hold-duration-years': refused,
  'x-amz-bypass-governance-retention': harmless,
  'x-amz-write-offset-bytes': refused,
  'x-amz-if-match-initiated-time': refused,
  'x-amz-if-match-last-modified-time': refused,
  'x-amz-if-match-size': refused,
  // Copies
  'x-amz-copy-source': copySource,
  'x-amz-copy-source-if-match': copySource,
  'x-amz-copy-source-if-modified-since': copySource,
  'x-amz-copy-source-if-none-match': copySource,
  'x-amz-copy-source-if-unmodified-since': copySource,
  'x-amz-copy-source-range': refused,
  'x-amz-copy-source-server-side-encryption-customer-algorithm': refused,
  'x-amz-copy-source-server-side-encryption-customer-key': refused,
  'x-amz-copy-source-server-side-encryption-customer-key-md5': refused,
  'x-amz-metadata-directive': { honoured: COPY },
  'x-amz-object-annotation-directive': { harmless: ['copy', 'exclude'] },
  // Answers
  'x-amz-object-attributes': { honoured: ['GetObjectAttributes'] },
  'x-amz-max-parts': { honoured: ['GetObjectAttributes'] },
  'x-amz-part-number-marker': { honoured: ['GetObjectAttributes'] },
  'x-amz-optional-object-attributes': harmless,
  // Buckets
  'x-amz-bucket-object-lock-enabled': { harmless: ['false'] },
  'x-amz-bucket-namespace': { harmless: ['global'] },
  'x-amz-object-ownership': { harmless: ['bucketownerenforced'] },
}

/** Headers of which there may be any number, by the beginning of their names. */
const META = 'x-amz-meta-'

/**
 * Refuses a request for what it asks for and is not done.
 * @param operation its name
 * @throws S3Error NotImplemented or the header's own code, naming the header and its value
 */
export function checkHeaders(headers: ReadonlyMap<string, string>, operation: string): void {
  for (const [name, value] of headers) {
    if (!name.startsWith('x-amz-')) continue
    if (!isTaken(name, value, operation)) throw notTaken(name, value)
  }
}

function isTaken(name: string, value: string, operation: string): boolean {
  if (name.startsWith(META)) return true
  const { honoured = [], harmless = [] } = headerRules[name] ?? refused
  if (honoured === 'everywhere' || harmless === 'always' || honoured.includes(operation)) return true
  return harmless.includes(value.trim().toLowerCase())
}

const notTaken = (name: string, value: string) => {
  const { code = 'NotImplemented', harmless = [] } = headerRules[name] ?? refused
  // The keys of SSE-C are secrets
  const shown = name.endsWith('-key') ? name : `${name}: ${excerpt(value)}`
  const others = harmless.length > 0 ? ` It may be ${[harmless].flat().join(' or ')} alone.` : ''
  const message = `A header you provided implies functionality that is not implemented: ${shown}.${others}`
  return new S3Error(code, message, { elements: { Header: name } })
}
