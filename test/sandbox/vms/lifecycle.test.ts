// The VM state machine beyond what was recorded.
import { describe, expect, test } from 'vitest'
import { DEFAULT_DELAYS } from '../../../src/sandbox/world/world.ts'
import { element } from '../rpc.ts'
import { type Client, cloud, LONG, type Started, start, vmState } from '../start.ts'

/** The states that a VM passes through, from now on. */
async function course({ sandbox, helen }: Started, id = 0): Promise<string[]> {
  const states: string[] = []
  for (let ms = 0; ms < 5000; ms += 50) {
    const state = (await vmState(helen, id)).join('/')
    if (states.at(-1) !== state) states.push(state)
    sandbox.advance(50)
  }
  return states
}

const act = async (user: Client, action: string, id = 0) => await user('one.vm.action', action, id)

describe('courses', () => {
  test('a new VM', async () => {
    const world = await start(cloud())
    await world.helen('one.template.instantiate', 0, '', false, 'DISK=[IMAGE_ID="0"]', false)
    expect(await course(world)).toEqual(['1/0', '3/0', '3/1', '3/2', '3/3'])
  })

  test.each([
    ['poweroff', ['3/18', '8/0'], ['3/20', '3/3']],
    ['suspend', ['3/6', '5/0'], ['3/21', '3/3']],
    ['stop', ['3/5', '3/10', '4/0'], ['1/0', '3/0', '3/9', '3/22', '3/3']],
    ['undeploy', ['3/29', '3/30', '9/0'], ['1/0', '3/0', '3/31', '3/32', '3/3']],
  ])('%s and resume', async (action, down, up) => {
    const world = await start(cloud(1))
    expect(await act(world.helen, action)).toMatchObject({ ok: true })
    expect(await course(world)).toEqual(down)
    expect(await act(world.helen, 'resume')).toMatchObject({ ok: true })
    expect(await course(world)).toEqual(up)
  })

  test('terminate, running and powered off', async () => {
    const world = await start(cloud(2))
    await act(world.helen, 'terminate', 0)
    expect(await course(world, 0)).toEqual(['3/12', '3/11', '6/0'])
    await act(world.helen, 'poweroff-hard', 1)
    world.sandbox.advance(LONG)
    await act(world.helen, 'terminate-hard', 1)
    expect(await course(world, 1)).toEqual(['3/11', '6/0'])
  })

  test('hold and release', async () => {
    const world = await start(cloud())
    await world.helen('one.template.instantiate', 0, '', true, '', false)
    expect(await course(world)).toEqual(['2/0'])
    await act(world.helen, 'release')
    expect((await course(world)).at(-1)).toBe('3/3')
  })

  test('delays are what the options say', async () => {
    const { sandbox, helen } = await start({ ...cloud(1), delays: { shutdown: 70 } })
    await act(helen, 'poweroff')
    sandbox.advance(69)
    expect(await vmState(helen, 0)).toEqual([3, 18])
    sandbox.advance(1)
    expect(await vmState(helen, 0)).toEqual([8, 0])
  })

  test('with timers, time passes by itself', async () => {
    const delays = Object.fromEntries(Object.keys(DEFAULT_DELAYS).map(name => [name, 5]))
    const { helen } = await start({ ...cloud(), manualClock: false, delays })
    await helen('one.template.instantiate', 0, '', false, '', false)
    await expect.poll(async () => await vmState(helen, 0)).toEqual([3, 3])
  })
})

