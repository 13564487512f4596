// RunInstances: as many instances as can be had, none of them when that is fewer than the least that was asked for.
import type { Instance, Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { allocateImage, instantiate, type WriteCall } from '../opennebula/calls.ts'
import type { OneWriter } from '../opennebula/client.ts'
import type { Vm, VmTemplate } from '../opennebula/documents.ts'
import { OneUnavailable } from '../opennebula/errors.ts'
import { type Vector, vectors } from '../opennebula/shape.ts'
import { Substituted, type TemplateData, type TemplateVector } from '../opennebula/template.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import { Ec2Error, invalidValue } from '../protocol/errors.ts'
import { rangeWith } from './address.ts'
import { type Launched, oldestOf, vmsOf } from './aftermath.ts'
import type { ChangeContext, Context } from './context.ts'
import { networkWithoutAddress, toEc2Error } from './failures.ts'
import { type InstanceRecord, instanceRecords, toInstance, viewInstance } from './instance.ts'
import { checkMetadataOptions } from './instance-options.ts'
import { ipNumber } from './ip.ts'
import { type LaunchPlan, type PlannedVolume, planLaunch } from './launch-plan.ts'
import { encodeTags } from './record.ts'
import { stateItem } from './states.ts'
import { diskTags, volumeRecords } from './volume.ts'

/** OpenNebula numbers disks in the order in which they are listed: the root comes first. */
const ROOT_DISK = 0

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export async function runInstances(input: RunInstancesRequest, context: ChangeContext): Promise<Reservation> {
  const plan = await planLaunch(input, context)
  const births = Array.from({ length: plan.most }, (_, index) => birth(plan, index, input, context))
  const one = context.commit()
  const launch = {
    reservation: reservationOf(context),
    least: plan.least,
    births: births.map(({ id, volumes }) => ({ id, volumes: volumes.map(volume => volume.id) })),
  }
  await context.begin(launch)
  const { launched, failure } = await make(births, one, context)
  const kept = launched.size >= plan.least ? launched : new Map<string, number>()
  await context.conclude(launch, kept)
  if (kept.size === 0) throw await launchFailure(failure, plan.privateIp, context)
  context.index.remember(kept)
  return { ReservationId: launch.reservation, OwnerId: context.account.id, ...(await described(kept, births, context)) }
}

/** An instance that is to be, with the ids it will have, and the volumes that it brings. */
interface Birth {
  readonly id: string
  readonly record: InstanceRecord
  readonly volumes: readonly (PlannedVolume & { readonly id: string })[]
  readonly calls: readonly WriteCall[]
}

function birth(plan: LaunchPlan, index: number, input: RunInstancesRequest, context: ChangeContext): Birth {
  const { mint, account, settings } = context
  const id = mint.mint('instance', context.seed(index))
  const volumes = plan.volumes.map((volume, nth) => ({
    ...volume,
    id: mint.mint('volume', context.seed(index) && `${context.seed(index)} ${nth}`),
  }))
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
    metadata: input.MetadataOptions && checkMetadataOptions(input.MetadataOptions),
    shutdown: input.InstanceInitiatedShutdownBehavior === 'terminate' ? 'terminate' : undefined,
    volumes: volumes.map(({ id: volume, device, deleteOnTermination }) => ({
      id: volume,
      device,
      deleteOnTermination,
    })),
  }
  const extra: TemplateData = {
    ...(plan.tags.size > 0 && { EC2_TAGS: encodeTags(plan.tags) }),
    EC2_ID: mint.attribute(id, account.user.id),
    EC2_INSTANCE: instanceRecords.write(record),
    ...(plan.volumeTags.size > 0 && { [diskTags(ROOT_DISK)]: encodeTags(plan.volumeTags) }),
    DISK: diskList(plan, volumes, account.user.id),
    ...nicList(plan),
    CONTEXT: contextOf(plan, id),
  }
  const volumeCalls = volumes.map(volume =>
    allocateImage(
      {
        NAME: volume.id,
        TYPE: 'DATABLOCK',
        SIZE: volume.size * 1024,
        PERSISTENT: true,
        EBS_VOLUME: true,
        EC2_ID: mint.attribute(volume.id, account.user.id),
        EC2_VOLUME: volumeRecords.write({ ...volume.record, zone: plan.zone }),
        ...(plan.volumeTags.size > 0 && { EC2_TAGS: encodeTags(plan.volumeTags) }),
      },
      settings.datastore,
    ),
  )
  // One request runs its calls in order: a volume is there, by its name, when the instance asks for it
  return { id, record, volumes, calls: [...volumeCalls, instantiate({ template: plan.template.ID, name: id, extra })] }
}

/** The type's own list, with `$…` in its values left for OpenNebula to fill in. */
const ownVectors = (template: VmTemplate, name: 'CONTEXT' | 'DISK' | 'NIC'): TemplateVector[] =>
  vectors(template.TEMPLATE, name).map(substituted)

const substituted = (vector: Vector): TemplateVector =>
  Object.fromEntries(Object.entries(vector).map(([name, value]) => [name, new Substituted(value)]))

/** OpenNebula takes a DISK list instead of the template's, not besides it: the image first, as the root. */
function diskList({ template, image, rootSize }: LaunchPlan, volumes: Birth['volumes'], uid: number): TemplateVector[] {
  const root = { IMAGE_ID: image.ID, ...(rootSize !== undefined && { SIZE: rootSize * 1024 }) }
  const own = volumes.map(({ id, device }) => ({
    IMAGE: id,
    IMAGE_UID: uid,
    TARGET: device.replace('/dev/', ''),
    EC2_VOLUME_ID: id,
  }))
  return [root, ...own, ...ownVectors(template, 'DISK')]
}

