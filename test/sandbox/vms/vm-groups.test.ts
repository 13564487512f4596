// VM groups, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { cloud, LONG, start } from '../start.ts'

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

  test('are joined in a role', async () => {
    const { helen } = await start(cloud())
    await helen('one.vmgroup.allocate', 'NAME="pg" ROLE=[NAME="member"]')
    const answer = await helen('one.template.instantiate', 0, '', false, 'VMGROUP=[VMGROUP_ID="0"]', false)
    expect(answer).toMatchObject({ code: 16384 })
    expect(answer.value).toContain('Missing role name in VM Group definition')
  })

  test('of others cannot be joined', async () => {
    const { helen, rival } = await start(cloud())
    await helen('one.vmgroup.allocate', 'NAME="pg" ROLE=[NAME="member"]')
    const extra = 'VMGROUP=[VMGROUP_ID="0",ROLE="member"]'
    expect(await rival('one.template.instantiate', 0, '', false, extra, false)).toMatchObject({ code: 512 })
  })
})
