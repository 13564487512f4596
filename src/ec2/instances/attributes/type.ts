// The type of an instance as an attribute of it.
import type { ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../../lib/excerpt.ts'
import { merge } from '../../../opennebula/calls/common.ts'
import { vmResize } from '../../../opennebula/calls/vm.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Context } from '../../core/context.ts'
import { findTypes } from '../../instance-types/find.ts'
import { capacityOf } from '../../instance-types/view.ts'
import { type InstanceView, instanceType } from '../view.ts'
import type { Change } from './attribute.ts'

/** The instance's own size and the note of its type change together. @throws Ec2Error InvalidInstanceAttributeValue */
export async function changeType(
  { InstanceType }: ModifyInstanceAttributeRequest,
  view: InstanceView,
  context: Context,
): Promise<Change> {
  const type = InstanceType?.Value ?? ''
  const template = (await findTypes(context)).get(type)
  if (!template)
    throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${excerpt(type)}' does not exist.`)
  const capacity = capacityOf(template)
  if (!capacity) {
    throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${type}' has no valid CPU and memory.`)
  }
  const { ID } = view.vm
  return {
    calls: [vmResize(ID, { ...capacity }), merge('vm', ID, { EC2_INSTANCE_TYPE: type })],
    undo: [merge('vm', ID, { EC2_INSTANCE_TYPE: instanceType(view) })],
  }
}
