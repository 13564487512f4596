// NICs of VMs and their addresses, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { cloud, LONG, start } from '../start.ts'

describe('addresses', () => {
  test('of a VM are free when it is done', async () => {
    const { helen, sandbox } = await start(cloud(3))
    await helen('one.vm.action', 'terminate', 1)
    sandbox.advance(LONG)
    await helen('one.template.instantiate', 0, '', false, '', false)
    expect(element((await helen('one.vm.info', 3)).value, 'IP')).toBe('10.0.0.11')
  })

  test('can be chosen, once', async () => {
    const { helen } = await start(cloud(1))
    const nic = 'NIC=[NETWORK_ID="0",IP="10.0.0.99"]'
    expect(await helen('one.vm.attachnic', 0, nic)).toMatchObject({ ok: true })
    expect(element((await helen('one.vm.info', 0)).value, 'ETH1_IP')).toBe('10.0.0.99')
    expect((await helen('one.template.instantiate', 0, '', false, nic, false)).value).toContain(
      'Cannot get IP/MAC lease from virtual network 0.',
    )
  })

  test('an alias goes with its NIC', async () => {
    const { helen, sandbox } = await start(cloud(1))
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="eip"')
    await helen('one.vm.attachnic', 0, 'NIC_ALIAS=[NETWORK_ID="2",PARENT="NIC0",EXTERNAL="YES"]')
    sandbox.advance(LONG)
    await helen('one.vm.detachnic', 0, 0)
    sandbox.advance(LONG)
    expect((await helen('one.vm.info', 0)).value).not.toContain('<NIC')
    expect(await helen('one.vn.delete', 2)).toMatchObject({ ok: true })
  })

  test('an alias needs its parent', async () => {
    const { helen } = await start(cloud(1))
    const alias = 'NIC_ALIAS=[NETWORK_ID="1",PARENT="NIC7"]'
    expect((await helen('one.vm.attachnic', 0, alias)).value).toBe('[one.vm.attachnic] Alias not found.')
    expect((await helen('one.template.instantiate', 0, '', false, alias, false)).value).toContain(
      'NIC named NIC7 not found for alias',
    )
  })
})
