// The operator's commands where there are several regions: what they look at, and in which of them a key counts.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Refusals } from '../../src/auth/policy/refusals.ts'
import { variablesOf } from '../../src/config/regions.ts'
import { edgeSecrets } from '../../src/config/variables.ts'
import { createSandbox } from '../../src/sandbox/server.ts'
import { scratchFolder } from '../cli/support.ts'
import { EDGE_SECRET, keepOpen, localState, operate } from './support.ts'

// wrangler takes its time to start, and is started for each look into KV.
vi.setConfig({ testTimeout: 120_000 })

const north = createSandbox({ authDelay: 0 })
const south = createSandbox({ authDelay: 0, seed: { users: [{ name: 'hilda', password: 'hilda' }] } })
const folder = scratchFolder()
let state = ''
let close = async () => {}
let variables: Record<string, string> = {}

beforeAll(async () => {
  variables = {
    ...{ REGION: 'north', ONE_XMLRPC: (await north.listen()).url, ONE_AUTH: north.serverAdmin },
    ...{ REGIONS: 'south', ONE_XMLRPC_SOUTH: (await south.listen()).url, ONE_AUTH_SOUTH: south.serverAdmin },
    ...{ OWN_HOSTS: 'localhost:8787', ADDRESS_NETWORK_ID: '1' },
  }
  state = localState(join(folder, 'state'), variables)
  close = await keepOpen(state)
})
afterAll(() => Promise.all([north.close(), south.close(), close()]))

const keys = (...args: string[]) => operate('keys', [...args, '--local', state])

describe('econe-check', () => {
  const check = async (more: Record<string, string>, ...args: string[]) => {
    const own = localState(join(folder, 'checked'), { ...variables, ...more })
    const { status, stdout, stderr } = await operate('check', [...args, '--local', own])
    expect(stderr).toBe('')
    return { status, lines: stdout.trimEnd().split('\n') }
  }

  it('looks at all regions, and says of which it speaks', async () => {
    const { status, lines } = await check({})
    const [of, others] = ['north', 'south'].map(name => lines.filter(line => line.slice(6).startsWith(`${name}: `)))
    expect(lines).toEqual([...(of ?? []), ...(others ?? [])])
    expect(of).toContain('ok    north: elastic addresses: network 1 (ElasticIPs), 8 free')
    expect(others).toContain('ok    south: variables and secrets: complete and well-formed')
    expect(others).toContain('note  south: elastic addresses: off, ADDRESS_NETWORK_ID_SOUTH is not set')
    expect(of?.filter(line => line.includes('KV namespace'))).toHaveLength(1)
    expect(others?.filter(line => line.includes('KV namespace'))).toEqual([])
    expect(status).toBe(0)
  })

  it('says what is wrong with a region by the names that its variables have, and goes on', async () => {
    const { status, lines } = await check({ ONE_AUTH_SOUTH: 'x', ZONE_CLUSTERS_SOUTH: 'y=1', DATASTORE_ID: '7' })
    const wrong = lines.filter(line => line.startsWith('wrong'))
    expect(wrong).toEqual([
      'wrong north: datastore 7: there is none — DATASTORE_ID must be the number of one',
      'wrong south: ONE_AUTH_SOUTH must have the form user:password — start it with `npm start`',
      expect.stringMatching(/^wrong south: ZONE_CLUSTERS_SOUTH names the zone "y".* — correct it under \[vars\]/),
    ])
    expect(status).toBe(1)
    const { lines: ofSouth } = await check({ DATASTORE_ID: '7', DATASTORE_ID_SOUTH: '8' }, '--region', 'south')
    expect(ofSouth.filter(line => line.startsWith('wrong'))).toEqual([
      'wrong south: datastore 8: there is none — DATASTORE_ID_SOUTH must be the number of one',
    ])
    expect(ofSouth.filter(line => line.includes('KV namespace'))).toHaveLength(1)
  })

  it('says that two regions cannot be told apart', async () => {
    const { lines } = await check({ OWN_HOSTS_SOUTH: 'localhost:8787' })
    const problem = 'OWN_HOSTS_SOUTH has the host "localhost:8787", as the region north has'
    for (const region of ['north', 'south']) {
      expect(lines).toContain(`wrong ${region}: ${problem} — correct it under [vars] in wrangler.toml`)
    }
  })

  it('knows no other region', async () => {
    const { status, stderr } = await operate('check', ['--region', 'west', '--local', state])
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "econe-check: there is no region 'west', but north, south\n",
    })
  })
})

describe('econe-keys', () => {
  const idIn = (stdout: string) => /AKIA[A-Z2-7]{16}/.exec(stdout)?.[0] ?? ''

  it('makes a key for one region, and for others where that is said, as whoever its user is there', async () => {
    const [one = '', two = ''] = [await keys('create', 'rival'), await keys('create', 'rival', '-r', 'south')].map(
      ({ stdout }) => idIn(stdout),
    )
    const made = await keys('create', 'helen', '--also', 'south=hilda', '--read-only')
    const both = idIn(made.stdout)
    const hilda = south.world.users.find(({ name }) => name === 'hilda')?.id
    expect(made.stdout).toContain(`\nuser: helen (2)\nin south: hilda (${hilda})\nexpires: never\n`)
    const listed = (await keys('list')).stdout.trimEnd().split('\n')
    expect(new Set(listed.map(line => line.trim().split(/\s+/).slice(0, 4).join(' ')))).toEqual(
      new Set([
        `north ${one} rival active`,
        `north ${both} helen active`,
        `south ${two} rival active`,
        `south ${both} hilda active`,
      ]),
    )
    expect(listed).toHaveLength(4)
    expect((await keys('list', '-r', 'south')).stdout).not.toContain('north')

    const disabled = await keys('disable', both)
    expect(disabled.stdout).toBe(`Success: Disabling ${both} in north\nSuccess: Disabling ${both} in south\n`)
    await keys('enable', both, '-r', 'south')
    const shown = (await keys('show', both)).stdout
    expect([...shown.matchAll(/^(?:region|status): (.*)$/gm)].map(([, value]) => value)).toEqual([
      ...['north', 'disabled', 'south', 'active'],
    ])
    expect((await keys('policy', both, '--none')).stdout).toContain(`${both} in south\n`)
    expect((await keys('disable', two)).stdout).toBe(`Success: Disabling ${two} in south\n`)
    expect(await keys('delete', two, '-r', 'north')).toMatchObject({ status: 1, stdout: '' })
    expect((await keys('reseal')).stdout).toBe(
      'Success: Sealing 2 keys anew in north\nSuccess: Sealing 2 keys anew in south\n',
    )
    for (const id of [one, two, both]) expect((await keys('delete', id)).status).toBe(0)
    expect((await keys('list')).stdout).toBe('')
  })

  it('makes no key at all where it cannot count in all of them', async () => {
    for (const also of ['south=nobody', 'west', 'north']) {
      expect(await keys('create', 'helen', '--also', also)).toMatchObject({ status: 1, stdout: '' })
    }
    expect((await keys('list')).stdout).toBe('')
  })

  it('explains what was refused in any region', async () => {
    const secrets = edgeSecrets(variablesOf({ ...variables, EDGE_SECRET }, 'south'))
    const message = await new Refusals(secrets).seal({
      ...{ requestId: 'r-1', accessKeyId: 'AKIA', action: 'ec2:RunInstances', resource: '*' },
      ...{ decision: 'explicitDeny', statement: { number: 1 }, context: {} },
    })
    expect((await keys('explain', message)).stdout).toContain('ec2:RunInstances')
  })
})
