// Elastic addresses with AWS's own SDK: allocated, associated, moved, freed and released; and what is refused.
import {
  type Address,
  AllocateAddressCommand,
  AssociateAddressCommand,
  type AssociateAddressCommandInput,
  CreateTagsCommand,
  DescribeAddressesAttributeCommand,
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeTagsCommand,
  DisassociateAddressCommand,
  EC2Client,
  type Filter,
  type Instance,
  ReleaseAddressCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
} from '@aws-sdk/client-ec2'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { client as rpc } from '../sandbox/rpc.ts'
import { anImage, credentials, ec2, sandbox, until, upstream, WAITING } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

const client = ec2()
const wait = { client, ...WAITING }

const run = async (count = 1): Promise<Instance[]> => {
  const image = { ImageId: await anImage(), InstanceType: 'm1.small' as const }
  const { Instances = [] } = await client.send(new RunInstancesCommand({ ...image, MinCount: count, MaxCount: count }))
  await waitUntilInstanceRunning(wait, { InstanceIds: Instances.map(({ InstanceId = '' }) => InstanceId) })
  return Instances
}

let first: Instance
let second: Instance

/** The networks that are parts of others, as addresses are. */
async function reserved(): Promise<number[]> {
  const { pools } = (await sandbox('GET', 'snapshot')) as {
    pools: { NET: { objects: { id: number; parent: number }[] } }
  }
  return pools.NET.objects.flatMap(({ id, parent }) => (parent < 0 ? [] : id))
}

/** Those that other files left in this cloud. */
let before: readonly number[]

beforeAll(async () => {
  before = await reserved()
  const instances = await run(2)
  ;[first, second] = [instances[0] ?? {}, instances[1] ?? {}]
})

const interfaceOf = ({ NetworkInterfaces }: Instance) => NetworkInterfaces?.[0]?.NetworkInterfaceId

/** What a test allocated, to be released behind it. */
const allocated: string[] = []

async function allocate(options: ConstructorParameters<typeof AllocateAddressCommand>[0] = { Domain: 'vpc' }) {
  const { AllocationId = '', PublicIp = '' } = await client.send(new AllocateAddressCommand(options))
  allocated.push(AllocationId)
  return { AllocationId, PublicIp }
}

const associate = async (input: AssociateAddressCommandInput) =>
  (await client.send(new AssociateAddressCommand(input))).AssociationId ?? ''

const disassociate = (AssociationId: string) => client.send(new DisassociateAddressCommand({ AssociationId }))

async function describeOne(AllocationId: string): Promise<Address> {
  const { Addresses } = await client.send(new DescribeAddressesCommand({ AllocationIds: [AllocationId] }))
  expect(Addresses).toHaveLength(1)
  return Addresses?.[0] ?? {}
}

const describeInstance = async ({ InstanceId = '' }: Instance): Promise<Instance> => {
  const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [InstanceId] }))
  return Reservations?.[0]?.Instances?.[0] ?? {}
}

const isAt = (instance: Instance, ip: string | undefined) =>
  until(`${ip} at the instance`, async () => (await describeInstance(instance)).PublicIpAddress === ip)

afterEach(async () => {
  for (const AllocationId of allocated.splice(0)) {
    const { Addresses = [] } = await client.send(
      new DescribeAddressesCommand({ Filters: [{ Name: 'allocation-id', Values: [AllocationId] }] }),
    )
    for (const { AssociationId } of Addresses) {
      if (AssociationId) await disassociate(AssociationId)
      await client.send(new ReleaseAddressCommand({ AllocationId }))
    }
  }
  await isAt(first, undefined)
  await isAt(second, undefined)
  // What is released goes a moment later, by requests that are none of the next test's
  await until('no reservation to be left', async () => (await reserved()).every(id => before.includes(id)))
})

