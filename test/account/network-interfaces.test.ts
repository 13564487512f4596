// Network interfaces in the account's object: each is made or not made, attached or not attached, wherever it breaks off.
import type {
  Address,
  AllocateAddressResult,
  AssociateAddressResult,
  AttachNetworkInterfaceResult,
  CreateNetworkInterfaceResult,
  DescribeAddressesResult,
  DescribeInstancesResult,
  DescribeNetworkInterfacesResult,
  NetworkInterface,
  Reservation,
} from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { attribute, IMAGE, Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000
/** A state of OpenNebula's, of a VM that it has not heard of. */
const UNKNOWN = 16
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
    expect(made.NetworkInterfaceId).toMatch(/^eni-[1-9a-f][0-9a-f]{16}$/)
    expect(made).toMatchObject({
      ...{ Status: 'available', Description: 'front', PrivateIpAddress: '10.0.0.40', MacAddress: '02:00:0a:00:00:28' },
      ...{ SubnetId: SUBNET, SourceDestCheck: true, TagSet: [{ Key: 'role', Value: 'front' }] },
      ...{ Groups: [{ GroupName: 'default' }] },
      PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.40', Primary: true }],
    })
    expect(made.Attachment).toBeUndefined()
    expect(await listed(stage)).toEqual([made])
    expect(await stage.unfinished()).toEqual([])
    expect(reservations(stage)).toMatchObject([{ name: made.NetworkInterfaceId, parent: 0 }])
  })

  it('is one too many for the quota of the network', async () => {
    const stage = setStage()
    const message = '[one.vn.reserve] User [2] : user [2] limit of 4 reached for LEASES quota in NETWORK with ID: 0.'
    stage.sandbox.faults.add({ method: 'one.vn.reserve', kind: 'error', code: 512, message, times: 1 })
    const input = { SubnetId: SUBNET }
    expect(await codeOf(stage, 'CreateNetworkInterface', input)).toBe('NetworkInterfaceLimitExceeded')
    expect(reservations(stage)).toEqual([])
    expect(await stage.unfinished()).toEqual([])
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

  it('is there or not at all, wherever its request is killed', { timeout: 120_000 }, async () => {
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

  it('is made once, wherever its request is killed before it comes again', { timeout: 120_000 }, async () => {
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

  it('is attached or not, wherever its request is killed', { timeout: 120_000 }, async () => {
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
      expect(step).toBeGreaterThan(3)
      return
    }
  })

  it('is detached or not, wherever its request is killed', { timeout: 120_000 }, async () => {
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

  it('is detached though the call for that comes late, and nothing says that it is on its way', async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '' } = await created(stage)
    const { AttachmentId } = await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(5000)
    stage.delay('one.vm.detachnic')
    expect(await codeOf(stage, 'DetachNetworkInterface', { AttachmentId })).toBe('Unavailable')
    await stage.pass(MINUTE)
    await stage.workOff()
    await stage.pass(30 * MINUTE)
    expect((await shown(stage, NetworkInterfaceId)).Status).toBe('available')
    expect(reservations(stage).map(({ template }) => attribute(template, 'EC2_GOAL'))).toEqual([''])
    expect(await stage.unfinished()).toEqual([])
  })

  it('is taken out again where it could not be written down', async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '' } = await created(stage)
    const input = { NetworkInterfaceId, InstanceId: await launched(stage), DeviceIndex: 3 }
    const message = 'Internal error'
    stage.sandbox.faults.add({ method: 'one.vn.update', kind: 'error', code: 8192, message, times: 1 })
    expect((await stage.perform('AttachNetworkInterface', input)).error?.status).toBe(500)
    await stage.pass(MINUTE)
    expect((await shown(stage, NetworkInterfaceId)).Status).toBe('available')
    expect(await stage.unfinished()).toEqual([])
    await stage.succeed('AttachNetworkInterface', input)
  })
})

describe('an attribute of an interface', () => {
  const modify = (stage: Stage, input: object) => stage.succeed('ModifyNetworkInterfaceAttribute', input)
  const newGroup = async (stage: Stage, GroupName: string) => {
    const { GroupId } = await stage.succeed<{ GroupId: string }>('CreateSecurityGroup', { GroupName, Description: 'x' })
    return { GroupId, GroupName }
  }

  it('keeps the groups that it has where it cannot get the others', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    const [web, db] = [await newGroup(stage, 'web'), await newGroup(stage, 'db')]
    await modify(stage, { NetworkInterfaceId, Groups: [web.GroupId] })
    await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(5000)
    const groups = () => stage.vms()[0]?.template['NIC']?.map(nic => typeof nic === 'object' && nic['SECURITY_GROUPS'])
    const before = groups()
    const message = 'Could not attach SG 101 to VM, SG does not exist'
    stage.sandbox.faults.add({ method: 'one.vm.attachsg', kind: 'error', code: 2048, message, times: 1 })
    const input = { NetworkInterfaceId, Groups: [db.GroupId] }
    expect(await codeOf(stage, 'ModifyNetworkInterfaceAttribute', input)).toBe('InvalidGroup.NotFound')
    expect(groups()).toEqual(before)
    expect((await shown(stage, NetworkInterfaceId)).Groups).toEqual([web])
  })

  it('changes in an instance and out of one, and stays where the interface goes', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    const [web, db] = [await newGroup(stage, 'web'), await newGroup(stage, 'db')]
    await modify(stage, { NetworkInterfaceId, Description: { Value: 'back' } })
    await modify(stage, { NetworkInterfaceId, SourceDestCheck: { Value: false } })
    await modify(stage, { NetworkInterfaceId, Groups: [web.GroupId] })
    const free = { Description: 'back', SourceDestCheck: false, Groups: [web] }
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject(free)
    const { AttachmentId } = await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(5000)
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject(free)
    await modify(stage, { NetworkInterfaceId, Groups: [db.GroupId] })
    await modify(stage, { NetworkInterfaceId, Description: { Value: '' } })
    await stage.succeed('ResetNetworkInterfaceAttribute', { NetworkInterfaceId, SourceDestCheck: 'true' })
    const after = { Description: '', SourceDestCheck: true, Groups: [db] }
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject(after)
    await stage.succeed('DetachNetworkInterface', { AttachmentId })
    await stage.pass(MINUTE)
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ ...after, Status: 'available' })
  })

  it.each(['BOOT', 'HOTPLUG_NIC', 'HOTPLUG_NIC_POWEROFF'])(
    'has other groups when its instance is in %s no more',
    async state => {
      const stage = setStage()
      const InstanceId = await launched(stage)
      const [part] = await listed(stage)
      const web = await newGroup(stage, 'web')
      for (const method of ['one.vm.attachsg', 'one.vm.detachsg']) {
        stage.sandbox.faults.add({
          ...{ method, kind: 'error', code: 2048, times: 2 },
          message: `[${method}] VM 0 is in wrong state ${state}`,
        })
      }
      await modify(stage, { NetworkInterfaceId: part?.NetworkInterfaceId, Groups: [web.GroupId] })
      expect((await listed(stage))[0]).toMatchObject({ Groups: [web], Attachment: { InstanceId } })
    },
  )

  it('has its own groups where its instance is in a state that may not end', async () => {
    const stage = setStage()
    const InstanceId = await launched(stage)
    const { GroupId } = await newGroup(stage, 'web')
    const [vm] = stage.vms()
    if (vm) vm.lcm = UNKNOWN
    const Groups = [GroupId]
    const refused = ['IncorrectState', 'IncorrectInstanceState']
    const [part] = await listed(stage)
    const { NetworkInterfaceId } = part ?? {}
    const codes = [
      await codeOf(stage, 'ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, Groups }),
      await codeOf(stage, 'ModifyInstanceAttribute', { InstanceId, Groups }),
    ]
    expect(codes).toEqual(refused)
    expect((await listed(stage))[0]?.Groups).toEqual(part?.Groups)
  })

  it('keeps its groups from being deleted, though no instance has it', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    const { GroupId } = await newGroup(stage, 'web')
    await modify(stage, { NetworkInterfaceId, Groups: [GroupId] })
    expect(await codeOf(stage, 'DeleteSecurityGroup', { GroupId })).toBe('DependencyViolation')
    await stage.succeed('DeleteNetworkInterface', { NetworkInterfaceId })
    await stage.succeed('DeleteSecurityGroup', { GroupId })
  })

  it('changes where the interface is a part of its instance, of which the primary one tells', async () => {
    const stage = setStage()
    const InstanceId = await launched(stage)
    const [{ NetworkInterfaceId = '' } = {}] = await listed(stage)
    const web = await newGroup(stage, 'web')
    await modify(stage, { NetworkInterfaceId, Description: { Value: 'front' } })
    await modify(stage, { NetworkInterfaceId, SourceDestCheck: { Value: false } })
    await modify(stage, { NetworkInterfaceId, Groups: [web.GroupId] })
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({
      ...{ Description: 'front', SourceDestCheck: false, Groups: [web] },
    })
    const attribute = (Attribute: string) => stage.read('DescribeInstanceAttribute', { InstanceId, Attribute })
    expect(await attribute('sourceDestCheck')).toMatchObject({ SourceDestCheck: { Value: false } })
    expect(await attribute('groupSet')).toMatchObject({ Groups: [web] })
    await stage.succeed('ModifyInstanceAttribute', { InstanceId, SourceDestCheck: { Value: true } })
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Description: 'front', SourceDestCheck: true })
  })

  it('says whether it ends with the instance', async () => {
    const stage = setStage()
    const [one, other] = [await created(stage), await created(stage, {})]
    const InstanceId = await launched(stage)
    for (const [index, { NetworkInterfaceId }] of [one, other].entries()) {
      const { AttachmentId } = await attach(stage, NetworkInterfaceId, InstanceId, index + 1)
      await stage.pass(5000)
      const Attachment = { AttachmentId, DeleteOnTermination: index === 0 }
      await modify(stage, { NetworkInterfaceId, Attachment })
      expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Attachment })
    }
    await stage.succeed('TerminateInstances', { InstanceIds: [InstanceId] })
    await stage.pass(5 * MINUTE)
    expect(await listed(stage)).toMatchObject([{ NetworkInterfaceId: other.NetworkInterfaceId, Status: 'available' }])
    expect(reservations(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })

  it.each([
    [{}, 'InvalidParameterCombination'],
    [{ Description: { Value: 'x' }, SourceDestCheck: { Value: true } }, 'InvalidParameterCombination'],
    [{ Groups: ['sg-00000009'] }, 'InvalidGroup.NotFound'],
    [{ Attachment: { DeleteOnTermination: true } }, 'MissingParameter'],
    [{ Attachment: { AttachmentId: 'eni-attach-0', DeleteOnTermination: true } }, 'InvalidAttachmentID.NotFound'],
    [
      { NetworkInterfaceId: 'eni-1234567890abcdef0', Description: { Value: 'x' } },
      'InvalidNetworkInterfaceID.NotFound',
    ],
  ])('is refused with %j: %s', async (more, code) => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    expect(await codeOf(stage, 'ModifyNetworkInterfaceAttribute', { NetworkInterfaceId, ...more })).toBe(code)
  })
})

