// The type of an instance as an attribute of it.
import type { ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import { excerpt } from '../../../lib/excerpt.ts'
import { vmResize } from '../../../opennebula/calls/vm.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import type { Context } from '../../core/context.ts'
import type { VmTemplate } from '../../core/documents.ts'
import { merge } from '../../core/writes.ts'
import { findTypes } from '../../instance-types/find.ts'
import { capacityOf } from '../../instance-types/view.ts'
import { instanceType } from '../view.ts'
import type { Plan } from './attribute.ts'

/** The instance's own size and the note of its type change together. @throws Ec2Error InvalidInstanceAttributeValue */
export async function changeType({ InstanceType }: ModifyInstanceAttributeRequest, look: Context): Promise<Plan> {
  const type = InstanceType?.Value ?? ''
  const types = await findTypes(look)
  return view => {
    const capacity = capacityOfType(type, types)
    const { ID } = view.vm
    return {
      calls: [vmResize(ID, { ...capacity }), merge('vm', ID, { EC2_INSTANCE_TYPE: type })],
      undo: [merge('vm', ID, { EC2_INSTANCE_TYPE: instanceType(view) })],
    }
  }
}

function capacityOfType(type: string, types: ReadonlyMap<string, VmTemplate>) {
  const template = types.get(type)
  if (!template)
    throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${excerpt(type)}' does not exist.`)
  const capacity = capacityOf(template)
  if (capacity) return capacity
  throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${type}' has no valid CPU and memory.`)
}