describe('the life of an address', () => {
  it('is allocated, associated, shown at its instance, disassociated and released at once', async () => {
    const { AllocationId, PublicIp } = await allocate({
      Domain: 'vpc',
      TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'Näme', Value: 'wéb 🐧' }] }],
    })
    expect(AllocationId).toMatch(/^eipalloc-\d{8}$/)
    expect(PublicIp).toMatch(/^203\.0\.113\.\d+$/)
    expect(await describeOne(AllocationId)).toEqual({
      AllocationId,
      PublicIp,
      Domain: 'vpc',
      PublicIpv4Pool: 'amazon',
      NetworkBorderGroup: 'opennebula',
      Tags: [{ Key: 'Näme', Value: 'wéb 🐧' }],
    })

    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    expect(AssociationId).toMatch(/^eipassoc-[0-9a-f]{17}$/)
    expect(await describeOne(AllocationId)).toMatchObject({
      AssociationId,
      InstanceId: first.InstanceId,
      NetworkInterfaceId: interfaceOf(first),
      NetworkInterfaceOwnerId: '000000000002',
      PrivateIpAddress: first.PrivateIpAddress,
    })
    const instance = await describeInstance(first)
    expect(instance.PublicIpAddress).toBe(PublicIp)
    const PublicDnsName = `ec2-${PublicIp.replaceAll('.', '-')}.opennebula.compute.internal`
    const association = { PublicIp, PublicDnsName, IpOwnerId: '000000000002' }
    expect(instance.NetworkInterfaces?.[0]?.Association).toEqual(association)
    expect(instance.NetworkInterfaces?.[0]?.PrivateIpAddresses?.[0]?.Association).toEqual(association)

    await disassociate(AssociationId)
    expect(await describeOne(AllocationId)).not.toHaveProperty('AssociationId')
    await client.send(new ReleaseAddressCommand({ AllocationId }))
    await expect(describeOne(AllocationId)).rejects.toMatchObject({ name: 'InvalidAllocationID.NotFound' })
    await isAt(first, undefined)
    await until('the reservation to go', async () => {
      const again = await client
        .send(new AllocateAddressCommand({ Domain: 'vpc', Address: PublicIp }))
        .catch(() => undefined)
      if (again?.AllocationId) allocated.push(again.AllocationId)
      return again?.PublicIp === PublicIp
    })
  })

  it('is freed when its instance is terminated', async () => {
    const [instance = {}] = await run()
    const { AllocationId } = await allocate()
    await associate({ AllocationId, InstanceId: instance.InstanceId })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance.InstanceId ?? ''] }))
    await until('the address to be free', async () => !(await describeOne(AllocationId)).AssociationId)
    await client.send(new ReleaseAddressCommand({ AllocationId }))
  })

  it('goes to an interface, or to a private address', async () => {
    const { AllocationId, PublicIp } = await allocate()
    const NetworkInterfaceId = interfaceOf(first)
    const PrivateIpAddress = first.PrivateIpAddress
    const id = await associate({ AllocationId, NetworkInterfaceId, PrivateIpAddress })
    expect(await associate({ AllocationId, NetworkInterfaceId })).toBe(id)
    expect(await associate({ AllocationId, NetworkInterfaceId, InstanceId: first.InstanceId })).toBe(id)
    expect(await describeOne(AllocationId)).toMatchObject({ AssociationId: id, NetworkInterfaceId, PublicIp })
  })

  it('stays with a stopped instance, and goes to one', async () => {
    await sandbox('POST', 'vms', { id: await vmOf(second), state: 8 })
    const { AllocationId, PublicIp } = await allocate()
    await associate({ AllocationId, InstanceId: second.InstanceId })
    expect(await describeOne(AllocationId)).toMatchObject({ InstanceId: second.InstanceId })
    expect(await describeInstance(second)).toMatchObject({ PublicIpAddress: PublicIp, State: { Name: 'stopped' } })
    await sandbox('POST', 'vms', { id: await vmOf(second), state: 3, lcm: 3 })
  })

  it('can be wished for', async () => {
    const { PublicIp } = await allocate({ Domain: 'vpc', Address: '203.0.113.8' })
    expect(PublicIp).toBe('203.0.113.8')
    const refusals = [
      ['203.0.113.8', 'InvalidIPAddress.InUse'],
      ['198.51.100.1', 'InvalidAddress.NotFound'],
      ['203.0.113.800', 'InvalidParameterValue'],
    ] as const
    for (const [Address, name] of refusals) {
      await expect(client.send(new AllocateAddressCommand({ Address }))).rejects.toMatchObject({ name })
    }
  })

  it('is tagged as everything is', async () => {
    const { AllocationId } = await allocate()
    await client.send(new CreateTagsCommand({ Resources: [AllocationId], Tags: [{ Key: 'Name', Value: 'mail' }] }))
    expect((await describeOne(AllocationId)).Tags).toEqual([{ Key: 'Name', Value: 'mail' }])
    const { Tags } = await client.send(
      new DescribeTagsCommand({ Filters: [{ Name: 'resource-type', Values: ['elastic-ip'] }] }),
    )
    expect(Tags).toContainEqual({
      Key: 'Name',
      Value: 'mail',
      ResourceId: AllocationId,
      ResourceType: 'elastic-ip',
    })
  })
})

