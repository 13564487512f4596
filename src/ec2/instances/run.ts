// RunInstances: as many instances as can be had, none of them when that is fewer than the least that was asked for.

import type { Instance, Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../lib/ip.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { isVolatile } from '../../opennebula/disks.ts'
import { OneUnavailable } from '../../opennebula/errors.ts'
import { type Vector, vectors } from '../../opennebula/xml/attributes.ts'
import { Substituted, type TemplateData, type TemplateVector } from '../../opennebula/xml/template.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { combination, invalid } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { rangeWith } from '../addresses/view.ts'
import { type NameOn, named } from '../core/attribute-names.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { type OneWriter, type Vm, vmSet } from '../core/documents.ts'
import { networkWithoutAddress, toEc2Error } from '../core/failures.ts'
import { encodeTags } from '../core/stored-tags.ts'
import type { Tags } from '../core/tags.ts'
import { allocateImage, instantiate } from '../core/writes.ts'
import { finishing } from '../disk-images/copies.ts'
import { nicTags } from '../network-interfaces/view.ts'
import type { HotPlugTask } from '../volumes/hot-plug.ts'
import { VOLUME } from '../volumes/resource.ts'
import { diskRecord, diskTags, volumeRecords } from '../volumes/view.ts'
import { type Copies, copiesNamed, makeCopies, type PlannedCopy } from './launch-copies.ts'
import type { PlannedVolume } from './launch-disks.ts'
import {
  type Committed,
  commitLaunch,
  keep,
  type Launched,
  oldestOf,
  UNDECIDED,
  vmsOf,
  writeLaunchDown,
} from './launch-journal.ts'
import { type LaunchPlan, planLaunch } from './launch-plan.ts'
import { INSTANCE, RESERVATION } from './resource.ts'
import { stateItem } from './states.ts'
import { type InstanceRecord, instanceRecords, ROOT_DISK, toInstance, viewInstance } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export async function runInstances(input: RunInstancesRequest, context: ChangeContext): Promise<Reservation> {
  const plan = await planLaunch(input, context)
  const instances = Array.from({ length: plan.most }, (_, index) => plannedInstance(plan, index, input, context))
  const one = context.commit()
  const launch = {
    reservation: reservationOf(context),
    least: plan.least,
    instances: instances.map(({ id, volumes }) => ({ id, volumes: volumes.map(volume => volume.id) })),
  }
  await writeLaunchDown(launch, context)
  const { launched, failure } = await make(instances, one, context)
  const committed = launched.size >= plan.least ? launched : new Map<string, number>()
  const { vms, all } = await show(committed, one)
  await commitLaunch(launch, committed, all, context)
  if (committed.size === 0) throw await launchFailure(failure, plan.privateIp, context)
  context.index.remember(committed)
  return {
    ReservationId: launch.reservation,
    OwnerId: context.account.id,
    ...described(committed, instances, vms, context),
  }
}

/** Instances as they are once they are shown. */
interface Shown {
  readonly vms: readonly Vm[]
  /** False where some may not be shown yet. */
  readonly all: boolean
}

/** Takes the note off the VMs that are the caller's: until now they were to be discarded, and nobody saw them. */
async function show(committed: Committed, one: OneWriter): Promise<Shown> {
  const numbers = [...committed.values()]
  if (numbers.length === 0) return { vms: [], all: true }
  try {
    const { objects, errors } = await one.changeAndRead(numbers.map(keep), vmSet(numbers))
    return { vms: objects, all: errors.length === 0 }
  } catch {
    // The launch is not over then, and shows them as soon as it can
    return { vms: [], all: false }
  }
}

/** A volume that an instance brings. */
type PlannedDisk = PlannedVolume & { readonly id: string }

/** An instance that is to be, with the ids it will have, and the volumes that it brings. */
interface PlannedInstance {
  readonly id: string
  readonly record: InstanceRecord
  /** The root's first, where it is one. */
  readonly volumes: readonly PlannedDisk[]
  /** What makes it. @param numbers those of the copies among its volumes, by their ids */
  readonly calls: (numbers: ReadonlyMap<string, number>) => InstanceCalls
}

/** One request runs its calls in order: volumes are there, and whose they are, when the instance asks for them. */
interface InstanceCalls {
  readonly before: readonly WriteCall[]
  /** How many of the last of these have to succeed: a copy that is not its instance's own must not be its disk. */
  readonly needed: number
  readonly instance: WriteCall
}

function plannedInstance(
  plan: LaunchPlan,
  index: number,
  input: RunInstancesRequest,
  context: ChangeContext,
): PlannedInstance {
  const { mint, account } = context
  const id = mint.mint(INSTANCE, context.seed(index))
  const planned = (volume: PlannedVolume, nth: number | 'root'): PlannedDisk => ({
    ...volume,
    id: mint.mint(VOLUME, context.seed(index) && `${context.seed(index)} ${nth}`),
  })
  const { root } = plan.disks
  const rootVolume = root.volume && planned(root.volume, 'root')
  const data = plan.disks.volumes.map(planned)
  const volumes = rootVolume ? [rootVolume, ...data] : data
  const record: InstanceRecord = {
    reservation: reservationOf(context),
    index,
    image: plan.imageId,
    key: plan.keyPair?.name,
    token: input.ClientToken,
    zone: plan.zone,
    monitored: input.Monitoring?.Enabled,
    keep: input.DisableApiTermination,
    keepRunning: input.DisableApiStop,
    ebsOptimized: input.EbsOptimized,
    ...plan.options,
    rootDevice: root.device,
    volumes: volumes.map(({ id: volume, device, deleteOnTermination }) => ({
      id: volume,
      device,
      deleteOnTermination,
    })),
  }
  const extra = (numbers: ReadonlyMap<string, number>) => ({
    ...tagged('EC2_TAGS', plan.tags),
    EC2_ID: mint.attribute(id, account.user.id),
    EC2_GOAL: UNDECIDED,
    EC2_INSTANCE: instanceRecords.write(record),
    ...(!rootVolume && {
      ...named(diskRecord(ROOT_DISK), volumeRecords.write(root.record)),
      ...tagged(diskTags(ROOT_DISK), plan.volumeTags),
    }),
    ...tagged(nicTags(FIRST_NIC), plan.interfaceTags),
    DISK: [
      ...(rootVolume ? [] : [rootDisk(plan)]),
      ...volumes.map(volume => volumeDisk(volume, volume === rootVolume, numbers, account.user.id)),
      ...templateVectors(vectors(plan.template.TEMPLATE, 'DISK').filter(isVolatile)),
    ],
    ...nicList(plan),
    CONTEXT: contextOf(plan, id),
  })
  return {
    id,
    record,
    volumes,
    calls: numbers => {
      const empty = volumes.filter(({ from }) => from === undefined).map(volume => allocation(volume, plan, context))
      const copies = volumes.flatMap(volume => {
        const number = numbers.get(volume.id)
        const type = volume === rootVolume ? 'OS' : 'DATABLOCK'
        const attributes = volumeAttributes(volume, plan)
        return number === undefined
          ? []
          : finishing(number, { name: volume.id, type, attributes, persistent: true }, context)
      })
      return {
        before: [...empty, ...copies],
        needed: copies.length,
        instance: instantiate({ template: plan.template.ID, name: id }, extra(numbers)),
      }
    },
  }
}

const tagged = <N extends NameOn<'vm', 'tags'>>(name: N, tags: Tags) =>
  tags.size > 0 ? named(name, encodeTags(tags)) : {}

/** What makes an image a volume, but for its id. */
const volumeAttributes = ({ record }: PlannedDisk, { zone, volumeTags }: LaunchPlan) => ({
  EBS_VOLUME: true,
  EC2_VOLUME: volumeRecords.write({ ...record, zone }),
  ...(volumeTags.size > 0 && { EC2_TAGS: encodeTags(volumeTags) }),
})

const allocation = (volume: PlannedDisk, plan: LaunchPlan, { mint, account, settings }: ChangeContext): WriteCall =>
  allocateImage(
    {
      NAME: volume.id,
      TYPE: 'DATABLOCK',
      SIZE: volume.size * 1024,
      PERSISTENT: true,
      EC2_ID: mint.attribute(volume.id, account.user.id),
      ...volumeAttributes(volume, plan),
    },
    settings.datastore,
  )

/** OpenNebula takes a list instead of the template's, not besides it. */
const templateVectors = (list: readonly Vector[]): TemplateVector[] => list.map(substituted)

/** With `$…` in its values left for OpenNebula to fill in. */
const substituted = (vector: Vector): TemplateVector =>
  Object.fromEntries(Object.entries(vector).map(([name, value]) => [name, new Substituted(value)]))

/** The image itself, of which OpenNebula makes a copy that ends with the instance. */
const rootDisk = ({ image, disks: { root } }: LaunchPlan): TemplateVector => ({
  IMAGE_ID: image.ID,
  ...(root.size !== undefined && { SIZE: root.size * 1024 }),
})

/** A volume as a disk: by its number where it has one already, else by its name. The root has the first device. */
function volumeDisk(
  { id, target }: PlannedDisk,
  isRoot: boolean,
  numbers: ReadonlyMap<string, number>,
  uid: number,
): TemplateVector {
  const number = numbers.get(id)
  return {
    ...(number === undefined ? { IMAGE: id, IMAGE_UID: uid } : { IMAGE_ID: number }),
    ...(!isRoot && { TARGET: target }),
    EC2_VOLUME_ID: id,
  }
}

/** OpenNebula numbers interfaces in the order in which they are listed. */
const FIRST_NIC = 0

/**
 * The type's interfaces as they are, unless the launch wants another network, address or groups for them. A public
 * address is an alias of the first, which OpenNebula frees with the instance.
 */
function nicList(plan: LaunchPlan): TemplateData {
  const { template, network, privateIp, securityGroups, publicNetwork } = plan
  const own = templateVectors(vectors(template.TEMPLATE, 'NIC'))
  const groups = securityGroups && { SECURITY_GROUPS: securityGroups.join(',') }
  const address = privateIp !== undefined && { IP: privateIp }
  const [first, ...others] = network === undefined ? own : [{ NETWORK_ID: network }]
  const NIC = [{ ...first, ...address, ...groups }, ...others.map(nic => ({ ...nic, ...groups }))]
  const isChanged = network !== undefined || privateIp !== undefined || securityGroups !== undefined
  if (publicNetwork === undefined) return isChanged ? { NIC } : {}
  if (!first) {
    throw combination('Instances of this type have no network interface: name a subnet for the public IP address.')
  }
  const external = { NETWORK_ID: publicNetwork, PARENT: first['NAME'] ?? `NIC${FIRST_NIC}`, EXTERNAL: true }
  return { NIC, NIC_ALIAS: [external, ...templateVectors(vectors(template.TEMPLATE, 'NIC_ALIAS'))] }
}

/** For cloud-init (SSH_PUBLIC_KEY, USER_DATA), for OpenNebula's own context packages, and for images made for econe. */
function contextOf({ template, keyPair, userData }: LaunchPlan, id: string): TemplateVector {
  return {
    ...templateVectors(vectors(template.TEMPLATE, 'CONTEXT'))[0],
    EC2_INSTANCE_ID: id,
    SET_HOSTNAME: id,
    HOSTNAME: id,
    ...(keyPair && { SSH_PUBLIC_KEY: keyPair.publicKey, EC2_PUBLIC_KEY: keyPair.publicKey }),
    ...(userData !== undefined && {
      USER_DATA: userData,
      USER_DATA_ENCODING: 'base64',
      EC2_USER_DATA: userData,
    }),
  }
}

interface Made {
  /** The VMs that there are now, by the ids of their instances. */
  readonly launched: Map<string, number>
  /** Why there are not more. */
  readonly failure?: Error | undefined
}

/**
 * Makes those instances that are not there yet, in one request, and the copies among their volumes in one before it.
 * @throws where nobody knows how it went
 */
async function make(instances: readonly PlannedInstance[], one: OneWriter, context: ChangeContext): Promise<Made> {
  const earlier = context.resumed ? await search(instances, context) : new Map<string, number>()
  const missing = instances.filter(({ id }) => !earlier.has(id))
  const copies = await copy(instances, missing, one, context)
  await grow(
    instances.filter(({ id }) => earlier.has(id)),
    earlier,
    copies.numbers,
    context,
  )
  const ready = missing.filter(({ volumes }) => volumes.every(({ id, from }) => !from || copies.numbers.has(id)))
  if (ready.length === 0) return { launched: earlier, failure: copies.failure }
  const made = await multicall(ready, copies.numbers, one, context)
  // What an earlier run asked for may have come about meanwhile: of several with one id the oldest is the instance
  const launched = context.resumed ? await search(instances, context) : made.launched
  await grow(ready, launched, copies.numbers, context)
  return { launched, failure: copies.failure ?? made.failure }
}

const copiesOf = (instances: readonly PlannedInstance[]): PlannedCopy[] =>
  instances.flatMap(({ volumes }) => volumes.flatMap(({ id, from }) => (from ? [{ id, from }] : [])))

async function copy(
  instances: readonly PlannedInstance[],
  missing: readonly PlannedInstance[],
  one: OneWriter,
  context: ChangeContext,
): Promise<Copies> {
  const found = context.resumed ? await copiesNamed(copiesOf(instances), context) : new Map<string, number>()
  return makeCopies(copiesOf(missing), found, one, context)
}

/** Copies have the size of what they are made of: OpenNebula grows those that shall have more as soon as it can. */
async function grow(
  instances: readonly PlannedInstance[],
  launched: ReadonlyMap<string, number>,
  numbers: ReadonlyMap<string, number>,
  context: ChangeContext,
): Promise<void> {
  const tasks = instances.flatMap(({ id, volumes }) => {
    const vm = launched.get(id)
    return vm === undefined ? [] : volumes.flatMap(volume => growthOf(volume, vm, numbers.get(volume.id), context))
  })
  if (tasks.length > 0) await context.tasks.begin(tasks)
}

function growthOf(
  { id, device, target, record: { size } }: PlannedDisk,
  vm: number,
  number: number | undefined,
  context: ChangeContext,
): HotPlugTask[] {
  if (size === undefined || number === undefined) return []
  const since = Math.floor(context.now() / 1000)
  const disk = { IMAGE_ID: number, TARGET: target, EC2_VOLUME_ID: id, EC2_DEVICE: device, EC2_ATTACH_TIME: since }
  return [{ kind: 'disk', number, wanted: 'attach', vm, disk, size: size * 1024 }]
}

async function multicall(
  instances: readonly PlannedInstance[],
  numbers: ReadonlyMap<string, number>,
  one: OneWriter,
  context: ChangeContext,
): Promise<Made> {
  const parts = instances.map(({ id, calls }) => ({ id, ...calls(numbers) }))
  try {
    return result(parts, await one.multicall(parts.flatMap(({ before, instance }) => [...before, instance])))
  } catch (error) {
    if (!(error instanceof OneUnavailable && error.outcome === 'unknown')) throw error
    // The connection broke and nobody said what became of the calls: the pool knows
    const launched = await search(instances, context)
    if (launched.size < instances.length) throw error
    return { launched }
  }
}

/** Which of the instances came about, and how. */
function result(
  parts: readonly (InstanceCalls & { readonly id: string })[],
  outcomes: readonly Outcome<number>[],
): Made {
  const launched = new Map<string, number>()
  let next = 0
  for (const { id, before, needed } of parts) {
    next += before.length + 1
    const number = outcomes[next - 1]?.value
    const isOwn = outcomes.slice(next - 1 - needed, next - 1).every(({ error }) => error === undefined)
    if (number !== undefined && isOwn) launched.set(id, number)
  }
  return { launched, failure: outcomes.find(({ error }) => error !== undefined)?.error }
}

/** The VMs of these instances, where they exist. */
async function search(instances: readonly PlannedInstance[], context: ChangeContext): Promise<Map<string, number>> {
  const ids = instances.map(({ id }) => id)
  return oldestOf(await vmsOf(ids, context.since, context), instances)
}

/** Why OpenNebula made fewer instances than wanted. */
async function launchFailure(
  error: Error | undefined,
  address: string | undefined,
  context: Context,
): Promise<Ec2Error> {
  const network = networkWithoutAddress(error)
  if (network !== undefined && network === context.settings.addressNetwork) {
    return new Ec2Error('InsufficientFreeAddressesInSubnet', 'There are no public IP addresses left at the moment.')
  }
  if (address !== undefined && network !== undefined && (await isOutside(address, network, context))) {
    return invalid('privateIpAddress', address, 'It is outside of the subnet.')
  }
  const failure = toEc2Error(error, { resource: INSTANCE, address })
  if (error !== undefined && failure.code !== 'IncorrectState') return failure
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    'The cloud cannot start as many instances as you have requested at the moment.',
  )
}

