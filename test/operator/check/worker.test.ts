// What econe-check says of variables, and of a Worker that it asks.
import { describe, expect, it } from 'vitest'
import { checkDirect } from '../../../src/operator/check/direct.ts'
import { lineOf } from '../../../src/operator/check/finding.ts'
import { checkDeployed, checkVariables } from '../../../src/operator/check/worker.ts'
import type { Operator } from '../../../src/operator/worker.ts'
import { deadUrl, oddServer } from '../../cli/support.ts'

describe('a Worker', () => {
  it("that takes econe's keys", () => {
    const operator = { variables: { USER_NAME_KEYS: 'true' }, local: undefined }
    const lines = checkVariables(operator).map(lineOf)
    expect(lines.at(-1)).toMatch(/^note {2}econe's keys: on, USER_NAME_KEYS is true; .* better issue keys/)
    expect(
      checkVariables({ ...operator, variables: {} })
        .map(lineOf)
        .join(),
    ).not.toContain("econe's keys")
  })

  it('whose secret was another one before', () => {
    const lines = checkVariables({ variables: { EDGE_SECRET_OLD: 'the secret of last year' }, local: undefined }).map(
      lineOf,
    )
    expect(lines.at(-1)).toMatch(/^note {2}EDGE_SECRET_OLD: .*`econe-keys reseal`/)
    expect(lines.join()).not.toContain('last year')
  })

  it('says what users reach where any host may be imported from', () => {
    const lines = checkVariables({ variables: { IMPORT_HOSTS: '*' }, local: undefined }).map(lineOf)
    expect(lines.at(-1)).toMatch(/^note {2}IMPORT_HOSTS is \*: .*name the hosts$/)
    const named = checkVariables({ variables: { IMPORT_HOSTS: 'images.example.org' }, local: undefined }).map(lineOf)
    expect(named.join()).not.toContain('IMPORT_HOSTS')
  })

  it.each([
    [200, /^ok {4}Worker at http:\/\/127\.0\.0\.1:\d+: ready, OpenNebula answers it and takes the server account$/],
    [503, /^wrong Worker at http:\S+: not ready, .* — its log says why/],
    [404, /^wrong Worker at http:\S+: answers with HTTP status 404/],
  ])('that answers %i', async (status, expected) => {
    const asked: (string | undefined)[] = []
    const url = await oddServer((request, response) => {
      asked.push(request.url)
      response.writeHead(status).end()
    })
    expect(lineOf(await checkDeployed(url))).toMatch(expected)
    expect(asked).toEqual(['/readyz'])
  })
})

describe('uploads direct to R2', () => {
  const configuration = { r2_buckets: [{ binding: 'STAGING', bucket_name: 'econe-staging' }] }

  const lines = async (endpoint: string, bucket = 'econe-staging') => {
    const access = { endpoint, bucket, accessKeyId: 'id', secretAccessKey: 'secret' }
    const findings = await Array.fromAsync(
      checkDirect(access, { configuration: configuration as Operator['configuration'], local: undefined }),
    )
    return findings.map(lineOf)
  }

  it.each([
    [200, /^ok {4}uploads direct to R2: http:\S+ takes the key for the bucket econe-staging$/],
    [403, /^wrong uploads direct to R2: http:\S+ refuses the key .* make an R2 API token/],
    [404, /^wrong uploads direct to R2: http:\S+ has no bucket econe-staging/],
  ])('are tried: %i', async (status, expected) => {
    const asked: (string | undefined)[] = []
    const url = await oddServer((request, response) => {
      asked.push(request.url, request.headers.authorization)
      response.writeHead(status).end()
    })
    expect(await lines(url)).toEqual([expect.stringMatching(expected)])
    expect(asked).toEqual(['/econe-staging?list-type=2&max-keys=1', expect.stringContaining('/auto/s3/aws4_request')])
  })

  it('go to the bucket that the Worker reads, and to an R2 that is there', async () => {
    const [other, gone] = await lines(await deadUrl(), 'another')
    expect(other).toMatch(/^wrong uploads direct to R2: R2_BUCKET is another, but STAGING is econe-staging/)
    expect(gone).toMatch(/^wrong uploads direct to R2: cannot reach \S+: connection refused/)
  })

  it('are not spoken of where there are none', async () => {
    const operator = { configuration: configuration as Operator['configuration'], local: undefined }
    expect(await Array.fromAsync(checkDirect(undefined, operator))).toEqual([])
  })
})
