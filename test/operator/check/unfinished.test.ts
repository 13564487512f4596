// What econe-check --account makes of odd answers; that of a Worker is tested end to end.
import { describe, expect, it } from 'vitest'
import { isOperator, unfinishedPath } from '../../../src/auth/operator-door.ts'
import { signingKeys } from '../../../src/config/derived-keys.ts'
import { parseConfig } from '../../../src/config/variables.ts'
import { lineOf } from '../../../src/operator/check/finding.ts'
import { checkAccount } from '../../../src/operator/check/unfinished.ts'
import { deadUrl, oddServer } from '../../cli/support.ts'
import { EDGE_SECRET } from '../support.ts'

const ACCOUNT = '000000000007'
const HOUR = 3_600_000

const config = parseConfig({ ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET })

const said = async (url: string, name = ACCOUNT) =>
  (await Array.fromAsync(checkAccount(name, { url, config, clients: undefined }))).map(lineOf)

const answering = (status: number, body = '') => oddServer((_, response) => void response.writeHead(status).end(body))

it('asks with a proof, and nothing else', async () => {
  const asked: (string | undefined)[] = []
  const url = await oddServer((request, response) => {
    asked.push(request.method, request.url, request.headers.authorization)
    response.writeHead(200).end('{"tasks":[]}')
  })
  expect(await said(`${url}/some/where?else=1`)).toEqual([`ok    account ${ACCOUNT}: nothing is unfinished`])
  const [method, path = '', authorization = null] = asked
  expect([method, path]).toEqual(['GET', unfinishedPath(ACCOUNT)])
  expect(await isOperator(await signingKeys([EDGE_SECRET], 'operator'), path, Date.now(), authorization)).toBe(true)
  expect(asked.join()).not.toContain(EDGE_SECRET)
})

it('says since when, and when it is looked after next', async () => {
  const now = Date.now()
  const tasks = [
    { kind: 'vm', id: '7', wanted: 'stop', since: now - 50 * HOUR, next: now + HOUR / 2 + 20_000 },
    { kind: 'copy', id: 'vol-1', since: now - HOUR, next: now - 1 },
    { kind: 'later', id: 'x', since: now },
  ]
  const lines = await said(await answering(200, JSON.stringify({ tasks })))
  const since = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '')
  expect(lines).toEqual([
    `note  account ${ACCOUNT}: vm 7, wanted: stop, since ${since(now - 50 * HOUR)} (2 days); looked after next in 30 min`,
    `note  account ${ACCOUNT}: copy vol-1, since ${since(now - HOUR)} (60 min); looked after next at once`,
    `note  account ${ACCOUNT}: later x, since ${since(now)} (0 s); a later release of the Worker has to see to it`,
  ])
})

it('says what the bucket has, if anything', async () => {
  const lines = async (bucket: unknown) => said(await answering(200, JSON.stringify({ tasks: [], bucket })))
  const nothing = `ok    account ${ACCOUNT}: nothing is unfinished`
  expect(await lines({ bytes: 3.25 * 2 ** 30, pieces: 9, begun: 1, objects: 2, uploads: 4 })).toEqual([
    nothing,
    `note  account ${ACCOUNT}: 3.3 GiB in its bucket: 2 objects, and 4 uploads that are not completed`,
  ])
  expect(await lines({ bytes: 0, pieces: 0, begun: 0, objects: 0, uploads: 0 })).toEqual([nothing])
  for (const odd of [null, 5, {}, { bytes: '<b>', objects: 1, uploads: 1 }]) expect(await lines(odd)).toEqual([nothing])
})

describe('what is wrong', () => {
  it.each([
    [404, '', `account ${ACCOUNT}: the Worker does not tell what is unfinished — is EDGE_SECRET the one that it has, `],
    [429, '', `account ${ACCOUNT}: the Worker answers with HTTP status 429 — see its log`],
    [302, '', `account ${ACCOUNT}: the Worker answers with HTTP status 302 — see its log`],
    [200, '<html>', `account ${ACCOUNT}: it is not econe-edge that answers — `],
    [200, '{"tasks":{}}', `account ${ACCOUNT}: it is not econe-edge that answers — `],
    [200, '{"tasks":[{"kind":"vm","id":7,"since":1}]}', `account ${ACCOUNT}: it is not econe-edge that answers — `],
    [
      200,
      '{"tasks":[{"kind":"vm","id":"7","since":1e300}]}',
      `account ${ACCOUNT}: it is not econe-edge that answers — `,
    ],
  ])('an answer %i %s', async (status, body, expected) => {
    const lines = await said(await answering(status, body))
    expect(lines).toEqual([expect.stringContaining(`wrong ${expected}`)])
  })

  it('nobody who answers', async () => {
    expect(await said(await deadUrl())).toEqual([
      expect.stringMatching(`^wrong account ${ACCOUNT}: cannot reach \\S+: connection refused — `),
    ])
  })

  it('a name, where OpenNebula cannot be asked', async () => {
    expect(await said('http://localhost', 'helen')).toEqual([
      'wrong account helen: its number is not known here — give that in 12 digits, with zeros in front',
    ])
  })
})