describe('refusals', () => {
  test.each(['poweroff', 'reboot', 'resume', 'suspend', 'undeploy', 'hold', 'release', 'stop'])(
    '%s while it boots',
    async action => {
      const { sandbox, helen } = await start(cloud())
      await helen('one.template.instantiate', 0, '', false, '', false)
      sandbox.advance(DEFAULT_DELAYS.pending + DEFAULT_DELAYS.dispatch + DEFAULT_DELAYS.prolog)
      expect(await act(helen, action)).toEqual({
        ok: false,
        code: 2048,
        value: `[one.vm.action] Error performing action "${action}": This action is not available for state BOOT`,
      })
    },
  )

  test.each(['terminate', 'terminate-hard'])('%s while it boots', async action => {
    const { sandbox, helen } = await start(cloud())
    await helen('one.template.instantiate', 0, '', false, '', false)
    sandbox.advance(DEFAULT_DELAYS.pending + DEFAULT_DELAYS.dispatch)
    expect((await act(helen, action)).value).toBe(
      `[one.vm.action] Error performing action "${action}": Could not terminate VM 0, wrong state PROLOG.`,
    )
  })

  test('a second hotplug while the first is under way', async () => {
    const { sandbox, helen } = await start(cloud(1))
    await helen('one.vm.attachnic', 0, 'NIC=[NETWORK_ID="0"]')
    expect((await helen('one.vm.attachnic', 0, 'NIC=[NETWORK_ID="0"]')).value).toBe(
      '[one.vm.attachnic] Could not add a new NIC to VM 0, wrong state HOTPLUG_NIC.',
    )
    expect(await helen('one.vm.attach', 0, 'DISK=[IMAGE_ID="0"]')).toMatchObject({ code: 2048 })
    sandbox.advance(LONG)
    expect(await helen('one.vm.attach', 0, 'DISK=[IMAGE_ID="0"]')).toMatchObject({ ok: true })
  })

  test('a resize to more than any host has', async () => {
    const { helen } = await start(cloud(1))
    expect(await helen('one.vm.resize', 0, 'CPU="99"', true)).toEqual({
      ok: false,
      code: 2048,
      value: '[one.vm.resize] Not enough CPU: 9900/6400',
    })
    expect(await helen('one.vm.resize', 0, 'MEMORY="999999999"', true)).toMatchObject({ code: 2048 })
    expect(await helen('one.vm.resize', 0, 'CPU="2"', true)).toMatchObject({ ok: true })
  })

  test('an unknown action', async () => {
    const { helen } = await start(cloud(1))
    expect((await act(helen, 'explode')).value).toBe('[one.vm.action] Action "explode" is not supported')
  })

  test('a graceful end that hangs can be forced', async () => {
    const { helen } = await start(cloud(1))
    await act(helen, 'terminate')
    expect(await act(helen, 'terminate')).toMatchObject({ ok: false })
    expect(await act(helen, 'terminate-hard')).toMatchObject({ ok: true })
  })

  test('what plain users may not set', async () => {
    const { helen, admin, sandbox } = await start(cloud(1))
    const nic = 'NIC=[NETWORK_ID="0",MAC="02:00:00:00:00:01"]'
    expect((await helen('one.template.instantiate', 0, '', false, nic, false)).value).toContain(
      'User [2] : VM Template includes a restricted attribute NIC/MAC.',
    )
    expect(await helen('one.vm.attachnic', 0, nic)).toMatchObject({ code: 512 })
    expect(await admin('one.template.instantiate', 0, '', false, nic, false)).toMatchObject({ ok: true })
    expect(sandbox.world.vms.all()).toHaveLength(2)
  })
})

describe('while it is powered off', () => {
  test('disks and NICs are attached, grown and detached', async () => {
    const world = await start(cloud(1))
    const { helen, sandbox } = world
    await act(helen, 'poweroff')
    sandbox.advance(LONG)
    const steps: [string, ...(string | number)[]][] = [
      ['one.vm.attach', 'DISK=[IMAGE_ID="0"]'],
      ['one.vm.diskresize', 2, '100'],
      ['one.vm.detach', 2],
      ['one.vm.attachnic', 'NIC=[NETWORK_ID="1"]'],
      ['one.vm.detachnic', 1],
    ]
    const lcm: number[] = []
    for (const [method, ...params] of steps) {
      expect(await helen(method, 0, ...params)).toMatchObject({ ok: true })
      lcm.push((await vmState(helen, 0))[1])
      sandbox.advance(LONG)
      expect(await vmState(helen, 0)).toEqual([8, 0])
    }
    expect(lcm).toEqual([33, 63, 34, 65, 65])
  })

  test('a disk is saved as an image', async () => {
    const { helen, sandbox } = await start(cloud(1))
    await act(helen, 'poweroff')
    sandbox.advance(LONG)
    expect(await helen('one.vm.disksaveas', 0, 0, 'saved', '', -1)).toMatchObject({ ok: true, value: '1' })
    expect(await vmState(helen, 0)).toEqual([3, 27])
    sandbox.advance(LONG)
    expect(element((await helen('one.image.info', 1)).value, 'STATE')).toBe('1')
  })
})

test('a state can be forced, as a failing host would', async () => {
  const { helen, sandbox } = await start(cloud(1))
  sandbox.setVmState(0, 3, 36)
  expect((await act(helen, 'poweroff')).value).toContain('BOOT_FAILURE')
  expect(await act(helen, 'terminate')).toMatchObject({ ok: true })
  expect(await vmState(helen, 0)).toEqual([6, 0])
})