/** The number of an instance's VM, from the id of its interface. */
const vmOf = async (instance: Instance): Promise<number> =>
  Number.parseInt((interfaceOf(instance) ?? '').slice('eni-0'.length, -8), 16)

/** The addresses that OpenNebula has attached to a VM. */
async function aliasesOf(vm: number): Promise<string[]> {
  const { pools } = (await sandbox('GET', 'snapshot')) as {
    pools: { VM: { objects: { id: number; template: { NIC_ALIAS?: { IP: string; ATTACH?: string }[] } }[] } }
  }
  const aliases = pools.VM.objects.find(({ id }) => id === vm)?.template.NIC_ALIAS
  return (aliases ?? []).flatMap(({ IP, ATTACH }) => (ATTACH === undefined ? IP : []))
}

/** LCM_STATE of a VM that is backed up: it stays so until it is told otherwise. */
const BACKUP = 69

describe('what has to wait is accepted, shown and done', () => {
  it('an instance that is busy gets its address when it is not any more', async () => {
    const { AllocationId, PublicIp } = await allocate()
    const id = await vmOf(first)
    await sandbox('POST', 'vms', { id, state: 3, lcm: BACKUP })
    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    expect(await describeOne(AllocationId)).toMatchObject({ AssociationId, InstanceId: first.InstanceId })
    expect((await describeInstance(first)).PublicIpAddress).toBe(PublicIp)
    await sandbox('POST', 'vms', { id, state: 3, lcm: 3 })
    await until('the address at the VM', async () => (await aliasesOf(id)).includes(PublicIp))
    await isAt(first, PublicIp)
    expect(await describeOne(AllocationId)).toMatchObject({ AssociationId })
  })

  it('an address moves from one instance to another, and is shown there at once', async () => {
    const { AllocationId, PublicIp } = await allocate()
    await associate({ AllocationId, InstanceId: first.InstanceId })
    const AssociationId = await associate({
      AllocationId,
      InstanceId: second.InstanceId,
      // Terraform names where it was beside where it goes
      NetworkInterfaceId: interfaceOf(first),
      AllowReassociation: true,
    })
    expect(await describeOne(AllocationId)).toMatchObject({ AssociationId, InstanceId: second.InstanceId })
    expect(await describeInstance(second)).toMatchObject({
      PublicIpAddress: PublicIp,
      NetworkInterfaces: [{ Association: { PublicIp } }],
    })
    expect((await describeInstance(first)).PublicIpAddress).toBeUndefined()
    const filter = { Filters: [{ Name: 'ip-address', Values: [PublicIp] }] }
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand(filter))
    expect(Reservations.flatMap(({ Instances = [] }) => Instances.map(each => each.InstanceId))).toEqual([
      second.InstanceId,
    ])
    await until('the address at the VM', async () => (await aliasesOf(await vmOf(second))).includes(PublicIp))
    await disassociate(AssociationId)
    expect((await describeInstance(second)).PublicIpAddress).toBeUndefined()
  })

  it('a second address takes the place of the first at an interface', async () => {
    const [one, other] = [await allocate(), await allocate()]
    await associate({ AllocationId: one.AllocationId, InstanceId: first.InstanceId })
    await associate({ AllocationId: other.AllocationId, InstanceId: first.InstanceId })
    expect((await describeInstance(first)).PublicIpAddress).toBe(other.PublicIp)
    await until('the address at the VM', async () => (await aliasesOf(await vmOf(first))).join() === other.PublicIp)
    expect(await describeOne(one.AllocationId)).not.toHaveProperty('AssociationId')
  })

  it('an instance that ends meanwhile leaves the address free', async () => {
    const [instance = {}] = await run()
    const { AllocationId } = await allocate()
    await sandbox('POST', 'vms', { id: await vmOf(instance), state: 3, lcm: BACKUP })
    await associate({ AllocationId, InstanceId: instance.InstanceId })
    await sandbox('POST', 'vms', { id: await vmOf(instance), state: 3, lcm: 3 })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance.InstanceId ?? ''] }))
    await until('the address to be free', async () => !(await describeOne(AllocationId)).AssociationId)
  })

  it.each(['before', 'after'])('an association whose call breaks %s it is done can be asked for again', async when => {
    const { AllocationId, PublicIp } = await allocate()
    const input = { AllocationId, InstanceId: first.InstanceId }
    await sandbox('POST', 'faults', { method: 'one.vm.attachnic', kind: 'drop', when, times: 1 })
    await expect(associate(input)).rejects.toMatchObject({ name: 'Unavailable' })
    const AssociationId = await associate(input)
    expect(await describeOne(AllocationId)).toMatchObject({ AssociationId, InstanceId: first.InstanceId })
    await isAt(first, PublicIp)
  })

  it('an address whose reservation was made though the answer was lost is found', async () => {
    await sandbox('POST', 'faults', { method: 'one.vn.reserve', kind: 'drop', when: 'after', times: 1 })
    const { AllocationId, PublicIp } = await allocate()
    expect(await describeOne(AllocationId)).toMatchObject({ PublicIp })
  })
})

