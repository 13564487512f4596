// AttachNetworkInterface: at once, or when its turn comes where OpenNebula can do no two hot-plugs at a time.
import type { AttachNetworkInterfaceRequest, AttachNetworkInterfaceResult } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { combination, invalid, invalidBecause, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { ownNetworks } from '../core/own-networks.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { merge } from '../core/writes.ts'
import { findInstance } from '../instances/find.ts'
import { isParked, shownState } from '../instances/states.ts'
import { holderOf, type InstanceView, toInstance } from '../instances/view.ts'
import { pickOwn, vmOfOwn, withNetworks } from './find.ts'
import {
  type AttachmentRecord,
  type InterfaceGoal,
  interfaceRecords,
  type OwnInterface,
  type OwnInterfaces,
} from './own.ts'
import { ATTACHMENT, INTERFACES_LOCK, interfaceInUse, MOST_INDEX } from './resource.ts'
import { followers, interfaceTasks, plug, plugIn } from './task.ts'
import { nicKnowledge, ownIn } from './view.ts'

/**
 * Attaches an interface. Where the instance is busy with another hot-plug it waits for its turn, `attaching`.
 * @throws Ec2Error InvalidNetworkInterface.InUse, IncorrectState, InvalidParameterCombination for one of another VPC,
 *   AttachmentLimitExceeded
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html
 */
export async function attachNetworkInterface(
  { NetworkInterfaceId: id = '', InstanceId = '', DeviceIndex: index }: AttachNetworkInterfaceRequest,
  context: ChangeContext,
): Promise<AttachNetworkInterfaceResult> {
  if (index === undefined) throw missing('DeviceIndex')
  if (index < 1 || index > MOST_INDEX) {
    throw invalid('deviceIndex', index, `It is a number from 1 to ${MOST_INDEX}: 0 is the primary network interface.`)
  }
  return context.hold([INTERFACES_LOCK], async () => {
    const [{ networks, interfaces, own }, found] = await sideBySide(
      context,
      look => findFree(id, look),
      look => findInstance(InstanceId, look),
    )
    const instance = withNetworks(networks, context)(found)
    checkPlace(own, instance, context)
    checkIndex(index, instance, interfaces)
    const [number, vm] = [own.network.ID, instance.vm.ID]
    const since = Math.floor(context.now() / 1000)
    const attachment: AttachmentRecord = { id: context.mint.mint(ATTACHMENT), vm, index, since, ends: false }
    const EC2_INTERFACE = interfaceRecords.write({ ...own.record, attachment })
    const note = (EC2_GOAL: InterfaceGoal | '') => merge('vn', number, { EC2_INTERFACE, EC2_GOAL })
    const plan = { now: [note(''), plugIn(vm, number)], later: [note('attach')], after: followers(own) }
    const task = { kind: 'interface', number, wanted: 'attach', vm, attachment: attachment.id } as const
    await plug(task, instance.vm, plan, context)
    return { AttachmentId: attachment.id, NetworkCardIndex: 0 }
  })
}

/** An interface that is in no instance, with all that the account has. @throws Ec2Error NotFound, InvalidNetworkInterface.InUse */
async function findFree(id: string, context: ChangeContext) {
  const networks = await ownNetworks(context)()
  const interfaces = ownIn(networks, context)
  const own = pickOwn(id, interfaces)
  checkFree(own, context)
  return { networks, interfaces, own }
}

/** One that waits for an instance is in use, while it really does. */
function checkFree({ id, lessee, goal, network }: OwnInterface, { tasks }: ChangeContext): void {
  const isWaiting = goal === 'attach' && tasks.of(interfaceTasks).some(({ number }) => number === network.ID)
  if (lessee !== undefined || isWaiting) throw interfaceInUse(id)
}

/**
 * Instances of any zone may be in one subnet here, and so an interface may be in an instance of any.
 * @throws Ec2Error for an instance that can have no interface, or not this one
 */
function checkPlace(own: OwnInterface, view: InstanceView, context: Context): void {
  const { id, vm, wanted } = view
  const state = shownState(vm, wanted)
  if ((state !== 'running' && state !== 'stopped') || isParked(vm)) {
    throw new Ec2Error('IncorrectState', `Instance '${id}' is not 'running' or 'stopped'.`)
  }
  const vpc = toInstance(view, context).VpcId
  if (vpc === undefined || vpc === own.record.vpc) return
  throw combination('You may not attach a network interface to an instance if they are not in the same VPC')
}

/** @throws Ec2Error InvalidParameterValue, AttachmentLimitExceeded */
function checkIndex(index: number, view: InstanceView, interfaces: OwnInterfaces): void {
  const { id, vm } = view
  const waiting = [...interfaces.values()].filter(own => own.lessee === undefined && vmOfOwn(own) === vm.ID)
  const indices = [
    ...vm.TEMPLATE.NIC.map(nic => nicKnowledge(nic, holderOf(view)).attachment.index),
    ...waiting.flatMap(({ record: { attachment } }) => attachment?.index ?? []),
  ]
  if (indices.includes(index)) {
    throw invalidBecause(`Instance '${id}' already has an interface attached at device index '${index}'.`)
  }
  const { most, code } = limits.interfacesOfInstance
  if (indices.length < most) return
  throw new Ec2Error(code, `Interface count ${indices.length + 1} exceeds the limit of instance '${id}', ${most}.`)
}
