// RunInstances: as many instances as can be had, none of them when that is fewer than the least that was asked for.
import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { allocateImage, instantiate, remove, vmAction, type WriteCall } from '../opennebula/calls.ts'
import type { Vm, VmTemplate } from '../opennebula/documents.ts'
import { OneError, OneUnavailable } from '../opennebula/errors.ts'
import { type Vector, vectors } from '../opennebula/shape.ts'
import { encoded, Substituted, type TemplateData, type TemplateVector } from '../opennebula/template.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import { Ec2Error } from '../protocol/errors.ts'
import type { ChangeContext } from './context.ts'
import { toEc2Error } from './failures.ts'
import { type InstanceRecord, sealedId, toInstance, viewInstance } from './instance.ts'
import { type LaunchPlan, type PlannedVolume, planLaunch } from './launch-plan.ts'
import { encodeTags } from './record.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export async function runInstances(input: RunInstancesRequest, context: ChangeContext): Promise<Reservation> {
  const plan = await planLaunch(input, context)
  context.commit()
  const births = Array.from({ length: plan.most }, (_, index) => birth(plan, index, input, context))
  const existing = context.resumed ? await search(births, context) : new Map<string, number>()
  const launched = await launch(births, existing, plan, context)
  context.index.remember(launched.map(({ id, number }) => [id, number]))
  return reservation(launched, births, context)
}

/** An instance that is to be, with the ids it will have, and the volumes that it brings. */
interface Birth {
  readonly id: string
  readonly record: InstanceRecord
  readonly volumes: readonly (PlannedVolume & { readonly id: string })[]
  readonly calls: readonly WriteCall[]
}

interface Launched {
  readonly id: string
  readonly number: number
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
    EC2_INSTANCE: encoded(record),
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
        ...(plan.volumeTags.size > 0 && { EC2_TAGS: encodeTags(plan.volumeTags) }),
      },
      settings.datastore,
    ),
  )
  // One request runs its calls in order: a volume is there, by its name, when the instance asks for it
  return { id, record, volumes, calls: [...volumeCalls, instantiate({ template: plan.template.ID, name: id, extra })] }
}

/** The type's own list, with `$…` in its values left for OpenNebula to fill in. */
const ownVectors = (template: VmTemplate, name: string): TemplateVector[] =>
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

/**
 * Makes those instances that are not there yet, in one request, and undoes it when they are too few.
 * @throws Ec2Error why they are too few; Unavailable where nobody knows
 */
async function launch(
  births: readonly Birth[],
  existing: ReadonlyMap<string, number>,
  plan: LaunchPlan,
  context: ChangeContext,
): Promise<Launched[]> {
  const one = context.commit()
  const missing = births.filter(({ id }) => !existing.has(id))
  const outcomes = await one
    .multicall(missing.flatMap(({ calls }) => calls))
    .catch(error => settle(error, births, context))
  const created = outcomes instanceof Map ? outcomes : new Map([...existing, ...numbersOf(missing, outcomes)])
  const launched = births.flatMap(({ id }) => {
    const number = created.get(id)
    return number === undefined ? [] : [{ id, number }]
  })
  const failures = outcomes instanceof Map ? [] : outcomes.flatMap(({ error }) => error ?? [])
  if (launched.length < births.length) await discardVolumes(births, created, context)
  if (launched.length >= plan.least) return launched
  await terminateAll(launched, context)
  throw launchFailure(failures[0])
}

/** Which of the births came about: each has its volumes' calls before its own. */
function numbersOf(births: readonly Birth[], outcomes: readonly Outcome<number>[]): [string, number][] {
  let next = 0
  return births.flatMap(({ id, calls }): [string, number][] => {
    next += calls.length
    const number = outcomes[next - 1]?.value
    return number === undefined ? [] : [[id, number]]
  })
}