describe('econe’s way: by address', () => {
  it('associates, moves, disassociates and releases', async () => {
    const { PublicIp, AllocationId } = await allocate({})
    expect(await describeOne(AllocationId)).toMatchObject({ Domain: 'standard' })
    await client.send(new AssociateAddressCommand({ PublicIp, InstanceId: first.InstanceId }))
    await client.send(new AssociateAddressCommand({ PublicIp, InstanceId: second.InstanceId }))
    await isAt(second, PublicIp)
    await client.send(new DisassociateAddressCommand({ PublicIp }))
    await client.send(new DisassociateAddressCommand({ PublicIp }))
    await client.send(new ReleaseAddressCommand({ PublicIp }))
    const gone = client.send(new DescribeAddressesCommand({ PublicIps: [PublicIp] }))
    await expect(gone).rejects.toMatchObject({ name: 'InvalidAddress.NotFound' })
  })

  it('is not for addresses that were allocated for a VPC', async () => {
    const { PublicIp } = await allocate()
    for (const command of [new ReleaseAddressCommand({ PublicIp }), new DisassociateAddressCommand({ PublicIp })]) {
      await expect(client.send(command as ReleaseAddressCommand)).rejects.toMatchObject({
        name: 'InvalidParameterValue',
      })
    }
  })
})

describe('filters', () => {
  it('every documented one finds the address, and none that it does not name', async () => {
    const { AllocationId, PublicIp } = await allocate({
      Domain: 'vpc',
      TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: 'role', Value: 'gate' }] }],
    })
    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    const values: Record<string, string | undefined> = {
      'allocation-id': AllocationId,
      'association-id': AssociationId,
      'instance-id': first.InstanceId,
      'network-border-group': 'opennebula',
      'network-interface-id': interfaceOf(first),
      'network-interface-owner-id': '000000000002',
      'private-ip-address': first.PrivateIpAddress,
      'public-ip': PublicIp,
      domain: 'vpc',
      'tag:role': 'gate',
      'tag-key': 'role',
    }
    const matching = async (...Filters: Filter[]) =>
      (await client.send(new DescribeAddressesCommand({ Filters }))).Addresses?.map(each => each.AllocationId)
    for (const [Name, value = ''] of Object.entries(values)) {
      expect(await matching({ Name, Values: [value] }), Name).toContain(AllocationId)
      expect(await matching({ Name, Values: [`not ${value}`] }), Name).toEqual([])
    }
    const wrong = client.send(new DescribeAddressesCommand({ Filters: [{ Name: 'colour', Values: ['red'] }] }))
    await expect(wrong).rejects.toMatchObject({ name: 'InvalidParameterValue' })
  })

  it('those of DescribeInstances know the association as well', async () => {
    const { AllocationId, PublicIp } = await allocate()
    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    const values = {
      'ip-address': PublicIp,
      'network-interface.association.public-ip': PublicIp,
      'network-interface.association.allocation-id': AllocationId,
      'network-interface.association.association-id': AssociationId,
      'network-interface.addresses.association.allocation-id': AllocationId,
      'network-interface.addresses.association.association-id': AssociationId,
    }
    for (const [Name, value] of Object.entries(values)) {
      const { Reservations } = await client.send(new DescribeInstancesCommand({ Filters: [{ Name, Values: [value] }] }))
      const ids = Reservations?.flatMap(({ Instances }) => Instances?.map(each => each.InstanceId))
      expect(ids, Name).toEqual([first.InstanceId])
    }
  })
})

