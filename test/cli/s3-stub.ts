// A small S3 door with RegisterImage behind it, that does what a test says at any moment: for what a real door would hardly ever do.
import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { bodyOf, oddServer } from './support.ts'

export const BUCKET = 'images_000000000002'

export interface StubUpload {
  readonly key: string
  readonly headers: IncomingMessage['headers']
  readonly parts: Map<number, Buffer>
}

export interface StubObject {
  readonly content: Buffer
  readonly etag: string
  readonly passing: boolean
}

/** What a request is, as tests look at it. */
export interface Seen {
  readonly operation: string
  readonly request: IncomingMessage
  readonly query: URLSearchParams
}

/** Has a request answered otherwise than the door would; false for one that is to go its way. */
export type Oddity = (seen: Seen, response: ServerResponse) => unknown

export interface Stub {
  readonly url: string
  readonly uploads: Map<string, StubUpload>
  readonly objects: Map<string, StubObject>
  /** Operations in the order in which they came. */
  readonly seen: Seen[]
  /** Forms of EC2's actions that came. */
  readonly actions: URLSearchParams[]
  /** AMIs that the account has, by their names. */
  readonly images: Map<string, string>
}

const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

export const etagOf = (parts: readonly Uint8Array[]) =>
  `${hex(md5(Buffer.concat(parts.map(part => md5(part)))))}-${parts.length}`

/** Starts a stub until the end of the test. */
export async function s3Stub(odd: Oddity = () => false): Promise<Stub> {
  const state: Omit<Stub, 'url'> = {
    ...{ uploads: new Map(), objects: new Map(), seen: [], actions: [], images: new Map() },
  }
  const url = await oddServer(async (request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://stub')
    const seen = { operation: operationOf(request.method ?? '', pathname, query), request, query }
    state.seen.push(seen)
    if ((await odd(seen, response)) !== false) return undefined
    const body = await bodyOf(request)
    const [, service = ''] = /\/(ec2|sts|s3)\/aws4_request/.exec(request.headers.authorization ?? '') ?? []
    if (!(seen.operation === 'EC2' ? ['ec2', 'sts'] : ['s3']).includes(service)) {
      return refuse(response, 403, 'SignatureDoesNotMatch')
    }
    if (seen.operation === 'EC2') return ec2(state, new URLSearchParams(body.toString()), response)
    const { 'x-amz-content-sha256': hash = '' } = request.headers
    if (hash !== createHash('sha256').update(body).digest('hex'))
      return refuse(response, 400, 'XAmzContentSHA256Mismatch')
    return s3(state, seen, pathname.slice(`/${BUCKET}/`.length), body, response)
  })
  return { url, ...state }
}

function operationOf(method: string, pathname: string, query: URLSearchParams): string {
  if (pathname === '/') return method === 'POST' ? 'EC2' : 'ListBuckets'
  const has = (name: string) => query.has(name)
  if (method === 'GET') return has('uploads') ? 'ListMultipartUploads' : 'ListParts'
  if (has('begin-parts')) return 'BeginParts'
  if (method === 'POST') return has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
  if (method === 'PUT') return has('uploadId') ? 'UploadPart' : 'CopyObject'
  return method === 'HEAD' ? 'HeadObject' : 'AbortMultipartUpload'
}

const xml = (name: string, content: string) => `<?xml version="1.0"?><${name}>${content}</${name}>`

export function refuse(response: ServerResponse, status: number, code: string): unknown {
  response.writeHead(status, { 'content-type': 'application/xml' })
  return response.end(xml('Error', `<Code>${code}</Code><Message>${code}, says the stub</Message>`))
}

function ec2(state: Omit<Stub, 'url'>, form: URLSearchParams, response: ServerResponse): unknown {
  state.actions.push(form)
  const action = form.get('Action') ?? ''
  const [name, id] = [form.get('Name') ?? form.get('Filter.1.Value.1') ?? '', form.get('ImageId.1')]
  if (action === 'GetCallerIdentity') {
    const account = `<Account>${BUCKET.slice(-12)}</Account>`
    return response.end(
      xml('GetCallerIdentityResponse', `<GetCallerIdentityResult>${account}</GetCallerIdentityResult>`),
    )
  }
  if (action === 'RegisterImage') {
    state.images.set(name, 'ami-1')
    return response.end(xml('RegisterImageResponse', '<imageId>ami-1</imageId>'))
  }
  const found = id ?? state.images.get(name)
  const item = found ? `<item><imageId>${found}</imageId><imageState>available</imageState></item>` : ''
  return response.end(xml('DescribeImagesResponse', `<imagesSet>${item}</imagesSet>`))
}

