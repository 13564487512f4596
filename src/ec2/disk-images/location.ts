// What a request may call the place of a disk: an object of the account's bucket in three ways of writing, or an address.
import { isHost } from '../../lib/web-hosts.ts'
import { invalid } from '../../protocol/complaints.ts'
import type { Settings } from '../core/context.ts'

/** A place in a bucket, or an address on the web. */
export type Location =
  | { readonly bucket: string; readonly key: string; readonly url?: undefined }
  | { readonly url: string; readonly bucket?: undefined }

/**
 * Reads `s3://bucket/key`, or an http(s) address, which is one of the bucket where its host is the Worker's own.
 * @param parameter that has the text in the request
 * @returns undefined where the text names no scheme
 * @throws Ec2Error InvalidParameterValue
 */
export function locationOf(parameter: string, text: string, settings: Settings): Location | undefined {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text) ?? []
  if (scheme === '') return undefined
  if (/^s3$/i.test(scheme)) return objectAt(rest.replace(/^\/\//, '')) ?? refuse(parameter, text, FORMS)
  if (!/^https?$/i.test(scheme)) return refuse(parameter, text, FORMS)
  const url = URL.parse(text)
  return url && isOwnHost(url, settings) ? ownObject(parameter, text) : { url: text }
}

/** `bucket/key`, as it is; undefined for anything else. */
export function objectAt(text: string): Location | undefined {
  const [, bucket, key] = /^([^/]+)\/(.+)$/s.exec(text) ?? []
  return bucket === undefined || key === undefined ? undefined : { bucket, key }
}

/** Whether an address is the Worker's. */
export const isOwnHost = (url: URL, { ownHosts, publicUrl }: Settings): boolean =>
  [...ownHosts, ...(publicUrl === undefined ? [] : [new URL(publicUrl).host])].some(host => isHost(host, url))

/** The text counts, not what is read of it: a key may have `..` in it, or `//`. */
function ownObject(parameter: string, text: string): Location {
  const [, path = '', query] = /^[a-z]+:\/\/[^/?#]*\/?([^?#]*)([?#].*)?$/is.exec(text) ?? []
  // Whose it is the caller's signature of this request says, and no other
  if (query !== undefined) return refuse(parameter, text, 'An object of the bucket is named without a query.')
  return objectAt(decoded(path) ?? '') ?? refuse(parameter, text, 'It names no object of a bucket.')
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

const FORMS = 'It is neither an object of the bucket (s3://bucket/key) nor an http(s) address.'

function refuse(parameter: string, text: string, why: string): never {
  throw invalid(parameter, text, why)
}
