// What an attribute of instances is: how it is shown, and what is done where it changes.
import type { InstanceAttribute, ModifyInstanceAttributeRequest } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../../opennebula/calls/common.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import { type InstanceRecord, recordCall } from '../record.ts'
import type { InstanceView } from '../view.ts'

/** What OpenNebula is told for a change, and what it is told when it refuses a part of it. */
export interface Change {
  /** What comes before, when all is checked. @returns the calls that follow from it, before the others */
  readonly first?: (context: ChangeContext) => Promise<readonly WriteCall[]>
  readonly calls: readonly WriteCall[]
  readonly undo?: readonly WriteCall[]
}

/** What is done with an instance where an attribute changes. @throws Ec2Error where it cannot be */
export type Plan = (view: InstanceView) => Change

/** An attribute of an instance, by EC2's rules. */
export interface Attribute {
  readonly show: (view: InstanceView, context: Context) => InstanceAttribute
  /** The parameter of ModifyInstanceAttribute that sets it; absent where nothing does. */
  readonly parameter?: keyof ModifyInstanceAttributeRequest
  /** The parameter as `Attribute` and `Value` say it, in the way of old clients. */
  readonly fromText?: (text: string) => Partial<ModifyInstanceAttributeRequest>
  /** What it takes besides the instance is looked up together with that. */
  readonly change?: (input: ModifyInstanceAttributeRequest, look: Context) => Plan | Promise<Plan>
  readonly whileStopped?: boolean
  /** The lock under which it changes besides the instance's own. */
  readonly lock?: string
  /** What ResetInstanceAttribute does; absent where it may not. */
  readonly reset?: (look: Context) => Plan | Promise<Plan>
}

/** For what is as it is wanted already. */
export const nothing: Change = { calls: [] }

/** A change of what EC2 alone knows. */
export const recorded = (view: InstanceView, changes: InstanceRecord): Change => ({
  calls: [recordCall(view, changes)],
})
