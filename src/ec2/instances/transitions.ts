// Starting, stopping and terminating instances as one table: from the state that each is in to what OpenNebula is told.
import type { InstanceStateName } from '@aws-sdk/client-ec2'
import type { VmAction } from '../../opennebula/calls/vm.ts'

/** What an action on instances is: from the state each is in to what OpenNebula is told. */
export interface Transition {
  /** In these states there is nothing to do: EC2's actions may be repeated. */
  readonly already: readonly InstanceStateName[]
  /** In these states it cannot be done. */
  readonly refused: readonly InstanceStateName[]
  /** What the answer shows for an instance that it is done to. */
  readonly shows: InstanceStateName
  readonly verb: string
  readonly action: VmAction
  /** What is remembered of those that OpenNebula refuses for the moment; absent where such a refusal is the answer. */
  readonly wanted?: 'stop' | 'terminate'
  /** Whether the guest is not asked. */
  readonly hard?: boolean
}

/** One that OpenNebula may put off, and that is seen to its end. */
export type TransitionToState = Transition & Required<Pick<Transition, 'wanted'>>

/** Whether it is. */
export const bringsAbout = (transition: Transition): transition is TransitionToState => transition.wanted !== undefined

export const transitions = {
  start: {
    already: ['pending', 'running'],
    refused: ['stopping', 'shutting-down', 'terminated'],
    shows: 'pending',
    action: 'resume',
    verb: 'started',
  },
  stop: {
    already: ['stopping', 'stopped'],
    refused: ['shutting-down', 'terminated'],
    shows: 'stopping',
    action: 'poweroff',
    wanted: 'stop',
    verb: 'stopped',
  },
  forceStop: {
    already: ['stopped'],
    refused: ['shutting-down', 'terminated'],
    shows: 'stopping',
    action: 'poweroff-hard',
    wanted: 'stop',
    hard: true,
    verb: 'stopped',
  },
  terminate: {
    already: ['terminated'],
    refused: [],
    shows: 'shutting-down',
    action: 'terminate-hard',
    wanted: 'terminate',
    verb: 'terminated',
  },
} as const satisfies Record<string, Transition>