describe('refusals', () => {
  it('of an address that is associated already, or in use', async () => {
    const { AllocationId, PublicIp } = await allocate()
    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    await expect(associate({ AllocationId, InstanceId: second.InstanceId })).rejects.toMatchObject({
      name: 'Resource.AlreadyAssociated',
      message: `resource ${AllocationId} is already associated with associate-id ${AssociationId}`,
    })
    await expect(client.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toMatchObject({
      name: 'InvalidIPAddress.InUse',
      message: `Address ${PublicIp} is in use.`,
    })
  })

  it('of what does not exist', async () => {
    const { AllocationId } = await allocate()
    const InstanceId = first.InstanceId
    const gone = [
      [() => associate({ AllocationId: 'eipalloc-0', InstanceId }), 'InvalidAllocationID.NotFound'],
      [() => associate({ AllocationId: 'eipalloc-0123456789abcdef0', InstanceId }), 'InvalidAllocationID.NotFound'],
      [() => associate({ AllocationId: 'address', InstanceId }), 'InvalidAllocationID.Malformed'],
      [() => associate({ PublicIp: '192.0.2.1', InstanceId }), 'InvalidAddress.NotFound'],
      [() => associate({ AllocationId, InstanceId: 'i-99999999' }), 'InvalidInstanceID.NotFound'],
      [() => associate({ AllocationId, NetworkInterfaceId: 'eni-0' }), 'InvalidNetworkInterfaceID.NotFound'],
      [
        () => associate({ AllocationId, NetworkInterfaceId: 'eni-00000ffff0000ffff' }),
        'InvalidNetworkInterfaceID.NotFound',
      ],
      [() => associate({ AllocationId, InstanceId, PrivateIpAddress: '10.9.9.9' }), 'InvalidParameterValue'],
      [() => disassociate('eipassoc-0'), 'InvalidAssociationID.NotFound'],
      [() => disassociate('eipassoc-00000ffff0000ffff'), 'InvalidAssociationID.NotFound'],
      [() => client.send(new ReleaseAddressCommand({ AllocationId: 'eipalloc-0' })), 'InvalidAllocationID.NotFound'],
      [() => client.send(new ReleaseAddressCommand({ PublicIp: '192.0.2.1' })), 'InvalidAddress.NotFound'],
      [
        () =>
          client.send(
            new DescribeAddressesAttributeCommand({ AllocationIds: ['eipalloc-0'], Attribute: 'domain-name' }),
          ),
        'InvalidAllocationID.NotFound',
      ],
    ] as const
    for (const [request, name] of gone) await expect(request()).rejects.toMatchObject({ name })
  })

  it('of an association that has ended, though the address is there', async () => {
    const { AllocationId } = await allocate()
    const AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
    await disassociate(AssociationId)
    await expect(disassociate(AssociationId)).rejects.toMatchObject({ name: 'InvalidAssociationID.NotFound' })
  })

  it('of another account’s address', async () => {
    const { AllocationId, PublicIp } = await allocate()
    const rival = ec2('rival')
    const { Addresses } = await rival.send(new DescribeAddressesCommand({}))
    expect(Addresses?.map(each => each.PublicIp)).not.toContain(PublicIp)
    await expect(rival.send(new ReleaseAddressCommand({ AllocationId }))).rejects.toMatchObject({
      name: 'InvalidAllocationID.NotFound',
    })
  })

  it('of parameters that do not go together', async () => {
    const both = { AllocationId: 'eipalloc-1', PublicIp: '192.0.2.1' }
    const InstanceId = first.InstanceId
    const refused = [
      [() => associate({ ...both, InstanceId }), 'InvalidParameterCombination'],
      [() => associate({ InstanceId }), 'MissingParameter'],
      [() => associate({ AllocationId: 'eipalloc-1' }), 'MissingParameter'],
      [() => client.send(new ReleaseAddressCommand(both)), 'InvalidParameterCombination'],
      [() => client.send(new ReleaseAddressCommand({})), 'MissingParameter'],
      [() => client.send(new DisassociateAddressCommand({})), 'MissingParameter'],
      [
        () => client.send(new DisassociateAddressCommand({ AssociationId: 'eipassoc-1', PublicIp: '192.0.2.1' })),
        'InvalidParameterCombination',
      ],
      [() => client.send(new AllocateAddressCommand({ Domain: 'classic' as never })), 'InvalidParameterValue'],
      [() => client.send(new ReleaseAddressCommand({ PublicIp: 'mail' })), 'InvalidParameterValue'],
      [() => client.send(new DisassociateAddressCommand({ PublicIp: '192.0.2' })), 'InvalidParameterValue'],
      [() => associate({ PublicIp: '192.0.2.256', InstanceId }), 'InvalidParameterValue'],
      [() => client.send(new DescribeAddressesCommand({ PublicIps: ['::1'] })), 'InvalidParameterValue'],
      [() => client.send(new AllocateAddressCommand({ PublicIpv4Pool: 'ipv4pool-ec2-1' })), 'InvalidParameterValue'],
    ] as const
    for (const [request, name] of refused) await expect(request()).rejects.toMatchObject({ name })
  })

  it('of instances that cannot take one', async () => {
    const { AllocationId } = await allocate()
    const [instance = {}] = await run()
    const { InstanceId } = instance
    const id = await vmOf(instance)
    const unable = (state: string) =>
      `The instance '${InstanceId}' is not in a state from which it can be given an address. Its current state is '${state}'.`
    // HOLD, SUSPENDED and EPILOG_FAILURE: states that nothing ends but an order
    const refused = [
      [
        { state: 2 },
        'InvalidInstanceID',
        `The pending instance '${InstanceId}' is not in a valid state for this operation.`,
      ],
      [{ state: 5 }, 'IncorrectInstanceState', unable('stopped')],
      [{ state: 3, lcm: 40 }, 'IncorrectInstanceState', unable('shutting-down')],
    ] as const
    for (const [state, name, message] of refused) {
      await sandbox('POST', 'vms', { id, ...state })
      await expect(associate({ AllocationId, InstanceId })).rejects.toMatchObject({ name, message })
    }
    await sandbox('POST', 'vms', { id, state: 3, lcm: 3 })
    await client.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId ?? ''] }))
  })

  it('of a dry run, which does nothing', async () => {
    const dry = client.send(new AllocateAddressCommand({ DryRun: true }))
    await expect(dry).rejects.toMatchObject({ name: 'DryRunOperation' })
    const { AllocationId } = await allocate()
    const InstanceId = first.InstanceId
    await expect(associate({ AllocationId, InstanceId, DryRun: true })).rejects.toMatchObject({
      name: 'DryRunOperation',
    })
    expect(await describeOne(AllocationId)).not.toHaveProperty('AssociationId')
  })
})

