// Network interfaces in the account's object: each is made or not made, attached or not attached, wherever it breaks off.
import type {
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceResult,
  DescribeInstancesResult,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
const SUBNET = 'subnet-00000000'

const wish = {
  ...{ SubnetId: SUBNET, PrivateIpAddress: '10.0.0.40', Description: 'front' },
  TagSpecifications: [{ ResourceType: 'network-interface', Tags: [{ Key: 'role', Value: 'front' }] }],
}

const created = async (stage: Stage, more: object = wish): Promise<NetworkInterface> => {
  const input = { SubnetId: SUBNET, ...more }
  const { NetworkInterface: made } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', input)
  // Until then OpenNebula makes it
  await stage.pass(1000)
  return made ?? {}
}

const listed = async (stage: Stage, input: object = {}) => {
  const { NetworkInterfaces = [] } = await stage.read<DescribeNetworkInterfacesResult>(
    'DescribeNetworkInterfaces',
    input,
  )
  return NetworkInterfaces
}

const shown = async (stage: Stage, id = ''): Promise<NetworkInterface> =>
  (await listed(stage, { NetworkInterfaceIds: [id] }))[0] ?? {}

const launched = async (stage: Stage, more: object = {}): Promise<string> => {
  const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, ...more }
  const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
  await stage.pass(5000)
  return Instances[0]?.InstanceId ?? ''
}

const attach = (stage: Stage, NetworkInterfaceId = '', InstanceId = '', DeviceIndex = 1) =>
  stage.succeed<AttachNetworkInterfaceResult>('AttachNetworkInterface', { NetworkInterfaceId, InstanceId, DeviceIndex })

const codeOf = async (stage: Stage, action: string, input: object, account = stage.account) =>
  (await stage.perform(action, input, account)).error?.code

const reservations = ({ sandbox }: Stage) => sandbox.world.networks.all().filter(({ name }) => name.startsWith('eni-'))

describe('a new interface', () => {
  it('is a reservation of the wished address, and says so', async () => {
    const stage = setStage()
    const made = await created(stage)
    expect(made).toMatchObject({
      NetworkInterfaceId: expect.stringMatching(/^eni-[1-9a-f][0-9a-f]{16}$/) as string,
      ...{ Status: 'available', Description: 'front', PrivateIpAddress: '10.0.0.40', MacAddress: '02:00:0a:00:00:28' },
      ...{ SubnetId: SUBNET, SourceDestCheck: true, TagSet: [{ Key: 'role', Value: 'front' }] },
      ...{ Groups: [{ GroupId: 'sg-00000000', GroupName: 'default' }] },
      PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.40', Primary: true }],
    })
    expect(made.Attachment).toBeUndefined()
    expect(await listed(stage)).toEqual([made])
    expect(await stage.unfinished()).toEqual([])
    expect(reservations(stage)).toMatchObject([{ name: made.NetworkInterfaceId, parent: 0 }])
  })

  it('has any address of the subnet where none is wished', async () => {
    const stage = setStage()
    expect((await created(stage, {})).PrivateIpAddress).toMatch(/^10\.0\.0\.\d+$/)
  })

  it.each([
    [{ PrivateIpAddress: '10.0.0.40' }, 'InvalidIPAddress.InUse'],
    [{ PrivateIpAddress: '10.9.0.1' }, 'InvalidParameterValue'],
    [{ PrivateIpAddress: 'ten' }, 'InvalidParameterValue'],
    [{ SubnetId: 'subnet-00000009' }, 'InvalidSubnetID.NotFound'],
    [{ SubnetId: 'subnet-00000001' }, 'InvalidSubnetID.NotFound'],
    [{ SubnetId: undefined }, 'MissingParameter'],
    [{ Groups: ['sg-00000009'] }, 'InvalidGroup.NotFound'],
    [{ SecondaryPrivateIpAddressCount: 9 }, 'PrivateIpAddressLimitExceeded'],
    [{ SecondaryPrivateIpAddressCount: 1 }, 'UnsupportedOperation'],
    [
      { PrivateIpAddress: '10.0.0.41', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.42', Primary: true }] },
      'InvalidParameterCombination',
    ],
  ])('is refused with %j: %s', async (more, code) => {
    const stage = setStage()
    await created(stage)
    expect(await codeOf(stage, 'CreateNetworkInterface', { SubnetId: SUBNET, ...more })).toBe(code)
    expect(reservations(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })

  it('is the same one when its request comes again', async () => {
    const stage = setStage()
    const made = await created(stage, { ...wish, ClientToken: 'once' })
    expect(await created(stage, { ...wish, ClientToken: 'once' })).toEqual(made)
    expect(reservations(stage)).toHaveLength(1)
  })

  it('is there or not at all, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await stage.perform('CreateNetworkInterface', wish).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(12 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const all = await listed(stage)
      expect(reservations(stage), `step ${step}`).toHaveLength(all.length)
      for (const each of all) expect(each).toMatchObject({ Description: 'front', TagSet: [{ Key: 'role' }] })
      if (wasKilled) continue
      expect(all).toHaveLength(1)
      expect(step).toBeGreaterThan(6)
      return
    }
  })

  it('is made once, wherever its request is killed before it comes again', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const input = { ...wish, ClientToken: 'again' }
      stage.killAt(step)
      await stage.perform('CreateNetworkInterface', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(1000)
      const made = await created(stage, input)
      await stage.pass(30 * MINUTE)
      expect(await listed(stage), `step ${step}`).toMatchObject([{ NetworkInterfaceId: made.NetworkInterfaceId }])
      expect(reservations(stage), `step ${step}`).toHaveLength(1)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      if (!wasKilled) return
    }
  })

  it('is gone when it was deleted, however soon', async () => {
    const stage = setStage()
    const { NetworkInterface: made } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', wish)
    await stage.succeed('DeleteNetworkInterface', { NetworkInterfaceId: made?.NetworkInterfaceId })
    expect(await listed(stage)).toEqual([])
    await stage.pass(MINUTE)
    expect(reservations(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it("is nobody else's", async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '' } = await created(stage)
    const InstanceId = await launched(stage)
    const { AttachmentId } = await attach(stage, NetworkInterfaceId, InstanceId)
    await stage.pass(5000)
    const rival = { id: '900000000099', user: { id: 3, name: 'rival' } }
    const missing = 'InvalidNetworkInterfaceID.NotFound'
    expect(await codeOf(stage, 'DeleteNetworkInterface', { NetworkInterfaceId }, rival)).toBe(missing)
    expect(
      await codeOf(stage, 'AttachNetworkInterface', { NetworkInterfaceId, InstanceId, DeviceIndex: 1 }, rival),
    ).toBe(missing)
    expect(await codeOf(stage, 'DetachNetworkInterface', { AttachmentId }, rival)).toBe('InvalidAttachmentID.NotFound')
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Attachment: { Status: 'attached' } })
  })
})

