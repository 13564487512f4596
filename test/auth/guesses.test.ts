// Failures with econe's keys: counted by name and by address, in the isolate and in its location.
import { describe, expect, it } from 'vitest'
import { Guesses, type Limiter } from '../../src/auth/guesses.ts'
import { limits } from '../../src/limits.ts'

const { most } = limits.failedNames

function guesses(limiter?: Limiter) {
  const clock = { time: 1_000_000 }
  const all = new Guesses({ limiter, now: () => clock.time })
  const fail = async (count: number, name: string, address?: string) => {
    for (let at = 0; at < count; at++) await all.fail(name, address)
  }
  const isBarred = (name: string, address?: string) => {
    try {
      all.check(name, address)
      return false
    } catch (error) {
      expect(error).toMatchObject({ code: 'RequestLimitExceeded', status: 503 })
      return true
    }
  }
  return { clock, fail, isBarred }
}

describe('guesses', () => {
  it('at one name are barred from everywhere, until a minute is over', async () => {
    const { clock, fail, isBarred } = guesses()
    await fail(most - 1, 'helen', '192.0.2.1')
    expect(isBarred('helen', '192.0.2.9')).toBe(false)
    await fail(1, 'helen', '192.0.2.2')
    expect(isBarred('helen', '192.0.2.9')).toBe(true)
    expect(isBarred('rival', '192.0.2.9')).toBe(false)
    clock.time += 59_999
    expect(isBarred('helen')).toBe(true)
    clock.time += 1
    expect(isBarred('helen')).toBe(false)
  })

  it('from one address are barred at every name', async () => {
    const { fail, isBarred } = guesses()
    for (let at = 0; at < most; at++) await fail(1, `user-${at}`, '192.0.2.1')
    expect(isBarred('helen', '192.0.2.1')).toBe(true)
    expect(isBarred('helen', '192.0.2.2')).toBe(false)
  })

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '2001:db8:1:3::1'],
    ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1'],
    ['::1', '::2', '1::'],
  ])('from one network with IPv6, such as %s, are from one client', async (one, same, other) => {
    const { fail, isBarred } = guesses()
    for (let at = 0; at < most; at++) await fail(1, `user-${at}`, one)
    expect(isBarred('helen', same)).toBe(true)
    expect(isBarred('helen', other)).toBe(false)
  })

  it('are barred with the first one where the location has seen enough of them', async () => {
    const asked: string[] = []
    const limiter: Limiter = {
      limit: async ({ key }) => {
        asked.push(key)
        return { success: !key.startsWith('name') }
      },
    }
    const { fail, isBarred } = guesses(limiter)
    await fail(1, 'helen', '192.0.2.1')
    expect(asked).toEqual(['name helen', 'address 192.0.2.1'])
    expect(isBarred('helen')).toBe(true)
    expect(isBarred('rival', '192.0.2.1')).toBe(false)
  })

  it('are counted although the limiter fails', async () => {
    const { fail, isBarred } = guesses({ limit: () => Promise.reject(new Error('down')) })
    await fail(most, 'helen')
    expect(isBarred('helen')).toBe(true)
  })
})