it('says of addresses that they have no names', async () => {
  const { AllocationId } = await allocate()
  const { Addresses } = await client.send(
    new DescribeAddressesAttributeCommand({ AllocationIds: [AllocationId], Attribute: 'domain-name' }),
  )
  expect(Addresses).toEqual([])
})

it('costs three upstream requests at most', async () => {
  const calls = async (work: () => Promise<unknown>) => {
    const requests = await upstream(work)
    expect(requests.length, JSON.stringify(requests)).toBeLessThanOrEqual(3)
  }
  const Tags = [{ Key: 'a', Value: 'b' }]
  let AllocationId = ''
  let AssociationId = ''
  await calls(async () => {
    ;({ AllocationId } = await allocate({ TagSpecifications: [{ ResourceType: 'elastic-ip', Tags }] }))
  })
  await calls(() => allocate({ Domain: 'vpc', Address: '203.0.113.7' }))
  await calls(async () => {
    AssociationId = await associate({ AllocationId, InstanceId: first.InstanceId })
  })
  await calls(() => client.send(new DescribeAddressesCommand({})))
  await calls(() => associate({ AllocationId, InstanceId: second.InstanceId, AllowReassociation: true }))
  await until('the address to move', async () => (await describeInstance(second)).PublicIpAddress !== undefined)
  AssociationId = (await describeOne(AllocationId)).AssociationId ?? ''
  await calls(() => disassociate(AssociationId))
  await calls(() => client.send(new ReleaseAddressCommand({ AllocationId })))
})