describe('an interface that is attached', () => {
  it('is in its instance, keeps its address, and is free again when it was detached', async () => {
    const stage = setStage()
    const { NetworkInterfaceId: id, PrivateIpAddress, MacAddress } = await created(stage)
    const [first, second] = [await launched(stage), await launched(stage)]
    for (const InstanceId of [first, second]) {
      const { AttachmentId } = await attach(stage, id, InstanceId, 2)
      expect(await shown(stage, id)).toMatchObject({
        ...{ Status: 'in-use', PrivateIpAddress, MacAddress },
        Attachment: { AttachmentId, InstanceId, DeviceIndex: 2, Status: 'attaching', DeleteOnTermination: false },
      })
      await stage.pass(5000)
      const attached = await shown(stage, id)
      expect(attached).toMatchObject({ Attachment: { AttachmentId, InstanceId, Status: 'attached' } })
      const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {
        InstanceIds: [InstanceId],
      })
      const [instance] = Reservations[0]?.Instances ?? []
      expect(instance?.NetworkInterfaces?.[1]).toMatchObject({
        ...{ NetworkInterfaceId: id, PrivateIpAddress, MacAddress, Description: 'front', SubnetId: SUBNET },
        Attachment: { AttachmentId, DeviceIndex: 2 },
      })
      await stage.succeed('DetachNetworkInterface', { AttachmentId })
      expect(await shown(stage, id)).toMatchObject({ Attachment: { Status: 'detaching' } })
      await stage.pass(MINUTE)
      expect(await shown(stage, id)).toMatchObject({ Status: 'available', MacAddress })
      expect(await stage.unfinished()).toEqual([])
    }
  })

  it('has the same id after its instance was stopped and started', async () => {
    const stage = setStage()
    const { NetworkInterfaceId: id } = await created(stage)
    const InstanceId = await launched(stage)
    await attach(stage, id, InstanceId)
    await stage.pass(5000)
    const before = (await listed(stage)).map(({ NetworkInterfaceId }) => NetworkInterfaceId)
    expect(before).toContain(id)
    await stage.succeed('StopInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    await stage.succeed('StartInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    const after = await listed(stage)
    expect(after.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toEqual(before)
    expect(after).toMatchObject([{ Status: 'in-use' }, { Status: 'in-use' }])
  })

  it('waits for its turn behind what else the instance is busy with, volumes as well', async () => {
    const stage = setStage()
    const [one, other] = [await created(stage), await created(stage, {})]
    const InstanceId = await launched(stage)
    const { VolumeId } = await stage.succeed<{ VolumeId: string }>('CreateVolume', {
      ...{ Size: 1, AvailabilityZone: 'opennebulaa' },
    })
    await stage.pass(MINUTE)
    await stage.succeed('AttachVolume', { VolumeId, InstanceId, Device: '/dev/sdf' })
    await attach(stage, one.NetworkInterfaceId, InstanceId, 1)
    await attach(stage, other.NetworkInterfaceId, InstanceId, 2)
    const status = async () =>
      (await listed(stage, { NetworkInterfaceIds: [one, other].map(each => each.NetworkInterfaceId) })).map(
        ({ Attachment }) => Attachment?.Status,
      )
    expect(await status()).toEqual(['attaching', 'attaching'])
    await stage.pass(MINUTE)
    expect(await status()).toEqual(['attached', 'attached'])
    expect(stage.vms()[0]?.template['DISK']).toHaveLength(2)
    expect(await stage.unfinished()).toEqual([])
  })

  it('cannot be deleted, nor attached again', async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '' } = await created(stage)
    const [InstanceId, other] = [await launched(stage), await launched(stage)]
    const { AttachmentId } = await attach(stage, NetworkInterfaceId, InstanceId)
    const again = { NetworkInterfaceId, InstanceId: other, DeviceIndex: 1 }
    const check = async () => {
      expect(await codeOf(stage, 'DeleteNetworkInterface', { NetworkInterfaceId })).toBe('InvalidParameterValue')
      expect(await codeOf(stage, 'AttachNetworkInterface', again)).toBe('InvalidNetworkInterface.InUse')
    }
    await check()
    await stage.pass(MINUTE)
    await check()
    await stage.succeed('DetachNetworkInterface', { AttachmentId, Force: true })
    await stage.pass(MINUTE)
    await stage.succeed('DeleteNetworkInterface', { NetworkInterfaceId })
  })

  it.each([
    [{ DeviceIndex: 0 }, 'InvalidParameterValue'],
    [{ DeviceIndex: 40 }, 'InvalidParameterValue'],
    [{ DeviceIndex: 1 }, 'InvalidParameterValue'],
    [{ InstanceId: 'i-1234567890abcdef0' }, 'InvalidInstanceID.NotFound'],
    [{ NetworkInterfaceId: 'eni-1234567890abcdef0' }, 'InvalidNetworkInterfaceID.NotFound'],
    [{ NetworkInterfaceId: 'eni-00000000000000000' }, 'InvalidNetworkInterfaceID.NotFound'],
  ])('is refused with %j: %s', async (more, code) => {
    const stage = setStage()
    const [first, second] = [await created(stage), await created(stage, {})]
    const InstanceId = await launched(stage)
    await attach(stage, first.NetworkInterfaceId, InstanceId)
    await stage.pass(5000)
    const input = { NetworkInterfaceId: second.NetworkInterfaceId, InstanceId, DeviceIndex: 2, ...more }
    expect(await codeOf(stage, 'AttachNetworkInterface', input)).toBe(code)
  })

  it('is free again when its instance has ended', async () => {
    const stage = setStage()
    const { NetworkInterfaceId: id } = await created(stage)
    const InstanceId = await launched(stage)
    await attach(stage, id, InstanceId)
    await stage.pass(5000)
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await stage.pass(MINUTE)
    expect(await listed(stage)).toMatchObject([{ NetworkInterfaceId: id, Status: 'available' }])
  })

  it('is attached or not, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { NetworkInterfaceId = '' } = await created(stage)
      const InstanceId = await launched(stage)
      stage.killAt(step)
      const input = { NetworkInterfaceId, InstanceId, DeviceIndex: 3 }
      await stage.perform('AttachNetworkInterface', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(15 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const { Status, Attachment } = await shown(stage, NetworkInterfaceId)
      if (Status !== 'available') {
        expect(Status).toBe('in-use')
        expect(Attachment, `step ${step}`).toMatchObject({ InstanceId, DeviceIndex: 3, Status: 'attached' })
      }
      if (wasKilled) continue
      expect(Status).toBe('in-use')
      expect(step).toBeGreaterThan(6)
      return
    }
  })

  it('is detached or not, wherever its request is killed', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { NetworkInterfaceId = '' } = await created(stage)
      const { AttachmentId } = await attach(stage, NetworkInterfaceId, await launched(stage))
      await stage.pass(5000)
      stage.killAt(step)
      await stage
        .perform('DetachNetworkInterface', { AttachmentId })
        .catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(15 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const { Status, Attachment } = await shown(stage, NetworkInterfaceId)
      if (Status !== 'available') expect(Attachment, `step ${step}`).toMatchObject({ AttachmentId, Status: 'attached' })
      if (wasKilled) continue
      expect(Status).toBe('available')
      return
    }
  })
})
