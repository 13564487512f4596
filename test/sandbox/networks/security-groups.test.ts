// Security groups, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { cloud, LONG, start } from '../start.ts'

describe('security groups', () => {
  const allow = (port: number): string => `RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="${port}"]`

  test('a group that a VM has left is in use for a moment', async () => {
    const { helen, sandbox } = await start(cloud(1))
    await helen('one.secgroup.allocate', `NAME="web" ${allow(80)}`)
    await helen('one.vm.attachsg', 0, 0, 100)
    await helen('one.vm.detachsg', 0, 0, 100)
    expect(await helen('one.secgroup.delete', 100)).toMatchObject({ code: 2048 })
    sandbox.advance(LONG)
    expect(await helen('one.secgroup.delete', 100)).toMatchObject({ ok: true })
  })

  test('neither a group nor a NIC that is not there is joined or left', async () => {
    const { helen } = await start(cloud(1))
    const said = async (method: string, nic: number, group: number) => {
      const { code, value } = await helen(`one.vm.${method}`, 0, nic, group)
      return [code, value]
    }
    expect(await said('attachsg', 0, 99)).toEqual([
      2048,
      '[one.vm.attachsg] Could not attach SG 99 to VM, SG does not exist',
    ])
    expect(await said('attachsg', 7, 99)).toEqual([8192, "[one.vm.attachsg] VM 0 doesn't have NIC id 7"])
    expect(await said('detachsg', 7, 99)).toEqual([2048, "[one.vm.detachsg] VM 0 doesn't have NIC id 7"])
    expect(await said('detachsg', 0, 99)).toEqual([2048, "[one.vm.detachsg] VM 0 NIC 0 doesn't contain SG 99"])
  })

  test('new rules reach the VMs', async () => {
    const { helen } = await start(cloud(1))
    await helen('one.secgroup.allocate', `NAME="web" ${allow(80)}`)
    await helen('one.vm.attachsg', 0, 0, 100)
    await helen('one.secgroup.update', 100, allow(443), 0)
    const { value } = await helen('one.vm.info', 0)
    expect([...value.matchAll(/<RANGE><!\[CDATA\[(\d+)/g)].map(match => match[1])).toEqual(['443'])
  })

  test('a NIC can be born with a group of its own', async () => {
    const { helen } = await start({ seed: { ...cloud().seed, allowAll: true } })
    await helen('one.secgroup.allocate', `NAME="web" ${allow(80)}`)
    await helen('one.template.instantiate', 0, '', false, 'NIC=[NETWORK_ID="0",SECURITY_GROUPS="100"]', false)
    const { value } = await helen('one.vm.info', 0)
    expect(element(value, 'SECURITY_GROUPS')).toBe('0,100')
    expect(value).toContain('<RANGE><![CDATA[80]]></RANGE>')
  })

  test.each([
    ['PROTOCOL="ALL",RULE_TYPE="inbound",RANGE="1"', 'RANGE is supported only for TCP and UDP protocols.'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="a"', 'Invalid RANGE specification.'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="9:1"', 'RANGE BEGIN value is greater than RANGE END value'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16"', 'Not more than 15 ports'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",ICMP_TYPE="8"', 'ICMP_TYPE is supported only for ICMP protocol.'],
    ['PROTOCOL="TCP",RULE_TYPE="sideways"', 'Wrong RULE_TYPE in rule. Valid options: INBOUND, OUTBOUND.'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",IP="10.0.0.0"', 'Wrong or empty SIZE.'],
    ['PROTOCOL="TCP",RULE_TYPE="inbound",IP="10.0.0",SIZE="1"', 'Wrong format for IP value.'],
  ])('refused: RULE=[%s]', async (rule, reason) => {
    const { helen } = await start()
    const answer = await helen('one.secgroup.allocate', `NAME="g" RULE=[${rule}]`)
    expect(answer.code).toBe(8192)
    expect(answer.value).toContain(reason)
  })

  test('the default group stays', async () => {
    const { admin } = await start()
    expect(await admin('one.secgroup.delete', 0)).toMatchObject({ code: 2048 })
  })

  test('a clone has the rules, and a name of its own', async () => {
    const { helen } = await start()
    await helen('one.secgroup.allocate', `NAME="web" ${allow(80)}`)
    expect(await helen('one.secgroup.clone', 100, 'web')).toMatchObject({ code: 16384 })
    expect(await helen('one.secgroup.clone', 100, 'web2')).toMatchObject({ ok: true, value: '101' })
    expect((await helen('one.secgroup.info', 101)).value).toContain('<RANGE><![CDATA[80]]></RANGE>')
  })
})
