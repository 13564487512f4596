// The operator's variables: what they mean, what is taken for granted, and what is said of those that are wrong.
import { describe, expect, it } from 'vitest'
import type { VariableName, Variables } from '../../src/config/names.ts'
import { configErrors, parseConfig } from '../../src/config/variables.ts'

const LEAST = {
  ONE_XMLRPC: 'https://one.example.com/RPC2',
  ONE_AUTH: 'serveradmin:pass:word',
  EDGE_SECRET: '0123456789abcdef',
}

describe('a configuration', () => {
  it('takes three variables, and the rest for granted', () => {
    expect(parseConfig(LEAST)).toEqual({
      origin: { url: 'https://one.example.com/RPC2', timeout: 30_000 },
      serverAdmin: { name: 'serveradmin', password: 'pass:word' },
      secrets: ['0123456789abcdef'],
      region: 'opennebula',
      regions: [{ name: 'opennebula', hosts: [], aliases: [] }],
      path: '',
      zones: ['opennebulaa'],
      zoneClusters: new Map(),
      dnsDomain: 'opennebula.compute.internal',
      signingRegions: new Set(['opennebula']),
      keys: { userNames: false, issued: true },
      trustedOwners: [],
      publicUrl: undefined,
      ownHosts: [],
      datastore: 1,
      addressNetwork: undefined,
      defaultGroup: 'open',
      subnetTemplate: undefined,
      subnetParent: undefined,
      terminatedFor: 3_600_000,
      importWithin: 21_600_000,
      importHosts: [],
      marketplace: true,
      console: true,
      stagedBytes: 100 * 2 ** 30,
      directUploads: undefined,
      bucketBytes: 100 * 2 ** 30,
    })
  })

  it('takes all that can be said', () => {
    const said: Variables = {
      ...{
        ...LEAST,
        REGION: 'madrid',
        ZONES: 'a, b',
        ZONE_CLUSTERS: 'b=105  a=0,104',
        SIGNING_REGIONS: '*',
        USER_NAME_KEYS: 'true',
      },
      ...{ PUBLIC_URL: 'https://ec2.example.com', DATASTORE_ID: '0', ADDRESS_NETWORK_ID: '0', IMPORT_HOURS: '1' },
      ...{ OWN_HOSTS: 'EC2.example.com, localhost:8787', STAGING_GIB: '2', BUCKET_GIB: '0' },
      IMPORT_HOSTS: '* Images.example.com:8080',
      ...{ SUBNET_TEMPLATE_ID: '0', SUBNET_PARENT_ID: '7' },
      ...{ TERMINATED_FOR_SECONDS: '0', UPSTREAM_TIMEOUT_SECONDS: '5', ISSUED_KEYS: 'true' },
      ...{
        ACCESS_CLIENT_ID: 'id',
        ACCESS_CLIENT_SECRET: 'secret',
        DNS_DOMAIN: 'cloud.example.com',
        DEFAULT_GROUP: 'closed',
        MARKETPLACE: 'off',
        CONSOLE: 'off',
      },
    }
    expect(parseConfig(said)).toMatchObject({
      origin: { timeout: 5_000, access: { clientId: 'id', clientSecret: 'secret' } },
      ...{
        region: 'madrid',
        zones: ['a', 'b'],
        zoneClusters: new Map([
          ['b', [105]],
          ['a', [0, 104]],
        ]),
        signingRegions: undefined,
        keys: { userNames: true, issued: true },
      },
      ...{ datastore: 0, addressNetwork: 0, terminatedFor: 0, importWithin: 3_600_000 },
      ...{ dnsDomain: 'cloud.example.com', defaultGroup: 'closed', subnetTemplate: 0, subnetParent: 7 },
      ...{ ownHosts: ['ec2.example.com', 'localhost:8787'], stagedBytes: 2 * 2 ** 30, bucketBytes: 0 },
      importHosts: ['*', 'images.example.com:8080'],
      marketplace: false,
      console: false,
    })
    expect(parseConfig({ ...said, SIGNING_REGIONS: 'us-east-1' }).signingRegions).toEqual(
      new Set(['madrid', 'us-east-1']),
    )
  })

  it('may have clients store bytes in R2 themselves', () => {
    const said = {
      ...{ R2_ENDPOINT: 'https://0123.r2.cloudflarestorage.com/', R2_BUCKET: 'econe-staging' },
      ...{ R2_ACCESS_KEY_ID: 'id', R2_SECRET_ACCESS_KEY: 'secret' },
    }
    expect(parseConfig({ ...LEAST, ...said }).directUploads).toEqual({
      ...{ endpoint: 'https://0123.r2.cloudflarestorage.com', bucket: 'econe-staging' },
      ...{ accessKeyId: 'id', secretAccessKey: 'secret' },
    })
    for (const [name, value, problem] of [
      ['R2_ENDPOINT', 'http://r2.example.com', 'must be an https address'],
      ['R2_BUCKET', 'Not a bucket', 'must be the name of a bucket'],
      ['R2_SECRET_ACCESS_KEY', '', 'is not set, but R2_ENDPOINT is'],
    ] as const) {
      const [error, ...others] = configErrors({ ...LEAST, ...said, [name]: value })
      expect([error?.variable, error?.message, others]).toEqual([name, expect.stringContaining(problem), []])
      expect(error?.message).not.toContain('secret')
    }
  })

  it('may have the front-end on this machine over plain HTTP', () => {
    expect(parseConfig({ ...LEAST, ONE_XMLRPC: 'http://127.0.0.1:2633/RPC2' }).origin.url).toContain('http:')
  })
})

