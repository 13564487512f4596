// AllocateAddress in the account's object: an address that its caller was told of, or none, wherever it breaks off.
import type { AllocateAddressResult, DescribeAddressesResult } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { encodeTags } from '../../src/ec2/core/stored-tags.ts'
import { Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

const input = {
  Domain: 'vpc',
  TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'role', Value: 'gate' }] }],
}

const listed = async (stage: Stage) => {
  const { Addresses = [] } = await stage.read<DescribeAddressesResult>('DescribeAddresses', {})
  return Addresses.map(({ AllocationId }) => AllocationId)
}

const reservations = ({ sandbox }: Stage) =>
  sandbox.world.networks.all().filter(({ name }) => name.startsWith('eipalloc-'))

async function expectNoneLeft(stage: Stage, what = ''): Promise<void> {
  expect(await listed(stage), what).toEqual([])
  expect(reservations(stage), what).toEqual([])
  expect(await stage.unfinished(), what).toEqual([])
}

describe('an address', () => {
  it('that is allocated leaves nothing unfinished', async () => {
    const stage = setStage()
    const { AllocationId } = await stage.succeed<AllocateAddressResult>('AllocateAddress', input)
    expect(await stage.unfinished()).toEqual([])
    await stage.pass(30 * MINUTE)
    expect(await listed(stage)).toEqual([AllocationId])
  })

  it('that was released and is not free yet is had again, be it free before anybody looks', async () => {
    const stage = setStage({}, { elasticAddresses: 1 })
    const { AllocationId, PublicIp } = await stage.succeed<AllocateAddressResult>('AllocateAddress', input)
    await stage.pass(5000)
    await stage.succeed('ReleaseAddress', { AllocationId })
    const again = stage.succeed<AllocateAddressResult>('AllocateAddress', input)
    await stage.meanwhile('one.vnpool.info', () => stage.pass(1000))
    expect((await again).PublicIp).toBe(PublicIp)
  })

  it('has its own tags, and not those of the network that it is reserved out of', async () => {
    const stage = setStage()
    const pool = stage.sandbox.world.networks.all().find(({ id }) => id === 1)
    if (!pool) throw new TypeError('there is no network of addresses')
    pool.template['EC2_TAGS'] = [encodeTags(new Map([['network', 'public']]))]
    await stage.succeed('AllocateAddress', { Domain: 'vpc' })
    const { Addresses = [] } = await stage.read<DescribeAddressesResult>('DescribeAddresses', {})
    expect(Addresses.map(({ Tags }) => Tags)).toEqual([[]])
  })

  it('whose reservation was made though its caller was told that it failed goes', async () => {
    const stage = setStage()
    stage.sandbox.faults.add(
      { method: 'one.vn.reserve', kind: 'drop', when: 'after', times: 1 },
      { method: 'one.vnpool.info', kind: 'drop', when: 'before', times: 3 },
    )
    expect((await stage.perform('AllocateAddress', input)).error?.status).toBe(503)
    expect(reservations(stage)).toHaveLength(1)
    const { AllocationId } = await stage.succeed<AllocateAddressResult>('AllocateAddress', input)
    await stage.pass(5000)
    expect(await listed(stage)).toEqual([AllocationId])
    expect(reservations(stage)).toHaveLength(1)
    await stage.pass(MINUTE)
    expect(await stage.unfinished()).toEqual([])
  })

  it('whose reservation is made after that goes as well', async () => {
    const stage = setStage()
    stage.delay('one.vn.reserve')
    expect((await stage.perform('AllocateAddress', input)).error?.status).toBe(503)
    await stage.pass(MINUTE)
    await stage.workOff()
    expect(reservations(stage)).toHaveLength(1)
    await stage.pass(11 * MINUTE)
    await expectNoneLeft(stage)
  })

  it('that cannot be written on goes, though it cannot be deleted at once', async () => {
    const stage = setStage()
    stage.sandbox.faults.add(
      { method: 'system.multicall', kind: 'drop', when: 'before', times: 3 },
      { method: 'one.vn.delete', kind: 'drop', when: 'before', times: 3 },
    )
    expect((await stage.perform('AllocateAddress', input)).error?.status).toBe(503)
    await stage.pass(5 * MINUTE)
    await expectNoneLeft(stage)
  })

  it('that there is none of leaves nothing', async () => {
    const stage = setStage()
    stage.sandbox.faults.add({ method: 'one.vn.reserve', kind: 'error', code: 512, message: 'limit', times: 1 })
    expect((await stage.perform('AllocateAddress', input)).error?.status).toBeLessThan(500)
    await expectNoneLeft(stage)
  })

  it('is there or not at all, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await stage.perform('AllocateAddress', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      // Killed at its last step it has taken effect, though nobody was told
      await stage.pass(12 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      if (reservations(stage).length > 0)
        expect(await stage.read('DescribeAddresses', {})).toMatchObject({ Addresses: [{ Tags: [{ Key: 'role' }] }] })
      if (wasKilled) continue
      expect(await listed(stage)).toHaveLength(1)
      expect(step).toBeGreaterThan(6)
      return
    }
  })

  it('that somebody has found and uses is not lost', async () => {
    const stage = setStage()
    stage.sandbox.faults.add(
      { method: 'one.vn.reserve', kind: 'drop', when: 'after', times: 1 },
      { method: 'one.vnpool.info', kind: 'drop', when: 'before', times: 3 },
    )
    expect((await stage.perform('AllocateAddress', input)).error?.status).toBe(503)
    const [reservation] = reservations(stage)
    if (reservation) reservation.template['EC2_GOAL'] = ['attach 0 0']
    await stage.pass(12 * MINUTE)
    expect(reservations(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })
})
