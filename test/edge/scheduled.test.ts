// The hourly sweep as it is scheduled: bounded, and never kept from going on.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sweep } from '../../src/edge/scheduled.ts'
import type { Env } from '../../src/edge/services.ts'
import { limits } from '../../src/limits.ts'

const bindings = env as Env
const HOUR = 3_600_000
const ACCOUNTS = 100

const account = (number: number) => `7${String(number).padStart(11, '0')}`
const keysOf = async (prefix: string) => (await bindings.STAGING.list({ prefix })).objects.map(({ key }) => key)
const staged = () => keysOf('staging/')

let operations = 0

/** Bindings that count what they are asked; one account does not answer. */
function counting(broken: string): Env {
  const counted = <B extends object>(binding: B): B =>
    new Proxy(binding, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name)
        if (typeof own !== 'function') return own
        return (...given: unknown[]): unknown => {
          operations++
          return Reflect.apply(own, target, given)
        }
      },
    })
  const accounts = {
    getByName: (name: string) => ({
      async staged() {
        operations++
        if (name === broken) throw new Error('The object is overloaded')
        return []
      },
    }),
  }
  return {
    ...bindings,
    ...{ ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: 'a secret of the unit tests' },
    INDEX: counted(bindings.INDEX),
    STAGING: counted(bindings.STAGING),
    ACCOUNT: accounts as unknown as Env['ACCOUNT'],
  }
}

beforeEach(async () => {
  await bindings.STAGING.delete([...(await staged()), ...(await keysOf('objects/'))])
})
afterEach(() => vi.restoreAllMocks())

describe('the scheduled sweep', { timeout: 60_000 }, () => {
  it('stays within its subrequests, goes on where it stopped, and is not stopped by an account', async () => {
    for (let at = 0; at < ACCOUNTS; at++) await bindings.STAGING.put(`staging/${account(at)}/ami-1`, 'x')
    const now = Date.now() + 7 * HOUR
    vi.spyOn(Date, 'now').mockReturnValue(now)
    const own = counting(account(3))
    const left: number[] = []
    for (let run = 0; run < 4; run++) {
      operations = 0
      await sweep(own)
      expect(operations).toBeLessThanOrEqual(limits.sweepSubrequests.most)
      left.push((await staged()).length)
    }
    expect(left.slice(0, 3)).toEqual([expect.any(Number), expect.any(Number), 1])
    expect(await staged()).toEqual([`staging/${account(3)}/ami-1`])
    // What an account does not answer for is kept for a day more at most
    vi.spyOn(Date, 'now').mockReturnValue(now + 24 * HOUR)
    await sweep(own)
    expect(await staged()).toEqual([])
  })

  it('goes through all regions, asks their own accounts, and leaves out one that is not configured well', async () => {
    const asked: string[] = []
    const accounts = {
      getByName: (name: string) => ({
        async staged() {
          asked.push(name)
          return name.includes(account(1)) ? [`staging/${account(1)}/ami-1`] : []
        },
      }),
    }
    const own = {
      ...counting(''),
      ACCOUNT: accounts as unknown as Env['ACCOUNT'],
      ...{ REGIONS: 'broken south', ONE_XMLRPC_SOUTH: 'http://localhost/RPC2', ONE_AUTH_SOUTH: 'serveradmin:x' },
      IMPORT_HOURS_BROKEN: 'x',
    }
    const keys = [account(1), account(2)].map(each => `staging/${each}/ami-1`)
    const everywhere = ['', 'regions/broken/', 'regions/south/'].flatMap(region => keys.map(key => region + key))
    for (const key of everywhere) await bindings.STAGING.put(key, 'x')
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 7 * HOUR)
    await sweep(own)
    const left = [...(await staged()), ...(await keysOf('regions/'))]
    expect(left).toEqual([keys[0], ...keys.map(key => `regions/broken/${key}`), `regions/south/${keys[0]}`])
    expect(asked).toEqual(['', 'regions/south/'].flatMap(region => [1, 2].map(each => region + account(each))))
    await bindings.STAGING.delete(left)
  })
})
