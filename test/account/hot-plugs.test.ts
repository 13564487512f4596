// Hot-plugs that OpenNebula refuses for good, and not since it is busy: refused at once, and given up where they waited.
import type {
  AllocateAddressResult,
  DescribeAddressesResult,
  DescribeNetworkInterfacesResult,
  DescribeVolumesResult,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import type { AccountEvent } from '../../src/account/events/event.ts'
import { toldEvent } from '../../src/edge/cloudtrail/record.ts'
import { IMAGE, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
/** A volume, or a network, in a cluster that the host of the instance is not in. */
const ELSEWHERE = [
  { method: 'one.vm.attach', kind: 'error', code: 2048, message: 'Image [5] is not part of cluster [100]' },
  { method: 'one.vm.attachnic', kind: 'error', code: 2048, message: 'Virtual network is not part of cluster [100]' },
] as const

/** Refusals that the account was told of after it had been told that it was done. */
const toldLater = async (stage: Stage) => {
  const events = await stage.events()
  const isService = (event: AccountEvent) =>
    JSON.stringify(toldEvent(event, stage.account.id)).includes('AwsServiceEvent')
  return events
    .filter(isService)
    .map(({ action, resources, details }) => [action, details.error?.code, ...resources.map(({ name }) => name)])
}

/** An instance, two volumes and an interface that are attached to nothing. */
async function setUp(stage: Stage) {
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', {
    ...{ ImageId: IMAGE, MinCount: 1, MaxCount: 1 },
  })
  const volume = () => stage.succeed<{ VolumeId: string }>('CreateVolume', { Size: 1, AvailabilityZone: 'opennebulaa' })
  const [one, two] = [await volume(), await volume()]
  const { NetworkInterface } = await stage.succeed<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    'CreateNetworkInterface',
    { SubnetId: 'subnet-00000000' },
  )
  await stage.pass(MINUTE)
  const InstanceId = Instances[0]?.InstanceId ?? ''
  const attach = (volumeId: string, Device: string) =>
    stage.perform('AttachVolume', { VolumeId: volumeId, InstanceId, Device })
  return { InstanceId, one: one.VolumeId, two: two.VolumeId, id: NetworkInterface.NetworkInterfaceId, attach }
}

const states = async (stage: Stage) => {
  const { Volumes = [] } = await stage.read<DescribeVolumesResult>('DescribeVolumes', {})
  return Volumes.map(({ State }) => `${State}`).toSorted()
}

const interfaceState = async (stage: Stage, id: string) => {
  const input = { NetworkInterfaceIds: [id] }
  const { NetworkInterfaces = [] } = await stage.read<DescribeNetworkInterfacesResult>(
    'DescribeNetworkInterfaces',
    input,
  )
  return [NetworkInterfaces[0]?.Status, NetworkInterfaces[0]?.Attachment]
}

