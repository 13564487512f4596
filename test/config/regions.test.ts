// Several regions: the variables of each, what they have of their own, and what is said where they cannot be told apart.
import { describe, expect, it } from 'vitest'
import { VARIABLES, type Variables } from '../../src/config/names.ts'
import { endingOf, regionsIn, sharing, variablesOf } from '../../src/config/regions.ts'
import { configErrors, edgeSecrets, parseConfig } from '../../src/config/variables.ts'

const NORTH = {
  ...{ ONE_XMLRPC: 'https://one.north.example.com/RPC2', ONE_AUTH: 'serveradmin:north', REGION: 'north' },
  ...{ EDGE_SECRET: '0123456789abcdef', EDGE_SECRET_OLD: 'fedcba9876543210' },
  ...{ ZONES: 'north-a north-b', ADDRESS_NETWORK_ID: '1', DATASTORE_ID: '100', TRUSTED_OWNERS: '5' },
  ...{ SIGNING_REGIONS: '*', PUBLIC_URL: 'https://ec2.example.com', OWN_HOSTS: 'old.example.com' },
  ...{ IMPORT_HOURS: '2', BUCKET_GIB: '7', ACCESS_CLIENT_ID: 'id', ACCESS_CLIENT_SECRET: 'north secret' },
}
const SOUTH = {
  ...{ ONE_XMLRPC_SOUTH_2: 'https://one.south.example.com/RPC2', ONE_AUTH_SOUTH_2: 'serveradmin:south' },
  ...{ BUCKET_GIB_SOUTH_2: '8', ADDRESS_NETWORK_ID_SOUTH_2: '9', SIGNING_REGIONS_SOUTH_2: 'eu-south-2' },
}
const both = (more: object = {}): Variables => ({ ...NORTH, ...SOUTH, REGIONS: 'south-2', ...more })
const south = (more: object = {}) => variablesOf(both(more), 'south-2')

describe('a region beside the first', () => {
  it('has a cloud of its own, and what all share unless it is said otherwise', () => {
    const config = parseConfig(south())
    expect(config).toMatchObject({
      origin: { url: 'https://one.south.example.com/RPC2' },
      serverAdmin: { name: 'serveradmin', password: 'south' },
      ...{ region: 'south-2', path: '/_region/south-2', zones: ['south-2a'], dnsDomain: 'south-2.compute.internal' },
      ...{ addressNetwork: 9, datastore: 1, trustedOwners: [], signingRegions: new Set(['south-2', 'eu-south-2']) },
      ...{ importWithin: 7_200_000, bucketBytes: 8 * 2 ** 30 },
      ...{ publicUrl: 'https://ec2.example.com', ownHosts: ['old.example.com'] },
    })
    expect(config.origin).not.toHaveProperty('access')
    expect(config.regions).toEqual(parseConfig(both()).regions)
  })

  it('leaves the first as it is', () => {
    const { regions: _, ...config } = parseConfig(both())
    const { regions: __, ...alone } = parseConfig(NORTH)
    expect(config).toEqual(alone)
  })

  it('takes no cloud of the first for its own', () => {
    const names = VARIABLES.filter(name => sharing(name) === 'each')
    const all = Object.fromEntries(VARIABLES.map(name => [name, `the first one's ${name}`]))
    expect(names.filter(name => name in variablesOf({ ...all, REGIONS: 'south-2' }, 'south-2'))).toEqual([])
  })

  it('sends bytes that go past the Worker to its own part of R2', () => {
    const access = { R2_ENDPOINT: 'https://account.r2.cloudflarestorage.com', R2_BUCKET: 'econe-staging' }
    const key = { R2_ACCESS_KEY_ID: 'id', R2_SECRET_ACCESS_KEY: 'secret' }
    const { directUploads } = parseConfig(south({ ...access, ...key }))
    expect(directUploads).toMatchObject({ bucket: 'econe-staging', prefix: 'regions/south-2/' })
    expect(parseConfig(both({ ...access, ...key })).directUploads).not.toHaveProperty('prefix')
  })

  it('has secrets of its own, which follow from those of the Worker', () => {
    const [secret, old, ...others] = edgeSecrets(south())
    expect(others).toEqual([])
    for (const each of [secret, old]) expect(each).toMatch(/^[\da-f]{64}$/)
    const rotated = { EDGE_SECRET: NORTH.EDGE_SECRET_OLD, EDGE_SECRET_OLD: NORTH.EDGE_SECRET }
    expect(edgeSecrets(south(rotated))).toEqual([old, secret])
    expect(edgeSecrets(variablesOf(both(), 'another'))).not.toContain(secret)
  })

  it('has hosts of its own besides those of all', () => {
    const config = parseConfig(
      south({ PUBLIC_URL_SOUTH_2: 'https://south.example.com', OWN_HOSTS_SOUTH_2: 'S.example.com' }),
    )
    expect(config).toMatchObject({ publicUrl: 'https://south.example.com' })
    expect(config.ownHosts).toEqual(['s.example.com', 'old.example.com'])
    expect(config.regions).toEqual([
      { name: 'north', hosts: ['ec2.example.com', 'old.example.com'], aliases: [] },
      { name: 'south-2', hosts: ['south.example.com', 's.example.com'], aliases: ['eu-south-2'] },
    ])
  })

  it('has variables that are never taken for others, whatever it is called', () => {
    const known: readonly string[] = VARIABLES
    const ends = known.flatMap(each => each.split('_').map((_, at, parts) => parts.slice(at).join('-').toLowerCase()))
    const own = VARIABLES.filter(name => sharing(name) !== 'all')
    expect(ends.flatMap(end => own.map(name => name + endingOf(end))).filter(name => known.includes(name))).toEqual([])
  })
})

