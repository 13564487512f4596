// A sandbox that is saved and restored goes on where it was.
import { expect, test } from 'vitest'
import { DEFAULT_DELAYS } from '../../../src/sandbox/world/world.ts'
import { client, serverToken } from '../rpc.ts'
import { cloud, imageState, LONG, type Started, start, vmState } from '../start.ts'

/** What a restart does: the state is written as JSON and read by another sandbox. */
async function restarted(old: Started, manualClock = true): Promise<Started> {
  const json = JSON.stringify(old.sandbox.snapshot())
  const delays = Object.fromEntries(Object.keys(DEFAULT_DELAYS).map(name => [name, 5]))
  const next = await start(manualClock ? {} : { manualClock, delays })
  next.sandbox.restore(JSON.parse(json))
  return next
}

test('a VM half way through its boot goes on', async () => {
  const first = await start(cloud())
  await first.helen('one.template.instantiate', 0, 'web', false, 'DISK=[IMAGE_ID="0"]', false)
  first.sandbox.advance(DEFAULT_DELAYS.pending + DEFAULT_DELAYS.dispatch + 1)
  expect(await vmState(first.helen, 0)).toEqual([3, 1])
  const second = await restarted(first)
  expect(await vmState(second.helen, 0)).toEqual([3, 1])
  second.sandbox.advance(DEFAULT_DELAYS.prolog)
  expect(await vmState(second.helen, 0)).toEqual([3, 2])
  second.sandbox.advance(LONG)
  expect(await vmState(second.helen, 0)).toEqual([3, 3])
})

test('a hotplug, a clone and a group that is being left go on', async () => {
  const first = await start(cloud(1))
  await first.helen('one.secgroup.allocate', 'NAME="web" RULE=[PROTOCOL="ALL",RULE_TYPE="inbound"]')
  await first.helen('one.vm.attachsg', 0, 0, 100)
  await first.helen('one.vm.detachsg', 0, 0, 100)
  await first.helen('one.vm.disksaveas', 0, 0, 'saved', '', -1)
  await first.helen('one.image.clone', 0, 'copy', -1)
  const second = await restarted(first)
  second.sandbox.advance(LONG)
  expect(await vmState(second.helen, 0)).toEqual([3, 3])
  expect([await imageState(second.helen, 1), await imageState(second.helen, 2)]).toEqual([1, 1])
  expect(await second.helen('one.secgroup.delete', 100)).toMatchObject({ ok: true })
})

test('with timers, too', async () => {
  const first = await start(cloud())
  await first.helen('one.template.instantiate', 0, '', false, '', false)
  const second = await restarted(first, false)
  await expect.poll(async () => await vmState(second.helen, 0)).toEqual([3, 3])
})

test('everything reads the same, and numbers go on', async () => {
  const first = await start(cloud(2))
  await first.helen('one.image.allocate', 'NAME="gone" TYPE="DATABLOCK" SIZE="1"', 1, true)
  await first.helen('one.image.delete', 1)
  first.sandbox.advance(LONG)
  const second = await restarted(first)
  for (const method of ['one.vmpool.infoextended', 'one.imagepool.info', 'one.vnpool.info', 'one.secgrouppool.info']) {
    expect(await second.helen(method, -2, -1, -1, -1)).toEqual(await first.helen(method, -2, -1, -1, -1))
  }
  expect(await second.helen('one.image.allocate', 'NAME="new" TYPE="DATABLOCK" SIZE="1"', 1, true)).toMatchObject({
    value: '2',
  })
  expect(await second.helen('one.template.instantiate', 0, '', false, '', false)).toMatchObject({ value: '2' })
})

test('a remembered session is still remembered', async () => {
  const token = serverToken('serveradmin', 'helen', Math.floor(Date.now() / 1000) + 3600)
  const first = await start()
  await client(first.url, token)('one.user.info', -1)
  const second = await restarted(first)
  await client(second.url, token)('one.user.info', -1)
  expect(second.sandbox.world.statistics.authentications).toBe(0)
})

test('what is no snapshot is refused', async () => {
  const { sandbox } = await start()
  for (const value of [undefined, null, 1, {}, { pools: {} }])
    expect(() => sandbox.restore(value)).toThrow('Not a snapshot')
})

test('a reset brings the seed back', async () => {
  const { sandbox, helen } = await start(cloud(1))
  await helen('one.template.instantiate', 0, '', false, '', false)
  sandbox.faults.add({ method: '*', kind: 'malformed' })
  sandbox.reset()
  expect(sandbox.world.vms.all().map(({ id }) => id)).toEqual([0])
  expect(await helen('one.system.version')).toMatchObject({ ok: true, value: '7.0.1' })
})
