// RunInstances: as many instances as can be had, none of them when that is fewer than the least that was asked for.
import type { Reservation, RunInstancesRequest } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../../core/context.ts'
import { type OneWriter, type Vm, vmSet } from '../../core/documents.ts'
import { showing } from '../../network-interfaces/find.ts'
import { madeGroups, membersChange } from '../../security-groups/states.ts'
import { namesGroup } from '../placement-groups/find.ts'
import { PLACEMENT_LOCK } from '../placement-groups/resource.ts'
import { rememberImage } from '../templates/image-hints.ts'
import { described } from './answer.ts'
import { askedByLaunch } from './asked.ts'
import { launchFailure } from './failure.ts'
import { type Committed, commitLaunch, keep, type Launch, writeLaunchDown } from './journal.ts'
import { make } from './make.ts'
import type { PlannedInterface } from './nics.ts'
import { type LaunchPlan, planLaunch } from './plan.ts'
import { type PlannedInstance, plannedInstance, reservationOf } from './planned-instance.ts'
import { withLaunchTemplate } from './template.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export async function runInstances(request: RunInstancesRequest, context: ChangeContext): Promise<Reservation> {
  // The group stays until the launch is written down, and from then on for its sake. A template may name one, too
  const locks = namesGroup(request.Placement) || request.LaunchTemplate ? [PLACEMENT_LOCK] : []
  const begun = await context.hold(locks, () => begin(request, context))
  return carryOut(begun, context)
}

/** A launch that is written down. */
interface Begun {
  readonly plan: LaunchPlan
  readonly instances: readonly PlannedInstance[]
  readonly launch: Launch
  readonly one: OneWriter
}

async function begin(request: RunInstancesRequest, context: ChangeContext): Promise<Begun> {
  const templated = await withLaunchTemplate(request, context)
  const { input, template, early } = templated
  const planned = await planLaunch(input, context, early)
  const wasForeseen = early === undefined || early.images[0]?.ID === planned.image.ID
  if (request.LaunchTemplate && !request.ImageId && !wasForeseen) {
    rememberImage(request.LaunchTemplate, planned.image.ID, context)
  }
  await context.authorize(() => askedByLaunch(templated, planned, context))
  const one = context.commit()
  const plan = {
    ...planned,
    options: { ...planned.options, template },
    interfaces: await withGroups(planned.interfaces, context),
  }
  const instances = Array.from({ length: plan.most }, (_, index) => plannedInstance(plan, index, input, context))
  const launch = {
    reservation: reservationOf(context),
    least: plan.least,
    instances: instances.map(({ id, volumes }) => ({ id, volumes: volumes.map(volume => volume.id) })),
    template,
    placement: plan.placement?.id,
  }
  await writeLaunchDown(launch, context)
  return { plan, instances, launch, one }
}

async function carryOut({ plan, instances, launch, one }: Begun, context: ChangeContext): Promise<Reservation> {
  await membersChange(context)
  const { launched, failure } = await make(instances, one, context, plan.placement?.before ?? [])
  const committed = launched.size >= plan.least ? launched : new Map<string, number>()
  const { vms, all } = await show(committed, one)
  await commitLaunch(launch, committed, all, context)
  if (committed.size === 0) throw await launchFailure(failure, plan.interfaces, context)
  context.index.remember(committed)
  return {
    ReservationId: launch.reservation,
    OwnerId: context.account.id,
    ...(await described(committed, instances, vms, showing(context, plan.networks), context)),
  }
}

/** A default group is made when the first instance comes into it: once, however many interfaces are to be in it. */
async function withGroups<I extends PlannedInterface>(planned: readonly I[], context: ChangeContext): Promise<I[]> {
  const wanted = new Map(planned.flatMap(({ groups = [] }) => groups.map(group => [group.id, group] as const)))
  const made = new Map((await madeGroups([...wanted.values()], context)).map(group => [group.id, group]))
  return planned.map(each => ({ ...each, groups: each.groups?.flatMap(({ id }) => made.get(id) ?? []) }))
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
