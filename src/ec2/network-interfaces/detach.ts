// DetachNetworkInterface: at once, or when its turn comes where OpenNebula can do no two hot-plugs at a time.
import type { DetachNetworkInterfaceRequest } from '@aws-sdk/client-ec2'
import { detachNic } from '../../opennebula/calls/vm.ts'
import { impossible } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { findAttachment } from './find.ts'
import { INTERFACES_LOCK } from './resource.ts'
import { noteGoal, plug } from './task.ts'

/**
 * Detaches an interface. It stays where it is when the guest does not let go of it, forced or not: OpenNebula has one way.
 * @throws Ec2Error InvalidAttachmentID.NotFound, OperationNotPermitted for a primary interface, UnsupportedOperation for
 *   one that is a part of its instance
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachNetworkInterface.html
 */
export async function detachNetworkInterface(
  { AttachmentId: id = '' }: DetachNetworkInterfaceRequest,
  context: ChangeContext,
): Promise<undefined> {
  await context.hold([INTERFACES_LOCK], async () => {
    const { own, nic, vm, attachment } = await findAttachment(id, context)
    if (attachment.index === 0) {
      throw new Ec2Error('OperationNotPermitted', 'The network interface at device index 0 cannot be detached.')
    }
    if (!own) {
      throw impossible('The network interface is a part of the instance that it was launched with: it ends with that.')
    }
    const number = own.network.ID
    const task = { kind: 'interface', number, wanted: 'detach', vm: vm.ID } as const
    const later = [noteGoal(number, 'detach')]
    await plug(task, vm, { now: nic ? [...later, detachNic(vm.ID, nic.NIC_ID)] : later, later }, context)
  })
}