/** OpenNebula says the same of an address that is in use and of one that the network has not. */
async function isOutside(address: string, network: number, { one }: Context): Promise<boolean> {
  const ip = ipNumber(address)
  return ip !== undefined && rangeWith(ip, await one.network(network)) === undefined
}

const reservationOf = (context: ChangeContext) => context.mint.mint(RESERVATION, context.seed(0) ?? context.requestId)

/** What was made, as it stands now; where that could not be read any more, as it was asked for. */
function described(
  launched: Committed,
  instances: readonly PlannedInstance[],
  vms: readonly Vm[],
  context: ChangeContext,
): Pick<Reservation, 'Groups' | 'Instances'> {
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const made = instances.filter(({ id }) => launched.has(id))
  const Instances = made.map(plannedInstance => {
    const vm = byNumber.get(launched.get(plannedInstance.id) ?? -1)
    return vm ? toInstance(viewInstance(vm, context), context) : pendingInstance(plannedInstance)
  })
  return { Groups: [], Instances }
}

/**
 * The answer to a repeat of a launch: the same instances, as they are now.
 * @throws OneUnavailable
 */
export async function describeLaunch({ reservation, committed }: Launched, context: Context): Promise<Reservation> {
  const vms = await Array.fromAsync(context.one.vms([...committed.values()]))
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const Instances = Array.from(committed, ([InstanceId, number]): Instance => {
    const vm = byNumber.get(number)
    return vm ? toInstance(viewInstance(vm, context), context) : { InstanceId, State: stateItem('terminated') }
  })
  return { ReservationId: reservation, OwnerId: context.account.id, Groups: [], Instances }
}

const pendingInstance = ({ id, record }: PlannedInstance): Instance => ({
  InstanceId: id,
  ImageId: record.image,
  AmiLaunchIndex: record.index,
  KeyName: record.key,
  State: stateItem('pending'),
})