/** The type's interfaces as they are, unless the launch wants another network, address or groups for them. */
function nicList({ template, network, privateIp, securityGroups }: LaunchPlan): TemplateData {
  if (network === undefined && privateIp === undefined && securityGroups === undefined) return {}
  const groups = securityGroups && { SECURITY_GROUPS: securityGroups.join(',') }
  const address = privateIp !== undefined && { IP: privateIp }
  if (network !== undefined) return { NIC: [{ NETWORK_ID: network, ...address, ...groups }] }
  const [first, ...others] = ownVectors(template, 'NIC')
  return { NIC: [{ ...first, ...address, ...groups }, ...others.map(nic => ({ ...nic, ...groups }))] }
}

/** For cloud-init (SSH_PUBLIC_KEY, USER_DATA), for OpenNebula's own context packages, and for images made for econe. */
function contextOf({ template, keyPair, userData }: LaunchPlan, id: string): TemplateVector {
  return {
    ...ownVectors(template, 'CONTEXT')[0],
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

/** Makes those instances that are not there yet, in one request. @throws where nobody knows how it went */
async function make(births: readonly Birth[], one: OneWriter, context: ChangeContext): Promise<Made> {
  if (!context.resumed) return multicall(births, one, context)
  const earlier = await search(births, context)
  const missing = births.filter(({ id }) => !earlier.has(id))
  if (missing.length === 0) return { launched: earlier }
  const { failure } = await multicall(missing, one, context)
  // What an earlier run asked for may have come about meanwhile: of several with one id the oldest is the instance
  return { launched: await search(births, context), failure }
}

async function multicall(births: readonly Birth[], one: OneWriter, context: ChangeContext): Promise<Made> {
  try {
    return result(births, await one.multicall(births.flatMap(({ calls }) => calls)))
  } catch (error) {
    if (!(error instanceof OneUnavailable && error.outcome === 'unknown')) throw error
    // The connection broke and nobody said what became of the calls: the pool knows
    const launched = await search(births, context)
    if (launched.size < births.length) throw error
    return { launched }
  }
}

/** Which of the births came about: each has its volumes' calls before its own. */
function result(births: readonly Birth[], outcomes: readonly Outcome<number>[]): Made {
  const launched = new Map<string, number>()
  let next = 0
  for (const { id, calls } of births) {
    next += calls.length
    const number = outcomes[next - 1]?.value
    if (number !== undefined) launched.set(id, number)
  }
  return { launched, failure: outcomes.find(({ error }) => error !== undefined)?.error }
}

/** The VMs of these births, where they exist. */
async function search(births: readonly Birth[], context: ChangeContext): Promise<Map<string, number>> {
  const ids = births.map(({ id }) => id)
  return oldestOf(await vmsOf(ids, context.since, context), births)
}

/** Why OpenNebula made fewer instances than wanted. */
async function launchFailure(
  error: Error | undefined,
  address: string | undefined,
  context: Context,
): Promise<Ec2Error> {
  const network = networkWithoutAddress(error)
  if (address !== undefined && network !== undefined && (await isOutside(address, network, context))) {
    return invalidValue('privateIpAddress', address, 'It is outside of the subnet.')
  }
  const failure = toEc2Error(error, { kind: 'instance', address })
  if (error !== undefined && failure.code !== 'IncorrectState') return failure
  return new Ec2Error(
    'InsufficientInstanceCapacity',
    'The cloud cannot start as many instances as you have requested at the moment.',
    // AWS answers 500, which SDKs repeat at once: every repeat would start instances and end them again
    400,
  )
}

/** OpenNebula says the same of an address that is in use and of one that the network has not. */
async function isOutside(address: string, network: number, { one }: Context): Promise<boolean> {
  const ip = ipNumber(address)
  return ip !== undefined && rangeWith(ip, await one.network(network)) === undefined
}

const reservationOf = (context: ChangeContext) => context.mint.mint('reservation', context.seed(0) ?? context.requestId)

/** What was made, as it stands now; where that cannot be read any more, as it was asked for. */
async function described(
  launched: ReadonlyMap<string, number>,
  births: readonly Birth[],
  context: ChangeContext,
): Promise<Pick<Reservation, 'Groups' | 'Instances'>> {
  const vms = await Array.fromAsync(context.one.vms([...launched.values()])).catch((): Vm[] => [])
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const made = births.filter(({ id }) => launched.has(id))
  const Instances = made.map(birth => {
    const vm = byNumber.get(launched.get(birth.id) ?? -1)
    return vm ? toInstance(viewInstance(vm, context), context) : pendingInstance(birth)
  })
  return { Groups: [], Instances }
}

/**
 * The answer to a repeat of a launch: the same instances, as they are now.
 * @throws OneUnavailable
 */
export async function describeLaunch({ reservation, kept }: Launched, context: Context): Promise<Reservation> {
  const vms = await Array.fromAsync(context.one.vms([...kept.values()]))
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const Instances = Array.from(kept, ([InstanceId, number]): Instance => {
    const vm = byNumber.get(number)
    return vm ? toInstance(viewInstance(vm, context), context) : { InstanceId, State: stateItem('terminated') }
  })
  return { ReservationId: reservation, OwnerId: context.account.id, Groups: [], Instances }
}

const pendingInstance = ({ id, record }: Birth): Instance => ({
  InstanceId: id,
  ImageId: record.image,
  AmiLaunchIndex: record.index,
  KeyName: record.key,
  State: stateItem('pending'),
})