describe('secondary addresses', () => {
  const assign = (stage: Stage, input: object) =>
    stage.succeed<{ AssignedPrivateIpAddresses: { PrivateIpAddress: string }[] }>('AssignPrivateIpAddresses', input)
  const secondary = ({ PrivateIpAddresses = [] }: NetworkInterface) =>
    PrivateIpAddresses.flatMap(({ Primary, PrivateIpAddress = '' }) => (Primary ? [] : PrivateIpAddress)).toSorted()
  const aliases = (stage: Stage) => stage.vms()[0]?.template['NIC_ALIAS'] ?? []

  it('come one by one and are shown from the start, and go again', async () => {
    const stage = setStage()
    await launched(stage)
    const [{ NetworkInterfaceId = '' } = {}] = await listed(stage)
    await assign(stage, { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.50', '10.0.0.51'] })
    const { AssignedPrivateIpAddresses: any } = await assign(stage, {
      ...{ NetworkInterfaceId, SecondaryPrivateIpAddressCount: 2 },
    })
    const all = ['10.0.0.50', '10.0.0.51', ...any.map(({ PrivateIpAddress }) => PrivateIpAddress)].toSorted()
    expect(new Set(all).size).toBe(4)
    expect(secondary(await shown(stage, NetworkInterfaceId))).toEqual(all)
    await stage.pass(MINUTE)
    expect(secondary(await shown(stage, NetworkInterfaceId))).toEqual(all)
    expect(aliases(stage)).toHaveLength(4)
    expect(await stage.unfinished()).toEqual([])
    // And when what was noted of them counts no more
    await stage.pass(30 * MINUTE)
    expect(secondary(await shown(stage, NetworkInterfaceId))).toEqual(all)
    await stage.succeed('UnassignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: all.slice(1) })
    expect(secondary(await shown(stage, NetworkInterfaceId))).toEqual(all.slice(0, 1))
    await stage.pass(MINUTE)
    expect(aliases(stage)).toHaveLength(1)
    expect(await stage.unfinished()).toEqual([])
  })

  it.each([
    [{ PrivateIpAddresses: ['10.0.0.40'] }, 'InvalidIPAddress.InUse'],
    [{ PrivateIpAddresses: ['10.9.0.1'] }, 'InvalidParameterValue'],
    [{ PrivateIpAddresses: ['x'] }, 'InvalidParameterValue'],
    [{ SecondaryPrivateIpAddressCount: 0 }, 'InvalidParameterValue'],
    [{ SecondaryPrivateIpAddressCount: 8 }, 'PrivateIpAddressLimitExceeded'],
    [{ SecondaryPrivateIpAddressCount: 1, PrivateIpAddresses: ['10.0.0.41'] }, 'InvalidParameterCombination'],
    [{}, 'MissingParameter'],
  ])('are refused with %j: %s', async (more, code) => {
    const stage = setStage()
    await created(stage)
    await launched(stage)
    const [{ NetworkInterfaceId = '' } = {}] = await listed(stage, {
      Filters: [{ Name: 'status', Values: ['in-use'] }],
    })
    expect(await codeOf(stage, 'AssignPrivateIpAddresses', { NetworkInterfaceId, ...more })).toBe(code)
  })

  it('belong to what is attached, and are taken from what has them', async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '' } = await created(stage)
    const input = { NetworkInterfaceId, SecondaryPrivateIpAddressCount: 1 }
    expect(await codeOf(stage, 'AssignPrivateIpAddresses', input)).toBe('UnsupportedOperation')
    await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(5000)
    await assign(stage, { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.60'] })
    await stage.pass(MINUTE)
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({
      PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.40' }, { PrivateIpAddress: '10.0.0.60' }],
    })
    const other = { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.61'] }
    expect(await codeOf(stage, 'UnassignPrivateIpAddresses', other)).toBe('InvalidParameterValue')
    const primary = { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.40'] }
    expect(await codeOf(stage, 'UnassignPrivateIpAddresses', primary)).toBe('InvalidParameterValue')
  })
})

describe('a launch', () => {
  const instanceOf = async (stage: Stage, id: string) => {
    const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', { InstanceIds: [id] })
    return Reservations[0]?.Instances?.[0] ?? {}
  }

  it('has interfaces that there were, and new ones, by their indexes', async () => {
    const stage = setStage()
    const [one, other] = [await created(stage), await created(stage, {})]
    const [first, third] = [{ GroupId: '' }, { GroupId: '' }]
    for (const [index, group] of [first, third].entries()) {
      Object.assign(group, await stage.succeed('CreateSecurityGroup', { GroupName: `g${index}`, Description: 'x' }))
    }
    const NetworkInterfaces = [
      { DeviceIndex: 4, SubnetId: SUBNET, Groups: [third.GroupId], Description: 'third', DeleteOnTermination: true },
      { DeviceIndex: 2, NetworkInterfaceId: one.NetworkInterfaceId, DeleteOnTermination: false },
      { DeviceIndex: 0, NetworkInterfaceId: other.NetworkInterfaceId },
    ]
    await stage.succeed('ModifyNetworkInterfaceAttribute', {
      ...{ NetworkInterfaceId: other.NetworkInterfaceId, Groups: [first.GroupId] },
    })
    const TagSpecifications = [{ ResourceType: 'network-interface', Tags: [{ Key: 'new', Value: 'yes' }] }]
    const id = await launched(stage, { NetworkInterfaces, TagSpecifications })
    const instance = await instanceOf(stage, id)
    expect(instance).toMatchObject({
      ...{ PrivateIpAddress: other.PrivateIpAddress, SubnetId: SUBNET, SecurityGroups: [{ GroupId: first.GroupId }] },
      NetworkInterfaces: [
        {
          ...{ NetworkInterfaceId: other.NetworkInterfaceId, MacAddress: other.MacAddress },
          Attachment: { DeviceIndex: 0, DeleteOnTermination: false },
        },
        {
          ...{ NetworkInterfaceId: one.NetworkInterfaceId, PrivateIpAddress: '10.0.0.40', Description: 'front' },
          Attachment: { DeviceIndex: 2, DeleteOnTermination: false },
        },
        {
          ...{ Description: 'third', Groups: [{ GroupId: third.GroupId }] },
          Attachment: { DeviceIndex: 4, DeleteOnTermination: true },
        },
      ],
    })
    const tags = (await listed(stage)).map(({ TagSet }) => TagSet?.map(({ Key }) => Key))
    expect(tags).toEqual([[], ['role'], ['new']])
    await stage.succeed('TerminateInstances', { InstanceIds: [id] })
    await stage.pass(MINUTE)
    expect(await listed(stage)).toMatchObject([{ Status: 'available' }, { Status: 'available' }])
  })

  it('waits for an interface that is yet to be made', async () => {
    const stage = setStage()
    const { NetworkInterface: made } = await stage.succeed<CreateNetworkInterfaceResult>('CreateNetworkInterface', wish)
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId: made?.NetworkInterfaceId }]
    const launch = stage.succeed('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, NetworkInterfaces })
    await stage.meanwhile('one.vn.info', () => stage.pass(1000))
    await launch
    expect(await listed(stage)).toMatchObject([{ NetworkInterfaceId: made?.NetworkInterfaceId, Status: 'in-use' }])
  })

  it('takes no interface that is in use, nor what it cannot say of one', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    await launched(stage, { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] })
    const run = (...NetworkInterfaces: object[]) =>
      codeOf(stage, 'RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1, NetworkInterfaces })
    expect(await run({ DeviceIndex: 0, NetworkInterfaceId })).toBe('InvalidNetworkInterface.InUse')
    expect(await run({ DeviceIndex: 0, NetworkInterfaceId: 'eni-1234567890abcdef0' })).toBe(
      'InvalidNetworkInterfaceID.NotFound',
    )
    const other = (await created(stage, {})).NetworkInterfaceId
    for (const more of [{ SubnetId: SUBNET }, { Groups: ['sg-00000000'] }, { DeleteOnTermination: true }]) {
      const spec = { DeviceIndex: 0, NetworkInterfaceId: other, ...more }
      expect(await run(spec), JSON.stringify(more)).toBe('InvalidParameterCombination')
    }
    expect(await run({ DeviceIndex: 1 })).toBe('InvalidParameterCombination')
    expect(await run({ DeviceIndex: 0 }, { DeviceIndex: 0 })).toBe('InvalidParameterCombination')
    expect(await run({ DeviceIndex: 0 }, {})).toBe('MissingParameter')
    expect(await run({ DeviceIndex: 0, AssociatePublicIpAddress: true }, { DeviceIndex: 1 })).toBe(
      'InvalidParameterCombination',
    )
    const nine = Array.from({ length: 9 }, (_, DeviceIndex) => ({ DeviceIndex }))
    expect(await run(...nine)).toBe('AttachmentLimitExceeded')
    expect(stage.vms()).toHaveLength(1)
  })

  it('has its interface once, wherever it is killed before it comes again', { timeout: 60_000 }, async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { NetworkInterfaceId } = await created(stage)
      const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId }]
      const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, NetworkInterfaces, ClientToken: 'again' }
      stage.killAt(step)
      await stage.perform('RunInstances', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const { Instances = [] } = await stage.succeed<Reservation>('RunInstances', input)
      await stage.pass(30 * MINUTE)
      expect(stage.ids(), `step ${step}`).toEqual(Instances.map(({ InstanceId }) => InstanceId))
      expect(await listed(stage), `step ${step}`).toMatchObject([
        { NetworkInterfaceId, Attachment: { InstanceId: stage.ids()[0] } },
      ])
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      if (!wasKilled) return
    }
  })

  it('leaves the interface free where it breaks off', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    stage.sandbox.faults.add({ method: 'one.template.instantiate', kind: 'drop', when: 'after', times: 1 })
    const NetworkInterfaces = [{ DeviceIndex: 0, NetworkInterfaceId }]
    const input = { ImageId: IMAGE, MinCount: 1, MaxCount: 1, NetworkInterfaces }
    stage.sandbox.faults.add({ method: 'one.vmpool.infoextended', kind: 'drop', when: 'before', times: 3 })
    expect((await stage.perform('RunInstances', input)).error?.status).toBe(503)
    await stage.pass(30 * MINUTE)
    expect(await listed(stage)).toMatchObject([{ NetworkInterfaceId, Status: 'available' }])
    expect(await stage.unfinished()).toEqual([])
  })
})