it('a cloud without a pool has no addresses to give, and says so', async () => {
  const cloud = await startCloud({}, { ADDRESS_NETWORK_ID: '' })
  try {
    const none = clientOf(cloud, 'helen')
    expect((await none.send(new DescribeAddressesCommand({}))).Addresses).toEqual([])
    await expect(none.send(new AllocateAddressCommand({}))).rejects.toMatchObject({
      name: 'UnsupportedOperation',
      message: 'There are no elastic addresses in this region.',
    })
  } finally {
    await cloud.stop()
  }
})

const clientOf = ({ endpoint }: Cloud, user: string) =>
  new EC2Client({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

const nameOf = (reason: unknown) => (reason instanceof Error ? reason.name : String(reason))

describe('a pool of twenty addresses', () => {
  let cloud: Cloud

  beforeAll(async () => {
    cloud = await startCloud({}, { ADDRESS_NETWORK_ID: '2' })
    const oneadmin = rpc(cloud.one, 'oneadmin:oneadmin')
    const pool = 'NAME="twenty" BRIDGE="br1" VN_MAD="dummy" AR=[TYPE="IP4", IP="198.51.100.1", SIZE="20"]'
    expect(await oneadmin('one.vn.allocate', pool, -1)).toMatchObject({ ok: true, value: '2' })
    await oneadmin('one.vn.chmod', 2, -1, -1, -1, -1, -1, -1, 1, -1, -1)
  })
  afterAll(() => cloud.stop())

  it('gives fifty who ask at once twenty addresses, each once, and refuses thirty', async () => {
    const clients = ['helen', 'rival'].map(user => clientOf(cloud, user))
    const asked = await Promise.allSettled(
      clients.flatMap(each =>
        Array.from({ length: 25 }, () => each.send(new AllocateAddressCommand({ Domain: 'vpc' }))),
      ),
    )
    const given = asked.flatMap(each => (each.status === 'fulfilled' ? [each.value.PublicIp] : []))
    const refused = asked.flatMap(each => (each.status === 'rejected' ? [nameOf(each.reason)] : []))
    expect(new Set(given).size).toBe(20)
    expect(refused).toEqual(Array(30).fill('AddressLimitExceeded'))
    const listed = await Promise.all(clients.map(each => each.send(new DescribeAddressesCommand({}))))
    const shown = listed.flatMap(({ Addresses = [] }) => Addresses.map(({ PublicIp }) => PublicIp))
    expect(shown).toHaveLength(20)
    expect(new Set(shown)).toEqual(new Set(given))
  })

  it('has one again for whoever has just released one, though OpenNebula takes a moment for that', async () => {
    const lastOf = async (user: string) => {
      const client = clientOf(cloud, user)
      const { Addresses: [last] = [] } = await client.send(new DescribeAddressesCommand({}))
      return last ? [{ client, last }] : []
    }
    // One of the two may have been faster with all of them
    const [holder] = (await Promise.all(['helen', 'rival'].map(lastOf))).flat()
    await holder?.client.send(new ReleaseAddressCommand({ AllocationId: holder.last.AllocationId }))
    const again = await holder?.client.send(new AllocateAddressCommand({ Domain: 'vpc' }))
    expect(again?.PublicIp).toBe(holder?.last.PublicIp ?? '')
    await expect(holder?.client.send(new AllocateAddressCommand({ Domain: 'vpc' }))).rejects.toMatchObject({
      name: 'AddressLimitExceeded',
    })
  })
})
