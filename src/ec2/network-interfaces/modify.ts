// ModifyNetworkInterfaceAttribute and ResetNetworkInterfaceAttribute: one attribute of an interface a request.
import type {
  ModifyNetworkInterfaceAttributeRequest,
  NetworkInterfaceAttachmentChanges,
  ResetNetworkInterfaceAttributeRequest,
} from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { impossible, missing } from '../../protocol/complaints.ts'
import { noAttributes, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { throwFirst } from '../core/failures.ts'
import { multicallWhenFree } from '../core/nic-work.ts'
import { notFound } from '../core/resource.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { holderOf } from '../instances/view.ts'
import { pickGroups, readNamableGroups } from '../security-groups/find.ts'
import { findInterface, type InterfaceView, readNetworks } from './find.ts'
import type { AttachmentRecord } from './own.ts'
import { ATTACHMENT, INTERFACES_LOCK } from './resource.ts'
import { type Kept, keep, ownRecordCall, regroup } from './states.ts'
import { networkPlaceOf, nicKnowledge } from './view.ts'

/** What OpenNebula is told for a change, and what it is told when it refuses a part of it. */
interface Change {
  /** What comes before, when all is checked. @returns the calls that follow from it, before the others */
  readonly first?: (context: ChangeContext) => Promise<readonly WriteCall[]>
  readonly calls: readonly WriteCall[]
  readonly undo?: readonly WriteCall[]
}

/**
 * @throws Ec2Error InvalidParameterCombination for several attributes or none, InvalidAttachmentID.NotFound, IncorrectState
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html
 */
export async function modifyNetworkInterfaceAttribute(
  input: ModifyNetworkInterfaceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const { NetworkInterfaceId: id = '', Description, SourceDestCheck, Groups, Attachment } = input
  const asked = [Description, SourceDestCheck, Groups, Attachment].filter(each => each !== undefined)
  if (asked.length === 0) throw noAttributes()
  if (asked.length > 1) throw severalAttributes()
  await context.hold([INTERFACES_LOCK], async () => {
    if (Groups) return carryOut(await regrouped(id, Groups, context), context)
    const view = await findInterface(id, context)
    if (Attachment) return carryOut(ending(view, Attachment), context)
    const kept = Description ? { description: Description.Value ?? '' } : { sourceDestCheck: SourceDestCheck?.Value }
    return carryOut({ calls: [keeping(view, kept)] }, context)
  })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetNetworkInterfaceAttribute.html */
export async function resetNetworkInterfaceAttribute(
  { NetworkInterfaceId: id = '', SourceDestCheck }: ResetNetworkInterfaceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (SourceDestCheck === undefined) throw noAttributes()
  await context.hold([INTERFACES_LOCK], async () => {
    const view = await findInterface(id, context)
    await carryOut({ calls: [keeping(view, { sourceDestCheck: true })] }, context)
  })
}

async function carryOut({ first, calls, undo = [] }: Change, context: ChangeContext): Promise<void> {
  const one = context.commit()
  const outcomes = await multicallWhenFree([...((await first?.(context)) ?? []), ...calls], one)
  if (outcomes.some(({ error }) => error !== undefined)) await one.multicall(undo)
  throwFirst(outcomes)
}

/**
 * What becomes of an interface when its instance ends.
 * @throws Ec2Error InvalidAttachmentID.NotFound, UnsupportedOperation for one that is a part of its instance
 */
function ending(view: InterfaceView, { AttachmentId, DeleteOnTermination: ends }: NetworkInterfaceAttachmentChanges) {
  if (AttachmentId === undefined) throw missing('Attachment.AttachmentId')
  if (ends === undefined) throw missing('Attachment.DeleteOnTermination')
  const attachment = attachmentOf(view)
  if (attachment?.id !== AttachmentId) throw notFound(ATTACHMENT, AttachmentId)
  if (view.own) return { calls: [ownRecordCall(view.own, { attachment: { ...attachment, ends } })] }
  if (ends) return { calls: [] }
  throw impossible(
    'The network interface is a part of the instance that it was launched with: it ends with that. One that CreateNetworkInterface made stays.',
  )
}

const attachmentOf = ({ own, nic, instance }: InterfaceView): AttachmentRecord | undefined =>
  nic ? nicKnowledge(nic, holderOf(instance)).attachment : instance && own.record.attachment

/** Other groups for an interface. @throws Ec2Error as `findInterface` and `pickGroups` */
async function regrouped(id: string, wanted: readonly string[], context: Context): Promise<Change> {
  const [{ own, nic, instance }, known] = await sideBySide(
    context,
    look => findInterface(id, look, readNetworks),
    readNamableGroups,
  )
  const vpc = nic ? networkPlaceOf(nic, holderOf(instance), context).vpc : own.record.vpc
  const groups = pickGroups({ ids: wanted }, known, vpc, context)
  return regroup(own, nic && { nic, vm: instance.vm }, groups)
}

/** Keeps something of an interface that EC2 alone knows. */
const keeping = (view: InterfaceView, kept: Kept): WriteCall =>
  view.nic ? keep(view.own, { nic: view.nic, vm: view.instance.vm }, kept) : ownRecordCall(view.own, kept)