describe('what is wrong', () => {
  it.each([
    ['REGIONS', { REGIONS: 'south-2 South' }, 'but has "South"'],
    ['REGIONS', { REGIONS: 'north' }, 'has "north", but that is REGION'],
    ['REGIONS', { REGIONS: 'south-2 south-2' }, 'has "south-2" twice'],
    ['REGIONS', { REGIONS: 'south-2', SIGNING_REGIONS: 'south-2' }, 'for the region north by its SIGNING_REGIONS'],
    ['SIGNING_REGIONS_SOUTH_2', { SIGNING_REGIONS_SOUTH_2: 'north' }, 'has "north", which is for the region north'],
    ['OWN_HOSTS_SOUTH_2', { OWN_HOSTS_SOUTH_2: 'EC2.example.com' }, 'has the host "ec2.example.com"'],
    ['PUBLIC_URL_SOUTH_2', { PUBLIC_URL_SOUTH_2: 'https://ec2.example.com/' }, 'has the host "ec2.example.com"'],
  ])('%s is told of both regions', (called, more, problem) => {
    for (const variables of [both(more), south(more)]) {
      const [error] = configErrors(variables)
      expect(error?.called).toBe(called)
      expect(error?.message).toContain(`${called} `)
      expect(error?.message).toContain(problem)
    }
  })

  it.each([
    ['ONE_AUTH_SOUTH_2', { ONE_AUTH_SOUTH_2: '' }, 'is not set'],
    ['ZONE_CLUSTERS_SOUTH_2', { ZONE_CLUSTERS_SOUTH_2: 'x=1' }, 'names the zone "x"'],
    ['BUCKET_GIB_SOUTH_2', { BUCKET_GIB_SOUTH_2: 'x' }, 'must be a whole number'],
    ['ACCESS_CLIENT_SECRET_SOUTH_2', { ACCESS_CLIENT_ID_SOUTH_2: 'id' }, 'is not set'],
  ])('%s is told of its region alone, by the name that the operator gave it', (called, more, problem) => {
    expect(configErrors(both(more))).toEqual([])
    expect(configErrors(south(more)).map(error => error.message)).toEqual([
      expect.stringContaining(`${called} ${problem}`),
    ])
    expect(() => parseConfig(south(more))).toThrow(called)
  })

  it('is told of all regions by the name of what they share', () => {
    expect(configErrors(south({ IMPORT_HOURS: 'x' })).map(({ called }) => called)).toEqual(['IMPORT_HOURS'])
    expect(configErrors(south({ EDGE_SECRET: 'short' })).map(({ called }) => called)).toEqual(['EDGE_SECRET'])
  })

  it('is a region that is not named any more', () => {
    expect(configErrors(variablesOf(both(), 'west')).map(({ message }) => message)).toContain(
      'REGIONS does not have "west"',
    )
    expect(regionsIn(both()).map(({ name }) => name)).toEqual(['north', 'south-2'])
  })
})
