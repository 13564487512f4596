// Networks, beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { LONG, start } from '../start.ts'

describe('reservations', () => {
  test('what is given back can be reserved again', async () => {
    const { helen, sandbox } = await start()
    for (let index = 0; index < 8; index += 1) {
      expect(await helen('one.vn.reserve', 1, `SIZE="1" NAME="ip${index}"`)).toMatchObject({ ok: true })
    }
    expect(await helen('one.vn.reserve', 1, 'SIZE="1" NAME="more"')).toMatchObject({ code: 2048 })
    sandbox.advance(LONG)
    await helen('one.vn.delete', 5)
    expect(await helen('one.vn.reserve', 1, 'SIZE="1" NAME="more"')).toMatchObject({ code: 2048 })
    sandbox.advance(LONG)
    const { value: id } = await helen('one.vn.reserve', 1, 'SIZE="1" NAME="more"')
    expect(element((await helen('one.vn.info', Number(id))).value, 'IP')).toBe('203.0.113.4')
  })

  test('several addresses are in a row', async () => {
    const { helen, admin } = await start()
    await admin('one.vn.hold', 1, 'LEASES=[IP="203.0.113.2"]')
    const { value: id } = await helen('one.vn.reserve', 1, 'SIZE="3" NAME="three"')
    const { value } = await helen('one.vn.info', Number(id))
    expect([element(value, 'IP'), element(value, 'IP_END')]).toEqual(['203.0.113.3', '203.0.113.5'])
  })

  test('held addresses can be released again', async () => {
    const { helen, admin } = await start()
    expect(await admin('one.vn.hold', 1, 'LEASES=[IP="203.0.113.1"]')).toMatchObject({ ok: true })
    expect(await admin('one.vn.hold', 1, 'LEASES=[IP="203.0.113.1"]')).toEqual({
      ...{ ok: false, code: 8192, value: '[one.vn.hold] Address is not part of the address range or in use.' },
    })
    await admin('one.vn.release', 1, 'LEASES=[IP="203.0.113.1"]')
    const { value: id } = await helen('one.vn.reserve', 1, 'SIZE="1" NAME="first"')
    expect(element((await helen('one.vn.info', Number(id))).value, 'IP')).toBe('203.0.113.1')
  })

  test('of others are out of reach', async () => {
    const { helen, rival } = await start()
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="mine"')
    expect(await rival('one.vn.info', 2)).toMatchObject({ code: 512 })
    expect(await rival('one.vn.delete', 2)).toMatchObject({ code: 512 })
    expect(await rival('one.vn.reserve', 2, 'SIZE="1" NAME="x"')).toMatchObject({ code: 2048 })
  })

  test('plain users make no networks', async () => {
    const { helen, admin, sandbox } = await start()
    const network = 'NAME="lab" BRIDGE="br2" VN_MAD="dummy" AR=[TYPE="IP4",IP="192.168.0.1",SIZE="4"]'
    expect(await helen('one.vn.allocate', network, -1)).toMatchObject({ code: 512 })
    expect(await admin('one.vn.allocate', network, -1)).toMatchObject({ ok: true, value: '2' })
    expect((await admin('one.vn.info', 2)).value).not.toContain('IP_END')
    sandbox.advance(LONG)
    expect((await admin('one.vn.info', 2)).value).toContain('<IP_END><![CDATA[192.168.0.4]]></IP_END>')
  })
})

