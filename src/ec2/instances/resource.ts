// Instances and their reservations as resources: their ids, what is said of them, their locks, and the note of what is to
// become of one.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'
import { merge } from '../core/writes.ts'
import type { WantedNote } from './states.ts'

export const INSTANCE = {
  kind: 'instance',
  prefix: 'i',
  type: 'instance',
  ...codesOf('InvalidInstanceID'),
  missing: phrase('instance ID', 'instance IDs'),
} as const satisfies Resource

export const RESERVATION = {
  kind: 'reservation',
  prefix: 'r',
  ...codesOf('InvalidReservationID'),
  missing: phrase('reservation ID', 'reservation IDs'),
} as const satisfies Resource

/** @param become what an instance cannot be in its state: `stopped`, say @returns IncorrectInstanceState */
export const incorrectInstanceState = (id: string, state: string, become: string): Ec2Error =>
  new Ec2Error(
    'IncorrectInstanceState',
    `The instance '${id}' is not in a state from which it can be ${become}. Its current state is '${state}'.`,
  )

/** For an instance of several interfaces, of which it does not follow which one is meant. @returns InvalidInstanceID */
export const severalInterfaces = (id: string): Ec2Error =>
  new Ec2Error(
    'InvalidInstanceID',
    `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
  )

/**
 * @param become what the instance may not be: `stopped`, say
 * @param attribute the one that forbids it
 * @returns OperationNotPermitted
 */
export const protectedInstance = (id: string, become: string, attribute: string): Ec2Error =>
  new Ec2Error(
    'OperationNotPermitted',
    `The instance '${id}' may not be ${become}. Modify its '${attribute}' instance attribute and try again.`,
  )

/** For an attribute that cannot be changed in the state that its instance is in. @returns IncorrectInstanceState */
export const unmodifiableInstance = (id: string, why: string): Ec2Error =>
  new Ec2Error('IncorrectInstanceState', `The instance '${id}' cannot be modified. ${why}`)

/** The lock under which an instance's record is read and written. */
export const instanceLock = (id: string): string => `instance:${id}`

/** The lock under which the state of an instance changes. */
export const stateLock = (id: string): string => `state:${id}`

/** Notes on a VM what is to become of it, for every location to see; '' takes the note away. */
export const noteWanted = (number: number, wanted: WantedNote | ''): WriteCall =>
  merge('vm', number, { EC2_GOAL: wanted })
