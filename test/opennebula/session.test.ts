import { describe, expect, it } from 'vitest'
import { UnsafeValue } from '../../src/opennebula/errors.ts'
import { ServerSessions } from '../../src/opennebula/session.ts'

// Computed with Node's createCipheriv('aes-256-cbc') as the front-end's driver does it, for expiry 1795421700.
const NOW = 1795419764_000
const TOKENS = {
  helen: 'serveradmin:helen:f2iBPCwc0gKMZIPXnjKmoEZrCIEXqESa1IuoJmcZpxI=',
  hélène: 'serveradmin:hélène:h+anugoRCmz9NxDV1JR1ua/r6yD281UkkjxvvXDbZoo=',
  serveradmin: 'serveradmin:serveradmin:bwNZAhTcikH6CNJEpNgc4/CvPMFM6IKV8zAwk2mAukUp3jw4NfoheRhMOb5Xl50R',
}

describe('server_cipher sessions', () => {
  it.each(Object.entries(TOKENS))('are what the driver expects for %s', async (target, token) => {
    expect(await new ServerSessions('opensesame').session(target, NOW)).toBe(token)
  })

  it('are the same everywhere within a window', async () => {
    const [here, there] = [new ServerSessions('opensesame'), new ServerSessions('opensesame')]
    const first = await here.session('helen', NOW)
    expect(await here.session('helen', NOW)).toBe(first)
    expect(await there.session('helen', NOW + 60_000)).toBe(first)
    expect(await there.session('helen', NOW + 30 * 60_000)).not.toBe(first)
  })

  it('live 15 minutes or more after they are handed out', async () => {
    const sessions = new ServerSessions('opensesame')
    const windowEnds = 1795420800_000
    expect(await sessions.session('helen', windowEnds - 1)).toBe(TOKENS.helen)
    expect(1795421700_000 - (windowEnds - 1)).toBeGreaterThanOrEqual(15 * 60_000)
    expect(await sessions.session('helen', windowEnds)).not.toBe(TOKENS.helen)
  })

  it('differ by user and by password', async () => {
    const one = await new ServerSessions('opensesame').session('rival', NOW)
    expect(one).not.toBe(TOKENS.helen)
    expect(await new ServerSessions('other').session('rival', NOW)).not.toBe(one)
  })

  it('stay right when there are more users than are remembered', async () => {
    const sessions = new ServerSessions('opensesame')
    for (let user = 0; user < 1100; user++) await sessions.session(`user${user}`, NOW)
    expect(await sessions.session('helen', NOW)).toBe(TOKENS.helen)
  })

  it.each(['', 'a:b', ':', 'a b', 'a\n', '\t', '\0', 'a\r', '😀', '\u00a0', 'x'.repeat(257)])(
    'are refused for the name %j',
    name => {
      expect(() => new ServerSessions('opensesame').session(name, NOW)).toThrow(UnsafeValue)
      expect(() => new ServerSessions('opensesame', name)).toThrow(UnsafeValue)
    },
  )
})