describe('what is wrong', () => {
  it.each<[VariableName, string, string]>([
    ['ONE_XMLRPC', '', 'is not set'],
    ['ONE_XMLRPC', 'one.example.com', 'must be an http(s) address'],
    ['ONE_XMLRPC', 'http://one.example.com/RPC2', 'must be an https address'],
    ['ONE_AUTH', 'secret', 'must have the form user:password'],
    ...['https://ec2.example.com', 'ec2.example.com/', 'a@b', 'a:b', 'a/b', 'a?b', 'a#b'].map(
      (host): [VariableName, string, string] => ['OWN_HOSTS', host, 'must be names of hosts'],
    ),
    ['IMPORT_HOSTS', 'https://images.example.com', 'must be names of hosts'],
    ['MARKETPLACE', 'false', 'must be'],
    ['CONSOLE', 'no', 'must be'],
    ['ONE_AUTH', 'secret:', 'must have the form user:password'],
    ['EDGE_SECRET', 'secret', 'must have 16 characters or more'],
    ['EDGE_SECRET_OLD', 'a good old secret of old\nsecret', 'must have 16 characters or more'],
    ['ACCESS_CLIENT_ID', 'secret', 'is not set, but'],
    ['ZONES', ' ,', 'must name at least one availability zone'],
    ['ZONE_CLUSTERS', '0', 'must have the form zone=cluster,cluster zone=cluster, but has "0"'],
    [
      'ZONE_CLUSTERS',
      'opennebulaa=0,x',
      'must have the form zone=cluster,cluster zone=cluster, but has "opennebulaa=0,x"',
    ],
    ['ZONE_CLUSTERS', 'b=0', 'names the zone "b", which is not in ZONES'],
    ['ZONE_CLUSTERS', 'opennebulaa=0 opennebulaa=1', 'names the zone "opennebulaa" twice'],
    ['ZONE_CLUSTERS', 'opennebulaa=0,104,0', 'names the cluster 0 twice'],
    ['DNS_DOMAIN', 'cloud example', 'must be the name of a domain, but is "cloud example"'],
    ['USER_NAME_KEYS', 'yes', 'must be "true" or "false", but is "yes"'],
    ['PUBLIC_URL', 'ftp://x', 'must be an http(s) address'],
    ['DEFAULT_GROUP', 'shut', 'must be "open" or "closed", but is "shut"'],
    ['DATASTORE_ID', 'default', 'must be a whole number, but is "default"'],
    ['UPSTREAM_TIMEOUT_SECONDS', '0', 'must be 1 or more, but is "0"'],
    ['IMPORT_HOURS', '-1', 'must be a whole number, but is "-1"'],
  ])('%s=%s', (name, value, problem) => {
    const variables = { ...LEAST, [name]: value }
    expect(() => parseConfig(variables)).toThrow(problem)
    const errors = configErrors(variables)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.message).not.toContain('secret')
  })

  it('is told all together', () => {
    expect(configErrors({ IMPORT_HOURS: 'x' }).map(({ variable }) => variable)).toEqual([
      ...['ONE_XMLRPC', 'ONE_AUTH', 'EDGE_SECRET', 'IMPORT_HOURS'],
    ])
    expect(configErrors(LEAST)).toEqual([])
  })
})