describe('a hot-plug that can never be', () => {
  it('of a volume is refused, and the volume is as it was', async () => {
    const stage = setStage()
    const { one, attach } = await setUp(stage)
    stage.sandbox.faults.add(...ELSEWHERE)
    expect((await attach(one, '/dev/sdf')).error).toMatchObject({ code: 'InvalidVolume.ZoneMismatch' })
    expect(await states(stage)).toEqual(['available', 'available', 'in-use'])
    expect(await stage.unfinished()).toEqual([])
    stage.sandbox.faults.clear()
    expect((await attach(one, '/dev/sdf')).error).toBeUndefined()
  })

  it('of a volume that waits for its turn ends with that', async () => {
    const stage = setStage()
    const { one, two, attach } = await setUp(stage)
    expect((await attach(one, '/dev/sdf')).error).toBeUndefined()
    expect((await attach(two, '/dev/sdg')).error).toBeUndefined()
    stage.sandbox.faults.add(...ELSEWHERE)
    await stage.pass(MINUTE)
    expect(await states(stage)).toEqual(['available', 'in-use', 'in-use'])
    expect(await stage.unfinished()).toEqual([])
    expect(await toldLater(stage)).toEqual([['AttachVolume', 'InvalidVolume.ZoneMismatch', two]])
  })

  it('of an interface is refused, and the interface is as it was', async () => {
    const stage = setStage()
    const { id, InstanceId } = await setUp(stage)
    stage.sandbox.faults.add(...ELSEWHERE)
    const input = { NetworkInterfaceId: id, InstanceId, DeviceIndex: 1 }
    const { error } = await stage.perform('AttachNetworkInterface', input)
    expect(error).toMatchObject({ code: 'InvalidParameterCombination' })
    expect(await interfaceState(stage, id)).toEqual(['available', undefined])
    expect(await stage.unfinished()).toEqual([])
  })

  it('of an interface that waits for its turn ends with that', async () => {
    const stage = setStage()
    const { one, id, InstanceId, attach } = await setUp(stage)
    expect((await attach(one, '/dev/sdf')).error).toBeUndefined()
    await stage.succeed('AttachNetworkInterface', { NetworkInterfaceId: id, InstanceId, DeviceIndex: 1 })
    stage.sandbox.faults.add(...ELSEWHERE)
    await stage.pass(MINUTE)
    expect(await interfaceState(stage, id)).toEqual(['available', undefined])
    expect(await stage.unfinished()).toEqual([])
    expect(await toldLater(stage)).toEqual([['AttachNetworkInterface', 'InvalidParameterCombination', id]])
  })

  /** An instance, and how many addresses its interface has. */
  const setUpAddresses = async () => {
    const stage = setStage()
    const { one, InstanceId, attach } = await setUp(stage)
    const Filters = [{ Name: 'attachment.instance-id', Values: [InstanceId] }]
    const look = async () => {
      const result = await stage.read<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', { Filters })
      return result.NetworkInterfaces?.[0]
    }
    const NetworkInterfaceId = `${(await look())?.NetworkInterfaceId}`
    return {
      ...{ stage, one, attach, NetworkInterfaceId },
      count: async () => (await look())?.PrivateIpAddresses?.length,
      assign: () =>
        stage.perform('AssignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.70'] }),
    }
  }

  it('of a secondary address is refused, and the interface has none', async () => {
    const { stage, assign, count } = await setUpAddresses()
    stage.sandbox.faults.add(...ELSEWHERE)
    expect((await assign()).error).toMatchObject({ code: 'InvalidParameterCombination' })
    expect(await count()).toBe(1)
    expect(await stage.unfinished()).toEqual([])
    expect(await toldLater(stage)).toEqual([])
  })

  it('of a secondary address that waits for its turn ends with that', async () => {
    const { stage, one, attach, assign, count, NetworkInterfaceId } = await setUpAddresses()
    expect((await attach(one, '/dev/sdf')).error).toBeUndefined()
    expect((await assign()).error).toBeUndefined()
    expect(await count()).toBe(2)
    stage.sandbox.faults.add(...ELSEWHERE)
    await stage.pass(MINUTE)
    expect(await count()).toBe(1)
    expect(await stage.unfinished()).toEqual([])
    expect(await toldLater(stage)).toEqual([
      ['AssignPrivateIpAddresses', 'InvalidParameterCombination', NetworkInterfaceId],
    ])
  })

  /** An address that is to go to an instance, or to an interface in it, while that is busy. */
  const waiting = async (target: 'instance' | 'interface') => {
    const stage = setStage()
    const { one, id, InstanceId, attach } = await setUp(stage)
    if (target === 'interface') {
      await stage.succeed('AttachNetworkInterface', { NetworkInterfaceId: id, InstanceId, DeviceIndex: 1 })
      await stage.pass(MINUTE)
    }
    const { AllocationId } = await stage.succeed<AllocateAddressResult>('AllocateAddress', {})
    const address = async () => {
      const { Addresses = [] } = await stage.read<DescribeAddressesResult>('DescribeAddresses', {})
      return Addresses[0]
    }
    expect((await attach(one, '/dev/sdf')).error).toBeUndefined()
    const at = target === 'interface' ? { NetworkInterfaceId: id } : { InstanceId }
    await stage.succeed('AssociateAddress', { AllocationId, ...at })
    expect((await address())?.AssociationId).toBeDefined()
    return { stage, AllocationId, at, address }
  }

  it.each(['instance', 'interface'] as const)(
    'of an elastic address that waits for the turn of an %s ends with that, and it is free again',
    async target => {
      const { stage, AllocationId, at, address } = await waiting(target)
      stage.sandbox.faults.add(...ELSEWHERE)
      await stage.pass(MINUTE)
      expect((await address())?.AssociationId).toBeUndefined()
      expect(await stage.unfinished()).toEqual([])
      expect(await toldLater(stage)).toEqual([['AssociateAddress', 'InvalidParameterCombination', AllocationId]])
      stage.sandbox.faults.clear()
      await stage.succeed('AssociateAddress', { AllocationId, ...at })
      await stage.pass(MINUTE)
      expect((await address())?.AssociationId).toBeDefined()
    },
  )
})