/** The connection broke and nobody said what became of the calls: the pool knows. */
async function settle(error: unknown, births: readonly Birth[], context: ChangeContext): Promise<Map<string, number>> {
  if (!(error instanceof OneUnavailable) || error.outcome === 'none') throw toEc2Error(error)
  const found = await search(births, context).catch(() => new Map<string, number>())
  if (found.size === births.length) return found
  // A repeat with the same client token finds them; without one nobody would
  if (context.seed(0) === undefined) await context.abandon(births.map(({ id }) => id))
  throw toEc2Error(error)
}

/** The VMs of these births, where they exist: they are among the newest of the account. */
async function search(births: readonly Birth[], context: ChangeContext): Promise<Map<string, number>> {
  const wanted = new Set(births.map(({ id }) => id))
  const found = new Map<string, number>()
  for await (const vm of context.one.vmPages()) {
    const id = context.mint.idOf('instance', sealedId(vm))
    if (wanted.delete(id)) found.set(id, vm.ID)
    if (wanted.size === 0 || isOlder(vm, context)) break
  }
  return found
}

/** A client token is good for a day: nothing older can come of an earlier run of this request. */
const isOlder = (vm: Vm, { now }: ChangeContext) => vm.STIME * 1000 < now() - 24 * 60 * 60 * 1000

async function terminateAll(launched: readonly Launched[], context: ChangeContext): Promise<void> {
  const numbers = launched.map(({ number }) => number)
  const outcomes = await context.commit().multicall(numbers.map(number => vmAction('terminate-hard', number)))
  const refused = numbers.filter((_, index) => outcomes[index]?.error !== undefined)
  await context.pursue(refused.map(number => ({ kind: 'vm', number, goal: 'terminate' })))
}

/** Volumes whose instance did not come about are of no use to anybody. */
async function discardVolumes(
  births: readonly Birth[],
  created: ReadonlyMap<string, number>,
  context: ChangeContext,
): Promise<void> {
  const names = new Set(
    births.filter(({ id }) => !created.has(id)).flatMap(({ volumes }) => volumes.map(({ id }) => id)),
  )
  if (names.size === 0) return
  const numbers: number[] = []
  for await (const image of context.one.images({ whose: context.account.user.id })) {
    if (names.has(image.NAME)) numbers.push(image.ID)
  }
  const outcomes = await context.commit().multicall(numbers.map(number => remove('image', number)))
  const refused = numbers.filter((_, index) => outcomes[index]?.error !== undefined)
  await context.pursue(refused.map(number => ({ kind: 'image', number, goal: 'delete' })))
}

/** Why OpenNebula made fewer instances than wanted. */
function launchFailure(error: Error | undefined): Ec2Error {
  if (
    error instanceof OneError &&
    (error.code === 'ACTION' || error.code === 'INTERNAL' || error.code === 'ALLOCATE')
  ) {
    return new Ec2Error(
      'InsufficientInstanceCapacity',
      'The cloud cannot start as many instances as you have requested at the moment.',
      // AWS answers 500, which SDKs repeat at once: every repeat would start instances and end them again
      400,
    )
  }
  return toEc2Error(error)
}

const reservationOf = (context: ChangeContext) => context.mint.mint('reservation', context.seed(0) ?? context.requestId)

/** What was made, as it stands now; where that cannot be read any more, as it was asked for. */
async function reservation(
  launched: readonly Launched[],
  births: readonly Birth[],
  context: ChangeContext,
): Promise<Reservation> {
  const vms = await Array.fromAsync(context.one.vms(launched.map(({ number }) => number))).catch((): Vm[] => [])
  const byNumber = new Map(vms.map(vm => [vm.ID, vm]))
  const instances = launched.map(({ id, number }) => {
    const vm = byNumber.get(number)
    return vm ? toInstance(viewInstance(vm, context), context) : pendingInstance(id, births)
  })
  return { ReservationId: reservationOf(context), OwnerId: context.account.id, Groups: [], Instances: instances }
}

function pendingInstance(id: string, births: readonly Birth[]) {
  const record = births.find(birth => birth.id === id)?.record
  return {
    InstanceId: id,
    ImageId: record?.image,
    AmiLaunchIndex: record?.index,
    KeyName: record?.key,
    State: { Code: 0, Name: 'pending' as const },
  }
}
