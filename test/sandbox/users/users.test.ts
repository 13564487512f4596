// Groups and quotas of users beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { client, element, serverToken } from '../rpc.ts'
import { cloud, LONG, start } from '../start.ts'

describe('one.group.info', () => {
  test('is as the front-end writes it', async () => {
    const { admin } = await start()
    const { value } = await admin('one.group.info', 0, false)
    expect(value).toMatch(
      /^<GROUP><ID>0<\/ID><NAME>oneadmin<\/NAME><TEMPLATE><\/TEMPLATE><USERS><ID>0<\/ID><ID>1<\/ID><\/USERS><ADMINS><\/ADMINS>/,
    )
    expect(value).toMatch(/<DEFAULT_GROUP_QUOTAS>.*<\/DEFAULT_GROUP_QUOTAS><\/GROUP>$/)
  })

  test('is for members and for the server', async () => {
    const { url, helen } = await start()
    const server = client(url, serverToken('serveradmin', 'serveradmin', Math.floor(Date.now() / 1000) + 3600))
    expect(await helen('one.group.info', 0, false)).toEqual({
      ok: false,
      code: 512,
      value: '[one.group.info] User [2] : Not authorized to perform USE GROUP [0].',
    })
    expect(element((await helen('one.group.info', -1, false)).value, 'NAME')).toBe('users')
    expect(element((await server('one.group.info', 1, false)).value, 'USERS')).toBe('<ID>2</ID><ID>3</ID>')
    expect(await server('one.group.info', 99, false)).toMatchObject({ code: 1024 })
  })
})

describe('quotas', () => {
  test.each([
    ['VM=[VMS="1"]', 'limit of 1 reached for VMS quota in VM.'],
    ['VM=[CPU="1.5"]', 'limit of 1.5 reached for CPU quota in VM.'],
    ['IMAGE=[ID="0",RVMS="1"]', 'limit of 1 reached for RVMS quota in IMAGE with ID: 0.'],
  ])('%s stops the second instance, until the first is gone', async (quota, reason) => {
    const { admin, helen, sandbox } = await start(cloud(1))
    expect(await admin('one.user.quota', 2, quota)).toMatchObject({ ok: true })
    const run = async () => await helen('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(await run()).toEqual({
      ok: false,
      code: 512,
      value: `[one.template.instantiate] User [2] : user [2] ${reason}`,
    })
    await helen('one.vm.action', 'terminate-hard', 0)
    sandbox.advance(LONG)
    expect(await run()).toMatchObject({ ok: true, value: '1' })
  })

  test.each([
    ['DATASTORE=[ID="1",IMAGES="1"]', 'IMAGES quota in DATASTORE with ID: 1.'],
    ['DATASTORE=[ID="1",SIZE="15"]', 'SIZE quota in DATASTORE with ID: 1.'],
  ])('%s stops the second image', async (quota, reason) => {
    const { admin, helen, sandbox } = await start()
    await admin('one.user.quota', 2, quota)
    const make = async (name: string) =>
      await helen('one.image.allocate', `NAME="${name}" TYPE="DATABLOCK" SIZE="10"`, 1, true)
    expect(await make('one')).toMatchObject({ ok: true })
    expect((await make('two')).value).toContain(reason)
    sandbox.advance(LONG)
    expect((await helen('one.image.clone', 0, 'copy', -1)).value).toContain(reason)
  })

  test.each(['RUNNING_VMS', 'RUNNING_CPU', 'RUNNING_MEMORY'])(
    'of %s stop a VM at rest from running again',
    async metric => {
      const { admin, helen, sandbox } = await start(cloud(1))
      await helen('one.vm.action', 'poweroff-hard', 0)
      sandbox.advance(LONG)
      await admin('one.user.quota', 2, `VM=[${metric}="0"]`)
      expect(await helen('one.vm.resize', 0, 'CPU="2" MEMORY="512"', false)).toMatchObject({ ok: true })
      expect(await helen('one.vm.action', 'resume', 0)).toEqual({
        ...{ ok: false, code: 2048 },
        value: `[one.vm.action] user [2] limit of 0 reached for ${metric} quota in VM`,
      })
      await admin('one.user.quota', 2, `VM=[${metric}="-2"]`)
      expect(await helen('one.vm.action', 'resume', 0)).toMatchObject({ ok: true })
    },
  )

  test('of addresses count reservations and interfaces', async () => {
    const { admin, helen } = await start(cloud(1))
    await admin('one.user.quota', 2, 'NETWORK=[ID="0",LEASES="2"] NETWORK=[ID="1",LEASES="1"]')
    expect(await helen('one.vn.reserve', 1, 'NAME="a" SIZE="2"')).toMatchObject({ code: 512 })
    expect(await helen('one.vn.reserve', 1, 'NAME="a" SIZE="1"')).toMatchObject({ ok: true })
    expect(await helen('one.vn.reserve', 1, 'NAME="b" SIZE="1"')).toMatchObject({ code: 512 })
    expect(await helen('one.vn.reserve', 0, 'NAME="b" SIZE="1"')).toMatchObject({ ok: true })
    expect(await helen('one.vm.attachnic', 0, 'NIC=[NETWORK_ID="0"]')).toMatchObject({ code: 512 })
  })

  test('of a group count what all of its users have', async () => {
    const { admin, helen, rival } = await start()
    expect(await helen('one.group.quota', 1, 'VM=[VMS="9"]')).toMatchObject({ code: 512 })
    expect(await admin('one.group.quota', 99, 'VM=[VMS="9"]')).toMatchObject({ code: 1024 })
    expect(await admin('one.group.quota', 1, 'DATASTORE=[ID="1",IMAGES="2"]')).toMatchObject({ ok: true, value: '1' })
    const make = async (who: typeof helen, name: string) =>
      await who('one.image.allocate', `NAME="${name}" TYPE="DATABLOCK" SIZE="10"`, 1, true)
    expect(await make(helen, 'one')).toMatchObject({ ok: true })
    expect(await make(rival, 'one')).toMatchObject({ ok: true })
    const refused = 'group [1] limit of 2 reached for IMAGES quota in DATASTORE with ID: 1.'
    expect((await make(helen, 'two')).value).toContain(refused)
    const { value } = await helen('one.group.info', -1, false)
    expect(value).toContain('<IMAGES><![CDATA[2]]></IMAGES><IMAGES_USED><![CDATA[2]]></IMAGES_USED>')
  })

  test('are for oneadmin to set, and only as numbers', async () => {
    const { admin, helen } = await start()
    expect(await helen('one.user.quota', 2, 'VM=[VMS="9"]')).toMatchObject({ code: 512 })
    expect(await admin('one.user.quota', 2, 'VM=[VMS="-3"]')).toMatchObject({ code: 8192 })
    expect(await admin('one.user.quota', 2, 'VM=[VMS="many"]')).toMatchObject({ code: 8192 })
  })
})