describe('an elastic address', () => {
  const allocated = async (stage: Stage) => {
    const { AllocationId = '', PublicIp = '' } = await stage.succeed<AllocateAddressResult>('AllocateAddress', {
      Domain: 'vpc',
    })
    await stage.pass(1000)
    return { AllocationId, PublicIp }
  }
  const associate = async (stage: Stage, input: object) =>
    (await stage.succeed<AssociateAddressResult>('AssociateAddress', input)).AssociationId ?? ''
  const addressOf = async (stage: Stage, AllocationId: string): Promise<Address> => {
    const { Addresses = [] } = await stage.read<DescribeAddressesResult>('DescribeAddresses', {
      AllocationIds: [AllocationId],
    })
    return Addresses[0] ?? {}
  }
  const external = (stage: Stage) =>
    stage.vms().map(({ template }) => (template['NIC_ALIAS'] ?? []).map(each => (each as { IP?: string }).IP))

  it('goes with its interface from instance to instance, and stays with it between them', async () => {
    const stage = setStage()
    const { NetworkInterfaceId = '', PrivateIpAddress } = await created(stage)
    const { AllocationId, PublicIp } = await allocated(stage)
    const AssociationId = await associate(stage, { AllocationId, NetworkInterfaceId })
    const Association = { AllocationId, AssociationId, PublicIp }
    const at = { AssociationId, NetworkInterfaceId, PrivateIpAddress }
    expect(await addressOf(stage, AllocationId)).toMatchObject(at)
    expect((await addressOf(stage, AllocationId)).InstanceId).toBeUndefined()
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Status: 'available', Association })
    const instances = [await launched(stage), await launched(stage)]
    for (const [index, InstanceId] of instances.entries()) {
      const { AttachmentId } = await attach(stage, NetworkInterfaceId, InstanceId)
      expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Association })
      await stage.pass(MINUTE)
      expect(external(stage)[index]).toEqual([PublicIp])
      expect(await addressOf(stage, AllocationId)).toMatchObject({ ...at, InstanceId })
      expect(await shown(stage, NetworkInterfaceId)).toMatchObject({ Association, Attachment: { InstanceId } })
      await stage.succeed('DetachNetworkInterface', { AttachmentId })
      await stage.pass(MINUTE)
      expect(await addressOf(stage, AllocationId)).toMatchObject(at)
      expect(external(stage)[index]).toEqual([])
    }
    await stage.succeed('DisassociateAddress', { AssociationId })
    expect((await addressOf(stage, AllocationId)).AssociationId).toBeUndefined()
    expect((await shown(stage, NetworkInterfaceId)).Association).toBeUndefined()
    expect(await codeOf(stage, 'DisassociateAddress', { AssociationId })).toBe('InvalidAssociationID.NotFound')
    await stage.pass(MINUTE)
    await stage.succeed('ReleaseAddress', { AllocationId })
    expect(await stage.unfinished()).toEqual([])
  })

  it('of an interface is there from the birth of its instance', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    const { AllocationId, PublicIp } = await allocated(stage)
    await associate(stage, { AllocationId, NetworkInterfaceId })
    const InstanceId = await launched(stage, { NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId }] })
    expect(external(stage)).toEqual([[PublicIp]])
    const { Reservations = [] } = await stage.read<DescribeInstancesResult>('DescribeInstances', {})
    expect(Reservations[0]?.Instances?.[0]).toMatchObject({ InstanceId, PublicIpAddress: PublicIp })
    expect(await addressOf(stage, AllocationId)).toMatchObject({ InstanceId, NetworkInterfaceId })
  })

  it('that is refused leads nowhere', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(MINUTE)
    const { AllocationId } = await allocated(stage)
    stage.sandbox.faults.add({ method: 'one.vm.attachnic', kind: 'error', code: 512, message: 'no', times: 1 })
    expect(await codeOf(stage, 'AssociateAddress', { AllocationId, NetworkInterfaceId })).toBe('UnauthorizedOperation')
    expect((await addressOf(stage, AllocationId)).AssociationId).toBeUndefined()
    expect(await stage.unfinished()).toEqual([])
  })

  it('is asked for twice, and is there once', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    await attach(stage, NetworkInterfaceId, await launched(stage))
    await stage.pass(MINUTE)
    const { AllocationId, PublicIp } = await allocated(stage)
    const once = await associate(stage, { AllocationId, NetworkInterfaceId })
    await stage.pass(MINUTE)
    expect(await associate(stage, { AllocationId, NetworkInterfaceId })).toBe(once)
    expect(await stage.unfinished()).toEqual([])
    expect(external(stage)).toEqual([[PublicIp]])
  })

  it('goes to an interface that is attached, and away from it', async () => {
    const stage = setStage()
    const { NetworkInterfaceId } = await created(stage)
    const InstanceId = await launched(stage)
    await attach(stage, NetworkInterfaceId, InstanceId)
    await stage.pass(MINUTE)
    const [one, other] = [await allocated(stage), await allocated(stage)]
    await associate(stage, { AllocationId: one.AllocationId, NetworkInterfaceId })
    await stage.pass(MINUTE)
    expect(external(stage)).toEqual([[one.PublicIp]])
    // A second one takes its place
    await associate(stage, { AllocationId: other.AllocationId, NetworkInterfaceId })
    await stage.pass(MINUTE)
    expect(external(stage)).toEqual([[other.PublicIp]])
    expect((await addressOf(stage, one.AllocationId)).AssociationId).toBeUndefined()
    const again = { AllocationId: other.AllocationId, InstanceId, AllowReassociation: false }
    expect(await codeOf(stage, 'AssociateAddress', again)).toBe('InvalidInstanceID')
    const { AssociationId } = await addressOf(stage, other.AllocationId)
    await stage.succeed('DisassociateAddress', { AssociationId })
    await stage.pass(MINUTE)
    expect(external(stage)).toEqual([[]])
    expect(await stage.unfinished()).toEqual([])
  })

  it('leads to a private address of its own, beside another', async () => {
    const stage = setStage()
    await launched(stage)
    const [{ NetworkInterfaceId = '', PrivateIpAddress } = {}] = await listed(stage)
    await stage.succeed('AssignPrivateIpAddresses', { NetworkInterfaceId, PrivateIpAddresses: ['10.0.0.70'] })
    await stage.pass(MINUTE)
    const [one, other] = [await allocated(stage), await allocated(stage)]
    await associate(stage, { AllocationId: one.AllocationId, NetworkInterfaceId, PrivateIpAddress: '10.0.0.70' })
    await associate(stage, { AllocationId: other.AllocationId, NetworkInterfaceId })
    const check = async () => {
      expect(await addressOf(stage, one.AllocationId)).toMatchObject({ PrivateIpAddress: '10.0.0.70' })
      expect(await addressOf(stage, other.AllocationId)).toMatchObject({ PrivateIpAddress })
    }
    await check()
    await stage.pass(MINUTE)
    await check()
    expect(await shown(stage, NetworkInterfaceId)).toMatchObject({
      Association: { PublicIp: other.PublicIp },
      PrivateIpAddresses: [
        { PrivateIpAddress, Association: { AllocationId: other.AllocationId } },
        { PrivateIpAddress: '10.0.0.70', Association: { AllocationId: one.AllocationId } },
      ],
    })
    const nowhere = { AllocationId: one.AllocationId, NetworkInterfaceId, PrivateIpAddress: '10.0.0.71' }
    expect(await codeOf(stage, 'AssociateAddress', nowhere)).toBe('InvalidParameterValue')
  })

  it('is with its interface or not, wherever the request is killed', { timeout: 120_000 }, async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { NetworkInterfaceId = '' } = await created(stage)
      await attach(stage, NetworkInterfaceId, await launched(stage))
      const { AllocationId, PublicIp } = await allocated(stage)
      await stage.pass(MINUTE)
      stage.killAt(step)
      const input = { AllocationId, NetworkInterfaceId }
      await stage.perform('AssociateAddress', input).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(15 * MINUTE)
      const isAssociated = (await addressOf(stage, AllocationId)).AssociationId !== undefined
      expect(external(stage), `step ${step}`).toEqual([isAssociated ? [PublicIp] : []])
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      if (wasKilled) continue
      expect(isAssociated).toBe(true)
      return
    }
  })
})