function s3(
  state: Omit<Stub, 'url'>,
  { operation, query, request }: Seen,
  key: string,
  body: Buffer,
  response: ServerResponse,
): unknown {
  const { uploads, objects } = state
  const uploadId = query.get('uploadId') ?? ''
  const upload = uploads.get(uploadId)
  if (uploadId && !upload) return refuse(response, 404, 'NoSuchUpload')
  const parts = [...(upload?.parts ?? [])].sort(([one], [other]) => one - other)
  switch (operation) {
    case 'BeginParts':
      return refuse(response, 501, 'NotImplemented')
    case 'ListBuckets':
      return response.end(xml('ListAllMyBucketsResult', `<Buckets><Bucket><Name>${BUCKET}</Name></Bucket></Buckets>`))
    case 'ListMultipartUploads':
      return response.end(
        xml(
          'ListMultipartUploadsResult',
          [...uploads]
            .map(
              ([id, each], at) =>
                `<Upload><Key>${each.key}</Key><UploadId>${id}</UploadId><Initiated>${new Date(at).toISOString()}</Initiated></Upload>`,
            )
            .join(''),
        ),
      )
    case 'CreateMultipartUpload': {
      const id = randomUUID()
      uploads.set(id, { key, headers: request.headers, parts: new Map() })
      return response.end(xml('InitiateMultipartUploadResult', `<UploadId>${id}</UploadId>`))
    }
    case 'UploadPart':
      upload?.parts.set(Number(query.get('partNumber')), body)
      response.setHeader('etag', `"${hex(md5(body))}"`)
      return response.end()
    case 'ListParts': {
      // Pages of three
      const after = Number(query.get('part-number-marker') ?? 0)
      const left = parts.filter(([number]) => number > after)
      const page = left
        .slice(0, 3)
        .map(
          ([number, part]) =>
            `<Part><PartNumber>${number}</PartNumber><ETag>"${hex(md5(part))}"</ETag><Size>${part.length}</Size></Part>`,
        )
      const more = left.length > 3
      return response.end(
        xml(
          'ListPartsResult',
          `${page.join('')}<IsTruncated>${more}</IsTruncated><NextPartNumberMarker>${left[2]?.[0] ?? ''}</NextPartNumberMarker>`,
        ),
      )
    }
    case 'CompleteMultipartUpload': {
      const named = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>"(\w+)"/g)]
      const chosen = named.map(([, number, etag]) => {
        const part = upload?.parts.get(Number(number))
        return part && hex(md5(part)) === etag ? part : undefined
      })
      if (chosen.includes(undefined)) return refuse(response, 400, 'InvalidPart')
      const content = chosen.filter(part => part !== undefined)
      const etag = etagOf(content)
      const passing = upload?.headers['x-amz-meta-delete-after-import'] === 'true'
      objects.set(key, { content: Buffer.concat(content), etag, passing })
      uploads.delete(uploadId)
      return response.end(xml('CompleteMultipartUploadResult', `<ETag>"${etag}"</ETag>`))
    }
    case 'AbortMultipartUpload':
      uploads.delete(uploadId)
      return response.writeHead(204).end()
    default:
      return object(objects, operation, key, request, response)
  }
}

function object(
  objects: Stub['objects'],
  operation: string,
  key: string,
  request: IncomingMessage,
  response: ServerResponse,
): unknown {
  const found = objects.get(key)
  if (!found) return response.writeHead(404).end()
  if (operation === 'CopyObject') {
    objects.set(key, { ...found, passing: request.headers['x-amz-meta-delete-after-import'] === 'true' })
    return response.end(xml('CopyObjectResult', ''))
  }
  response.writeHead(200, {
    ...{ etag: `"${found.etag}"`, 'content-length': found.content.length },
    ...(found.passing && { 'x-amz-meta-delete-after-import': 'true' }),
  })
  return response.end()
}
