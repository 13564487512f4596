// What OpenNebula's refusals and silences mean to an EC2 client: one table.

import { type OneCode, OneError, OneUnavailable, UnsafeValue } from '../opennebula/errors.ts'
import type { Outcome } from '../opennebula/xmlrpc.ts'
import { unauthorizedOperation } from '../protocol/dryrun.ts'
import { Ec2Error } from '../protocol/errors.ts'

/** OpenNebula's messages quote what was sent and how it is set up: EC2 callers get words of our own. */
const byCode: Readonly<Record<OneCode, () => Ec2Error>> = {
  AUTHENTICATION: () =>
    new Ec2Error('AuthFailure', 'AWS was not able to validate the provided access credentials', 401),
  AUTHORIZATION: () => unauthorizedOperation(),
  NO_EXISTS: () => new Ec2Error('IncorrectState', 'A resource that the request needs no longer exists.'),
  ACTION: () => new Ec2Error('IncorrectState', 'The resource is not in a state that allows this operation.'),
  LOCKED: () => new Ec2Error('IncorrectState', 'The resource is locked.'),
  ALLOCATE: () => unavailable(),
  INTERNAL: () => unavailable(),
  XML_RPC_API: () => internal(),
  REPLICATION: () => unavailable(),
}

/** The quotas of OpenNebula that have a limit of their own in EC2, by what OpenNebula calls them. */
const byQuota: readonly (readonly [RegExp, string])[] = [
  [/quota in VM\b/i, 'InstanceLimitExceeded'],
  [/quota in (IMAGE|DATASTORE)\b/i, 'VolumeLimitExceeded'],
  [/quota in NETWORK\b/i, 'AddressLimitExceeded'],
]

export const unavailable = () =>
  new Ec2Error('Unavailable', 'The cloud cannot be reached at the moment. Please try again.', 503)

const internal = () => new Ec2Error('InternalError', 'An internal error has occurred.', 500)

/** The error that a caller sees for whatever went wrong. */
export function toEc2Error(error: unknown): Ec2Error {
  if (error instanceof Ec2Error) return error
  if (error instanceof OneUnavailable) return unavailable()
  if (error instanceof UnsafeValue) return new Ec2Error('InvalidParameterValue', error.message)
  if (error instanceof OneError) return quotaExceeded(error) ?? byCode[error.code]()
  return internal()
}

/** Whether the request was refused for good: it had no effect, and to repeat it is of no use. */
export const isFinal = (error: unknown): boolean => toEc2Error(error).status < 500

/** Whether OpenNebula refuses because of what the object is doing at this moment. */
export const isBusy = (error: unknown): boolean =>
  error instanceof OneError && (error.code === 'ACTION' || error.code === 'LOCKED' || saysBusy(error))

/** Calls that say INTERNAL where the others say ACTION: only the words tell it from a real failure. */
const busyWords = new Map([
  ['one.vm.disksaveas', 'VM has to be'],
  ['one.image.delete', 'Image locked'],
])

const saysBusy = ({ method, code, message }: OneError) => {
  const words = busyWords.get(method)
  return code === 'INTERNAL' && words !== undefined && message.includes(words)
}

/** Whether a network cannot be deleted since it is still being made, or is going already: for less than a second. */
export const isSettling = (error: unknown): boolean =>
  error instanceof OneError && error.code === 'ACTION' && error.message.includes('wrong state LOCK_')

function quotaExceeded({ message }: OneError): Ec2Error | undefined {
  const code = byQuota.find(([pattern]) => pattern.test(message))?.[1]
  return code === undefined ? undefined : new Ec2Error(code, 'The quota of the account is used up.')
}

/** @throws Ec2Error for the first of several calls that failed */
export function throwFirst(outcomes: readonly Outcome<unknown>[]): void {
  const failed = outcomes.find(({ error }) => error !== undefined)
  if (failed) throw toEc2Error(failed.error)
}

/** What a call answered. @throws Ec2Error where it failed */
export function answerOf<T>({ value, error }: Outcome<T>): T {
  if (error !== undefined) throw toEc2Error(error)
  return value
}
