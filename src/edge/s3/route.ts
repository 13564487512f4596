// Which operation a request to the S3 door asks for: by its method, its path, and the subresource in its query.
import { splitUrl } from '../../auth/request.ts'
import { limits } from '../../limits.ts'
import { readParameters } from '../../protocol/parameters.ts'
import { S3Error } from '../../s3/errors.ts'
import type { Parameters } from '../../s3/listing.ts'
import { readTarget, type Target } from '../../s3/target.ts'
import { type Operation, operations } from './operations.ts'
import { bucketSettings, OTHER_SUBRESOURCES, objectSettings } from './settings.ts'

/** A request as its operation sees it. */
export interface Routed {
  readonly name: string
  readonly operation: Operation
  readonly target: Target
  readonly parameters: Parameters
}

const BOUNDS = { count: limits.s3QueryParameters.most, bytes: limits.s3Query.most }

/** What says that a request is about something else than what its path names. */
const SUBRESOURCES: ReadonlySet<string> = new Set([
  ...Object.values(bucketSettings).map(([subresource]) => subresource),
  ...Object.values(objectSettings).map(([subresource]) => subresource),
  ...Object.values(operations).flatMap(({ with: names = [] }) => names),
  ...OTHER_SUBRESOURCES,
])

/** Parameters that say no more than what the rest of the request does. */
const NO_SUBRESOURCES: ReadonlySet<string> = new Set(['id', 'list-type', 'partNumber'])

/**
 * @throws S3Error NotImplemented for what S3 has and this door has not, MethodNotAllowed for what neither has, InvalidURI;
 *   Ec2Error for a query that cannot be read
 */
export function route({ method, url, headers }: Pick<Request, 'method' | 'url' | 'headers'>): Routed {
  const { path, query } = splitUrl(url)
  const target = readTarget(path)
  // Of a parameter that comes several times the first counts
  const parameters = new Map(readParameters({ query }, BOUNDS).toReversed())
  const isLink = parameters.has('X-Amz-Signature') || parameters.has('Signature')
  // Who makes a link puts headers into its query
  const inQuery = new Set(isLink ? Array.from(parameters.keys(), name => name.toLowerCase()) : [])
  const on = target.bucket === undefined ? 'service' : target.key === undefined ? 'bucket' : 'object'
  const subresource = [...parameters.keys()].find(name => SUBRESOURCES.has(name) && !NO_SUBRESOURCES.has(name))
  const found = Object.entries(operations).find(
    ([, operation]) =>
      operation.on === on &&
      operation.method === method &&
      (operation.with ?? []).every(name => parameters.has(name)) &&
      (operation.header === undefined || headers.has(operation.header) || inQuery.has(operation.header)) &&
      (subresource === undefined || operation.with?.includes(subresource)),
  )
  if (found) return { name: found[0], operation: found[1], target, parameters }
  if (subresource !== undefined) throw notImplemented(`${method} ?${subresource}`)
  if (method === 'POST') throw notImplemented(`POST`)
  throw new S3Error('MethodNotAllowed', 'The specified method is not allowed against this resource.', {
    elements: { Method: method, ResourceType: on.toUpperCase() },
  })
}

const notImplemented = (what: string) =>
  new S3Error('NotImplemented', `A request you provided implies functionality that is not implemented: ${what}.`)
