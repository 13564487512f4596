// Which region a request, or an account's object, is of, and that nothing of one is in another.
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import type { AccountObject } from '../../src/account/object.ts'
import type { Region } from '../../src/config/regions.ts'
import { environmentFor, environmentOf, environmentOfObject, pathBehind, regionFor } from '../../src/edge/regions.ts'
import { type Env, servicesOf } from '../../src/edge/services.ts'

const variables = {
  ...{ ONE_XMLRPC: 'https://one.north.example.com/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: 'a secret of tests' },
  ...{ REGION: 'north', REGIONS: 'south west', ZONES: 'north-a' },
  ...{ ONE_XMLRPC_SOUTH: 'https://one.south.example.com/RPC2', ONE_AUTH_SOUTH: 'serveradmin:y' },
}
const worker: Env = { ...(env as Env), ...variables }
const south = environmentOf(worker, 'south')

const REGIONS: readonly [Region, ...Region[]] = [
  { name: 'north', hosts: ['ec2.example.com'], aliases: ['us-east-1'] },
  { name: 'south', hosts: ['south.example.com', 'localhost:8787'], aliases: ['eu-south-2'] },
  { name: 'west', hosts: [], aliases: [] },
]

const authorization = (region: string) =>
  `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261126/${region}/ec2/aws4_request, SignedHeaders=host, Signature=00`

describe('a request', () => {
  it.each([
    ['https://ec2.example.com/', 'north', 'north'],
    ['https://ec2.example.com/', 'south', 'south'],
    ['https://ec2.example.com/', 'eu-south-2', 'south'],
    ['https://ec2.example.com/', 'us-east-1', 'north'],
    ['https://ec2.example.com/', 'elsewhere', 'north'],
    ['https://ec2.example.com/', undefined, 'north'],
    ['https://south.example.com/', undefined, 'south'],
    ['https://south.example.com:443/', undefined, 'south'],
    ['http://localhost:8787/', undefined, 'south'],
    ['http://localhost:8788/', undefined, 'north'],
    // Where they do not agree, the signature is checked by that to which it was sent
    ['https://south.example.com/', 'north', 'south'],
    ['https://south.example.com/_region/west/', 'north', 'west'],
    ['https://south.example.com/_region/north/_image/x', undefined, 'north'],
    ['https://ec2.example.com/_region/nowhere/', 'south', 'south'],
    ['https://ec2.example.com/_region/south', undefined, 'north'],
  ])('to %s signed for %s is for %s', (url, scope, region) => {
    const headers = scope === undefined ? {} : { authorization: authorization(scope) }
    expect(regionFor(new Request(url, { headers }), REGIONS).name).toBe(region)
  })

  it('may name its region in a signed link', () => {
    const credential = encodeURIComponent('AKIAEXAMPLE/20261126/west/s3/aws4_request')
    const request = new Request(`https://ec2.example.com/bucket/key?X-Amz-Credential=${credential}`)
    expect(regionFor(request, REGIONS).name).toBe('west')
  })

  it('has a path behind its region', () => {
    expect(pathBehind('https://x/_region/south/readyz?y', south)).toBe('/readyz')
    expect(pathBehind('https://x/_region/north/readyz', worker)).toBe('/readyz')
    expect(pathBehind('https://x/_region/nowhere/readyz', worker)).toBe('/_region/nowhere/readyz')
    expect(pathBehind('https://x/readyz', {})).toBe('/readyz')
  })

  it('is for the only region without being looked at', () => {
    const { REGIONS: _, ...alone } = worker
    expect(environmentFor(new Request('https://x/_region/south/'), alone)).toBe(alone)
  })

  it('is answered by the first where regions cannot be told apart, whose configuration says what is wrong', () => {
    const wrong = { ...worker, REGIONS: 'south south' }
    const found = environmentFor(
      new Request('https://x/', { headers: { authorization: authorization('south') } }),
      wrong,
    )
    expect(found).toBe(wrong)
    expect(() => servicesOf(found)).toThrow('REGIONS has "south" twice')
  })
})

describe('an environment', () => {
  it('is made once, with all that requests share in it', () => {
    expect(environmentOf(worker, 'south')).toBe(south)
    expect(environmentOf(worker, undefined)).toBe(worker)
    expect(servicesOf(south)).toBe(servicesOf(south))
    const [one, other] = [servicesOf(worker), servicesOf(south)]
    for (const name of ['client', 'findKey', 'standings', 'mint', 'accessKeys', 'refusals', 'linkKeys'] as const) {
      expect(one[name]).not.toBe(other[name])
    }
  })

  it('has the cloud of its region, and the way to it', () => {
    const ways = { ONE: { fetch: () => undefined }, ONE_SOUTH: { fetch: () => undefined } }
    const bound = { ...worker, ...ways } as unknown as Env
    expect(environmentOf(bound, 'south')).toMatchObject({ ONE: ways.ONE_SOUTH, ONE_XMLRPC: variables.ONE_XMLRPC_SOUTH })
    expect(environmentOf(bound, 'west')).not.toHaveProperty('ONE')
    expect(environmentOf(bound, 'west')).not.toHaveProperty('ZONES')
    expect(() => servicesOf(environmentOf(bound, 'west'))).toThrow('ONE_XMLRPC_WEST is not set')
  })

  it('has a part of KV of its own', async () => {
    await worker.INDEX.put('id:i-1', '1')
    await south.INDEX.put('id:i-1', '2')
    await south.INDEX.put('id:i-2', '3')
    expect(await worker.INDEX.get('id:i-1')).toBe('1')
    expect(await south.INDEX.get('id:i-1')).toBe('2')
    expect(await south.INDEX.get(['id:i-1', 'id:i-3'])).toEqual(
      new Map([
        ['id:i-1', '2'],
        ['id:i-3', null],
      ]),
    )
    expect((await south.INDEX.list({ prefix: 'id:' })).keys).toEqual([{ name: 'id:i-1' }, { name: 'id:i-2' }])
    await south.INDEX.delete('id:i-1')
    expect(await south.INDEX.get('id:i-1')).toBeNull()
    expect(await worker.INDEX.get('id:i-1')).toBe('1')
  })

  it('has a part of R2 of its own', async () => {
    const keys = ['staging/000000000002/ami-1', 'staging/000000000002/ami-2']
    for (const key of keys) {
      await worker.STAGING.put(key, 'north')
      expect(await south.STAGING.put(key, 'south')).toMatchObject({ key, size: 5 })
    }
    const [key = ''] = keys
    expect(await (await south.STAGING.get(key))?.text()).toBe('south')
    expect(await (await worker.STAGING.get(key))?.text()).toBe('north')
    expect(await south.STAGING.head(key)).toMatchObject({ key })
    expect(await south.STAGING.get(key, { onlyIf: { etagMatches: 'other' } })).toMatchObject({ key })
    expect(await south.STAGING.head('staging/nothing')).toBeNull()
    const page = await south.STAGING.list({ prefix: 'staging/', startAfter: key })
    expect(page.objects.map(object => object.key)).toEqual(keys.slice(1))
    const upload = await south.STAGING.createMultipartUpload('staging/parts')
    await south.STAGING.resumeMultipartUpload('staging/parts', upload.uploadId).abort()
    await south.STAGING.delete(keys)
    expect(await south.STAGING.head(key)).toBeNull()
    expect(await worker.STAGING.head(key)).not.toBeNull()
    await worker.STAGING.delete(keys)
  })

  it('counts requests and failures for itself', async () => {
    const counted: string[] = []
    const limit = {
      limit: async ({ key }: { key: string }) => {
        counted.push(key)
        return { success: true }
      },
    }
    const limited = environmentOf({ ...worker, REQUEST_LIMIT: limit, FAILURE_LIMIT: limit }, 'south')
    await limited.REQUEST_LIMIT?.limit({ key: 'helen' })
    await limited.FAILURE_LIMIT?.limit({ key: 'helen' })
    expect(counted).toEqual(['regions/south/helen', 'regions/south/helen'])
  })
})

describe("an account's object", () => {
  const id = '000000000777'

  it('is another one in each region, and knows which it is of', async () => {
    const kept = (of: Env) =>
      runInDurableObject(of.ACCOUNT.getByName(id), async (object: AccountObject, state) => {
        // Not until its alarm does it have to say so by itself
        const nameless = { id: { toString: () => '', equals: () => false }, storage: state.storage }
        const found = environmentOfObject(worker, nameless as unknown as DurableObjectState)
        return { id: state.id.toString(), region: state.storage.kv.get('region'), own: found === of, object }
      })
    const [inNorth, inSouth] = [await kept(worker), await kept(south)]
    expect(inNorth).toMatchObject({ region: undefined, own: true })
    expect(inSouth).toMatchObject({ region: 'south', own: true })
    expect(inNorth.id).not.toBe(inSouth.id)
  })

  it('of a region that is gone does nothing in another', async () => {
    const stub = environmentOf(worker, 'gone').ACCOUNT.getByName(id)
    await runInDurableObject(stub, async (object: AccountObject, state) => {
      expect(state.storage.kv.get('region')).toBe('gone')
      expect(() => Reflect.apply(Reflect.get(object, 'services') as () => unknown, object, [])).toThrow('_GONE')
      await state.storage.setAlarm(Date.now() + 1_000_000)
    })
    expect(await runDurableObjectAlarm(stub)).toBe(true)
  })
})
