/// <reference types="vite/types/importMeta.d.ts" />
// AWS's own vectors for Signature Version 4, where they lie beside the checkout; one of them is repeated here.
import { describe, expect, it } from 'vitest'
import { authenticate } from '../../src/auth/authenticate.ts'
import { canonicalRequest } from '../../src/auth/canonical-request.ts'
import { type Message, policy, refusal, toSignedRequest } from './support.ts'

interface Vector {
  readonly context: { readonly normalize: boolean; readonly credentials: { readonly token?: string } }
  readonly 'header-canonical-request': string
  readonly 'header-signed-request': string
  readonly 'query-canonical-request': string
  readonly 'query-signed-request': string
}

const SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const repeated: Record<string, Vector> = {
  'get-vanilla-query-order-encoded, repeated here': {
    context: { normalize: true, credentials: {} },
    'header-canonical-request': `GET\n/\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n${EMPTY}`,
    'header-signed-request':
      'GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1 HTTP/1.1\nHost:example.amazonaws.com\n' +
      'X-Amz-Date:20150830T123600Z\nAuthorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/' +
      'aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac\n\n',
    'query-canonical-request': `GET\n/\n%E1%88%B4=Value1&Param=Value2&Param-3=Value3&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host\nhost:example.amazonaws.com\n\nhost\n${EMPTY}`,
    'query-signed-request':
      'GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE' +
      '%2F20150830%2Fus-east-1%2Fservice%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders=host&X-Amz-' +
      'Expires=3600&X-Amz-Signature=c5f1848ceec943ac2ca68ee720460c23aaae30a2300586597ada94c4a65e4787 HTTP/1.1\n' +
      'Host:example.amazonaws.com\n\n',
  },
}

const files = import.meta.glob<Record<string, Vector>>('../../../shared/sigv4-vectors.json', {
  eager: true,
  import: 'default',
})
const all = Object.entries({ ...repeated, ...Object.values(files)[0] })

/** S3's way with paths, which no service here has: dot segments and double slashes kept as they are. */
const isS3s = ([name, { context }]: [string, Vector]) => !context.normalize && name !== 'get-space-unnormalized'
/** Its session token is none of ours. */
const hasToken = ([, { context }]: [string, Vector]) => context.credentials.token !== undefined
const applicable = all.filter(vector => !isS3s(vector) && !hasToken(vector))

/** The message of a vector: HTTP's lines, folded headers unfolded, repeated ones joined as AWS's canonical form has it. */
function parse(text: string, joint = ','): Message {
  const [head = '', ...body] = text.split('\n\n')
  const [request = '', ...lines] = head.replace(/\n\s+/g, ' ').split('\n')
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.1$/.exec(request) ?? []
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const name = line.slice(0, line.indexOf(':')).toLowerCase()
    const value = line.slice(name.length + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}${joint}${value}`
  }
  const [path = '', query = ''] = target.split('?')
  return { method, path, query, headers, body: body.join('\n\n') }
}

/** As the Worker gets it: Headers joins repeated ones by a comma and a space. */
function verify(text: string) {
  const now = () => Date.parse('2015-08-30T12:36:00Z')
  return authenticate(toSignedRequest(parse(text, ', ')), policy({ service: 'service', now }), async accessKeyId => {
    return { accessKeyId, secret: SECRET, user: { id: 0, name: 'example' }, source: 'issued' }
  })
}

describe.each(applicable)('%s', (_, vector) => {
  it.each(['header', 'query'] as const)('signed in the %s', async place => {
    const text = vector[`${place}-signed-request`]
    const canonical = vector[`${place}-canonical-request`]
    const lines = canonical.split('\n')
    const [signedHeaders = '', payloadHash = ''] = lines.slice(-2)
    expect(canonicalRequest(toSignedRequest(parse(text)), signedHeaders, payloadHash)).toBe(canonical)
    expect((await verify(text)).accessKeyId).toBe('AKIDEXAMPLE')
  })
})

describe.runIf(all.length > 1)('what does not apply', () => {
  it.each(all.filter(hasToken))('%s is refused for its session token', async (name, vector) => {
    // A header that is added behind the signature is refused for that, before anything is made of it
    const unsigned = name === 'post-sts-header-after' ? 'SignatureDoesNotMatch' : 'InvalidClientTokenId'
    for (const [place, code] of [
      ['header', unsigned],
      ['query', 'InvalidClientTokenId'],
    ] as const) {
      expect((await refusal(verify(vector[`${place}-signed-request`]))).code).toBe(code)
    }
  })

  it('is that, and the unnormalised paths of S3', () => {
    expect(all.filter(isS3s).map(([name]) => name)).toEqual([
      'get-relative-relative-unnormalized',
      'get-relative-unnormalized',
      'get-slash-dot-slash-unnormalized',
      'get-slash-pointless-dot-unnormalized',
      'get-slash-unnormalized',
      'get-slashes-unnormalized',
    ])
    expect(applicable.length).toBeGreaterThan(25)
  })
})