describe('networks that come and go', () => {
  test('a reservation is not deleted while it is made, nor twice; its address is free when it is gone', async () => {
    const { helen, sandbox } = await start()
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="ip"')
    const state = async () => element((await helen('one.vn.info', 2)).value, 'STATE')
    expect(await state()).toBe('2')
    expect((await helen('one.vn.delete', 2)).value).toContain('wrong state LOCK_CREATE')
    sandbox.advance(LONG)
    expect(await state()).toBe('1')
    expect(await helen('one.vn.delete', 2)).toMatchObject({ ok: true })
    expect(await state()).toBe('3')
    expect((await helen('one.vn.info', 2)).value).toContain('<AR_POOL></AR_POOL>')
    expect(element((await helen('one.vn.info', 2)).value, 'PREV_STATE')).toBe('3')
    expect((await helen('one.vn.delete', 2)).value).toContain('wrong state LOCK_DELETE')
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="next"')
    sandbox.advance(LONG)
    expect(element((await helen('one.vn.info', 3)).value, 'IP')).toBe('203.0.113.2')
    expect(await helen('one.vn.info', 2)).toMatchObject({ code: 1024 })
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="again"')
    sandbox.advance(LONG)
    expect(element((await helen('one.vn.info', 4)).value, 'IP')).toBe('203.0.113.1')
  })

  test('a network of a template is usable by all of the users, its reservations are not', async () => {
    const { helen, rival, admin, sandbox } = await start()
    await admin('one.vntemplate.allocate', 'NAME="vpc" VN_MAD="dummy" BRIDGE="br2"')
    await admin('one.vntemplate.chmod', 1, -1, -1, -1, -1, -1, -1, 1, -1, -1)
    const extra = 'AR=[TYPE="IP4",IP="172.16.0.4",SIZE="4"]'
    expect(await helen('one.vntemplate.instantiate', 1, 'subnet', extra)).toMatchObject({ ok: true, value: '2' })
    expect((await helen('one.template.instantiate', 0, '', true, 'NIC=[NETWORK_ID="2"]', false)).code).toBe(16384)
    sandbox.advance(LONG)
    expect(await rival('one.template.instantiate', 0, '', true, 'NIC=[NETWORK_ID="2"]', false)).toMatchObject({
      ok: true,
    })
    expect(await rival('one.vn.delete', 2)).toMatchObject({ code: 512 })
    expect(await helen('one.vn.delete', 2)).toMatchObject({ code: 2048 })
    // Who manages a network sees who has its addresses
    expect((await helen('one.vn.info', 2)).value).toContain('<VM><![CDATA[0]]></VM>')
    expect((await rival('one.vn.info', 2)).value).toContain('<VM><![CDATA[0]]></VM>')
    await helen('one.vn.hold', 2, 'LEASES=[IP="172.16.0.6"]')
    expect((await helen('one.vn.info', 2)).value).toContain('<VM><![CDATA[-1]]></VM>')
    expect((await rival('one.vn.info', 2)).value).not.toContain('<VM><![CDATA[-1]]></VM>')
  })

  test.each([
    'VLAN_ID="7"',
    'BRIDGE="br7"',
    'IP_LINK_CONF="x=1"',
    'AR=[TYPE="IP4",IP="172.16.0.4",SIZE="4",VLAN_ID="7"]',
  ])('a plain user sets no %s of a network', async attribute => {
    const { helen, admin, sandbox } = await start()
    await admin('one.vntemplate.allocate', 'NAME="vpc" VN_MAD="dummy" BRIDGE="br2"')
    await admin('one.vntemplate.chmod', 0, -1, -1, -1, -1, -1, -1, 1, -1, -1)
    expect(await helen('one.vntemplate.instantiate', 0, 'subnet', attribute)).toMatchObject({ code: 512 })
    expect(await helen('one.vntemplate.instantiate', 0, 'subnet', '')).toMatchObject({ ok: true, value: '2' })
    sandbox.advance(LONG)
    if (!attribute.startsWith('AR')) expect(await helen('one.vn.update', 2, attribute, 1)).toMatchObject({ code: 8192 })
  })

  test('an update takes what it does not name, the groups as well, unless it merges', async () => {
    const { helen, sandbox } = await start({ seed: { allowAll: true } })
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="ip"')
    sandbox.advance(LONG)
    const groups = async () =>
      /<SECURITY_GROUPS>(.*?)<\/SECURITY_GROUPS>/.exec((await helen('one.vn.info', 2)).value)?.[1]
    await helen('one.vn.update', 2, 'EC2_A="1"', 1)
    expect(await groups()).toBe('<![CDATA[0]]>')
    await helen('one.vn.update', 2, 'EC2_A="1"', 0)
    expect(await groups()).toBeUndefined()
  })

  test('a range is taken out of a reservation by those who administer it', async () => {
    const { helen, admin } = await start()
    await helen('one.vn.reserve', 1, 'SIZE="1" NAME="ip"')
    await helen('one.vn.reserve', 1, 'SIZE="2" NETWORK_ID="2"')
    expect(await helen('one.vn.rm_ar', 2, 1)).toMatchObject({ code: 512 })
    expect(await admin('one.vn.rm_ar', 2, 1)).toMatchObject({ ok: true })
    expect(await admin('one.vn.rm_ar', 2, 1)).toMatchObject({ code: 2048 })
    expect(element((await admin('one.vn.info', 1)).value, 'USED_LEASES')).toBe('1')
  })
})
