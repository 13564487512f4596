// Locks, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { start } from '../start.ts'

const TYPE = 2633

describe('locks', () => {
  test.each([
    [1, ['use', 'manage', 'admin']],
    [2, ['manage', 'admin']],
    [3, ['admin']],
    [4, ['use', 'manage', 'admin']],
  ])('of level %i stop %j', async (level, stopped) => {
    const { helen } = await start()
    await helen('one.document.allocate', 'NAME="mine"', TYPE)
    await helen('one.document.chmod', 0, -1, -1, -1, -1, -1, -1, -1, -1, -1)
    expect(await helen('one.document.lock', 0, level, true)).toMatchObject({ ok: true })
    const used = await helen('one.document.clone', 0, 'copy')
    const managed = await helen('one.document.update', 0, 'A="1"', 1)
    expect([used.ok, managed.ok]).toEqual([!stopped.includes('use'), !stopped.includes('manage')])
    expect(element((await helen('one.document.info', 0)).value, 'LOCKED')).toBe(String(level === 4 ? 1 : level))
  })

  test('stop their owner, but not oneadmin, who may also open them', async () => {
    const { helen, rival, admin } = await start()
    await helen('one.document.allocate', 'NAME="mine"', TYPE)
    await helen('one.document.lock', 0, 1, true)
    expect(await helen('one.document.delete', 0)).toMatchObject({ code: 512 })
    expect(await helen('one.document.lock', 0, 1, true)).toMatchObject({ code: 2048 })
    expect(await rival('one.document.unlock', 0)).toMatchObject({ code: 512 })
    expect(await admin('one.document.update', 0, 'A="1"', 1)).toMatchObject({ ok: true })
    expect(await admin('one.document.unlock', 0)).toMatchObject({ ok: true })
    expect(await helen('one.document.delete', 0)).toMatchObject({ ok: true })
  })
})
