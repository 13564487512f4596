// Instances and their reservations as resources: their ids, and what is said of them.
import { Ec2Error } from '../../protocol/errors.ts'
import { codesOf, phrase, type Resource } from '../core/resource.ts'

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
