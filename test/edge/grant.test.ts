// What policies know of a request: who asks, when, from where and with what.
import { expect, it } from 'vitest'
import { grantOf } from '../../src/edge/grant.ts'

const key = { accessKeyId: 'AKIA', secret: 'x', user: { id: 2, name: 'helen' }, source: 'issued' } as const
const account = { id: '000000000002', user: key.user }
const policy = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

const circumstances = (url: string, headers: Record<string, string> = {}) => ({
  request: new Request(url, { headers }),
  region: 'opennebula',
  now: Date.UTC(2027, 2, 1, 12, 30, 15, 250),
})

const always = {
  'aws:CurrentTime': '2027-03-01T12:30:15.250Z',
  'aws:EpochTime': '1803904215',
  'aws:PrincipalAccount': '000000000002',
  'aws:PrincipalArn': 'arn:aws:iam::000000000002:user/helen',
  'aws:PrincipalIsAWSService': 'false',
  'aws:PrincipalType': 'User',
  'aws:RequestedRegion': 'opennebula',
  'aws:ViaAWSService': 'false',
  'aws:userid': 'AIDA00000000000000002',
  'aws:username': 'helen',
}

it('is nothing where the key has no policy', () => {
  expect(grantOf(key, account, circumstances('https://ec2.example.org/'))).toBeUndefined()
})

it('is who asks, and what is known of the request', () => {
  const headers = { 'cf-connecting-ip': '203.0.113.7', 'user-agent': 'aws-cli/2', referer: 'https://example.org/' }
  expect(grantOf({ ...key, policy }, account, circumstances('https://ec2.example.org/', headers))).toEqual({
    ...{ accessKeyId: 'AKIA', policies: [{ of: 'identity-based', text: policy }] },
    said: {
      ...always,
      'aws:Referer': 'https://example.org/',
      'aws:SecureTransport': 'true',
      'aws:SourceIp': '203.0.113.7',
      'aws:UserAgent': 'aws-cli/2',
    },
  })
})

it('leaves out what is not known', () => {
  const { said } = grantOf({ ...key, policy }, account, circumstances('http://localhost:8787/')) ?? {}
  expect(said).toEqual({ ...always, 'aws:SecureTransport': 'false' })
})
