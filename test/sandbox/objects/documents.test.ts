// Documents, VM groups and locks beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { cloud, LONG, start } from '../start.ts'

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

describe('VM groups', () => {
  test('cannot be changed while they have members; what ends is no member', async () => {
    const { helen, sandbox } = await start(cloud())
    await helen('one.vmgroup.allocate', 'NAME="pg" ROLE=[NAME="member",POLICY="AFFINED"]')
    const extra = 'VMGROUP=[VMGROUP_ID="0",ROLE="member"]'
    for (let index = 0; index < 2; index += 1) await helen('one.template.instantiate', 0, '', false, extra, false)
    sandbox.advance(LONG)
    expect(element((await helen('one.vmgroup.info', 0)).value, 'VMS')).toBe('0,1')
    expect(await helen('one.vmgroup.update', 0, 'A="1"', 1)).toMatchObject({ code: 8192 })
    await helen('one.vm.action', 'terminate-hard', 0)
    await helen('one.vm.action', 'terminate-hard', 1)
    sandbox.advance(LONG)
    expect((await helen('one.vmgroup.info', 0)).value).not.toContain('<VMS>')
    expect(await helen('one.vmgroup.update', 0, 'A="1"', 1)).toMatchObject({ ok: true })
  })

  test('of others cannot be joined', async () => {
    const { helen, rival } = await start(cloud())
    await helen('one.vmgroup.allocate', 'NAME="pg" ROLE=[NAME="member"]')
    const extra = 'VMGROUP=[VMGROUP_ID="0",ROLE="member"]'
    expect(await rival('one.template.instantiate', 0, '', false, extra, false)).toMatchObject({ code: 512 })
  })
})