describe('a group that is deleted at once with what puts a free interface into it', () => {
  const puts: Readonly<Record<string, (stage: Stage, group: string) => Promise<object>>> = {
    CreateNetworkInterface: async (_, group) => ({ SubnetId: SUBNET, Groups: [group] }),
    ModifyNetworkInterfaceAttribute: async (stage, group) => ({
      ...{ NetworkInterfaceId: (await created(stage)).NetworkInterfaceId, Groups: [group] },
    }),
  }

  for (const [action, inputFor] of Object.entries(puts)) {
    it.each(['one.vn.update', 'one.secgroup.delete'])(
      `is there where ${action} says so, held back at %s`,
      async held => {
        const stage = setStage()
        const named = { GroupName: 'web', Description: 'x' }
        const { GroupId = '' } = await stage.succeed<{ GroupId?: string }>('CreateSecurityGroup', named)
        const input = await inputFor(stage, GroupId)
        const isHeld = held === 'one.vn.update'
        const works = [() => codeOf(stage, action, input), () => codeOf(stage, 'DeleteSecurityGroup', { GroupId })]
        const [first, second] = isHeld ? works : works.toReversed()
        let behind: Promise<string | undefined> | undefined
        const meanwhile = stage.meanwhile(held, () => (behind = second?.() ?? Promise.resolve(undefined)))
        const ahead = await first?.()
        await meanwhile
        const codes = [ahead, await behind]
        expect(isHeld ? codes : codes.toReversed()).toEqual(
          isHeld ? [undefined, 'DependencyViolation'] : ['InvalidGroup.NotFound', undefined],
        )
        const groups = (await listed(stage)).flatMap(({ Groups = [] }) => Groups.map(({ GroupId: id }) => id))
        expect(groups.includes(GroupId)).toBe(isHeld)
        await stage.pass(30 * MINUTE)
        expect(reservations(stage)).toHaveLength(isHeld || action === 'ModifyNetworkInterfaceAttribute' ? 1 : 0)
      },
    )
  }
})
