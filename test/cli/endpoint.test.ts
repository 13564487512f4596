// Whose keys and which endpoint: options, then econe's variables, then the AWS CLI's.
import { describe, expect, it } from 'vitest'
import { DEFAULT_URL, endpointOf } from '../../src/cli/endpoint.ts'

const econe = { EC2_ACCESS_KEY: 'helen', EC2_SECRET_KEY: 'hers', EC2_URL: 'https://cloud.example/econe/' }
const aws = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'its',
  AWS_ENDPOINT_URL: 'https://all.example',
  AWS_ENDPOINT_URL_EC2: 'https://ec2.example',
}

describe('keys', () => {
  it.each([
    ['econe before AWS', {}, { ...econe, ...aws }, 'helen', 'hers'],
    ['AWS', {}, aws, 'AKIAEXAMPLE', 'its'],
    ['options before all', { accessKey: 'bob', secretKey: 'his' }, { ...econe, ...aws }, 'bob', 'his'],
    ['one option over its variable', { secretKey: 'new' }, econe, 'helen', 'new'],
    ['a whole pair before half of one', {}, { ...aws, EC2_ACCESS_KEY: 'helen' }, 'AKIAEXAMPLE', 'its'],
    ['an empty variable as none', {}, { ...aws, EC2_ACCESS_KEY: 'helen', EC2_SECRET_KEY: '' }, 'AKIAEXAMPLE', 'its'],
  ])('%s', (_, options, environment, accessKey, secretKey) => {
    expect(endpointOf(options, environment)).toMatchObject({ accessKey, secretKey })
  })

  it.each([
    [{}, 'no access key: give -K/--access-key, or set EC2_ACCESS_KEY or AWS_ACCESS_KEY_ID'],
    [
      { EC2_ACCESS_KEY: 'helen' },
      'no secret key: give -S/--secret-key, or set EC2_SECRET_KEY or AWS_SECRET_ACCESS_KEY',
    ],
    [
      { EC2_ACCESS_KEY: 'helen', AWS_SECRET_ACCESS_KEY: 'its' },
      'no secret key: give -S/--secret-key, or set EC2_SECRET_KEY or AWS_SECRET_ACCESS_KEY',
    ],
  ])('%j is not enough', (environment, message) => {
    expect(() => endpointOf({}, environment)).toThrow(expect.objectContaining({ message }))
  })
})

describe('URL', () => {
  it.each([
    ['the option', { url: 'http://here:1/a' }, { ...econe, ...aws }, 'http://here:1/a'],
    ["econe's variable", {}, { ...econe, ...aws }, 'https://cloud.example/econe/'],
    ["AWS's variable for EC2", {}, { ...aws, EC2_ACCESS_KEY: 'a', EC2_SECRET_KEY: 'b' }, 'https://ec2.example/'],
    ["AWS's variable for all", {}, { ...aws, AWS_ENDPOINT_URL_EC2: '' }, 'https://all.example/'],
    ['none', {}, { EC2_ACCESS_KEY: 'a', EC2_SECRET_KEY: 'b' }, `${DEFAULT_URL}/`],
  ])('from %s', (_, options, environment, href) => {
    expect(endpointOf(options, environment).url.href).toBe(href)
  })

  it.each(['localhost:8787', 'ftp://cloud.example', 'cloud', 'http://'])('%s is not valid', url => {
    expect(() => endpointOf({ url }, econe)).toThrow(`the URL '${url}' is not valid`)
  })

  it.each(['http://a.example/?x=1', 'http://a.example/#x'])('%s holds too much', url => {
    expect(() => endpointOf({ url }, econe)).toThrow('the URL of a.example may hold a path, but no')
  })

  it('does not repeat a password', () => {
    expect(() => endpointOf({ url: 'http://helen:unspeakable@a.example/' }, econe)).toThrow(/^(?!.*unspeakable)/)
  })
})

it.each([
  [{}, 'us-east-1'],
  [{ AWS_DEFAULT_REGION: 'b' }, 'b'],
  [{ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' }, 'a'],
])('region of %j', (environment, region) => {
  expect(endpointOf({}, { ...econe, ...environment }).region).toBe(region)
})
