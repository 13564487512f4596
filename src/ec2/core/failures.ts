// What OpenNebula's refusals and silences mean to an EC2 client: from method, code and words to EC2's codes.
import { releaseOf } from '../../opennebula/calls/methods.ts'
import { type OneCode, OneError, OneFault, OneUnavailable, UnsafeValue } from '../../opennebula/errors.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'
import { impossible, invalidBecause, nobodysCredentials, unauthorizedOperation } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { type About, refusalOf } from './refusals.ts'
import { notFound } from './resource.ts'

/** What the words do not tell. */
const byCode: Readonly<Record<OneCode, (about: About, error: OneError) => Ec2Error>> = {
  AUTHENTICATION: () => nobodysCredentials(),
  AUTHORIZATION: () => unauthorizedOperation(),
  NO_EXISTS: ({ resource, id }) =>
    resource !== undefined && id !== undefined
      ? notFound(resource, id)
      : new Ec2Error('IncorrectState', 'A resource that the request needs no longer exists.'),
  ACTION: () => new Ec2Error('IncorrectState', 'The resource is not in a state that allows this operation.'),
  LOCKED: () => new Ec2Error('IncorrectState', 'The resource is locked.'),
  ALLOCATE: (_, cause) => internal(cause),
  INTERNAL: (_, cause) => internal(cause),
  XML_RPC_API: (_, cause) => internal(cause),
  // A front-end that follows another one, and cannot reach it
  REPLICATION: (_, cause) => unavailable(cause),
}

/** Nobody answered who could. @param cause for the log */
export const unavailable = (cause?: unknown): Ec2Error =>
  new Ec2Error('Unavailable', 'The cloud cannot be reached at the moment. Please try again.', { cause })

const internal = (cause: unknown): Ec2Error =>
  new Ec2Error('InternalError', 'An internal error has occurred.', { cause })

/** -506: the front-end is older than what is asked of it. */
const NO_SUCH_METHOD = -506

function missingMethod(fault: OneFault): Ec2Error {
  const release = releaseOf.get(fault.method)
  if (fault.faultCode !== NO_SUCH_METHOD || release === undefined) return internal(fault)
  return impossible(`This operation needs OpenNebula ${release} or newer on the cloud.`)
}

/**
 * The error that a caller sees for whatever went wrong.
 * @param about what the call was about that failed: it makes the code and the message say more
 */
export function toEc2Error(error: unknown, about: About = {}): Ec2Error {
  if (error instanceof Ec2Error) return error
  if (error instanceof OneUnavailable) return unavailable(error)
  if (error instanceof UnsafeValue) return invalidBecause(error.message)
  if (error instanceof OneFault) return missingMethod(error)
  if (!(error instanceof OneError)) return internal(error)
  return (refusalOf(error)?.means ?? byCode[error.code])(about, error)
}

/** Whether the request was refused for good: it had no effect, and to repeat it is of no use. */
export const isFinal = (error: unknown): boolean => toEc2Error(error).status < 500

/** Whether the answer of a call was lost, so that it may take effect, now or later. */
export const mayTakeEffect = (error: unknown): boolean => error instanceof OneUnavailable && error.outcome === 'unknown'

/** Whether OpenNebula refuses because of what the object is doing at this moment. */
export const isBusy = (error: unknown): boolean =>
  error instanceof OneError &&
  (error.code === 'ACTION' || error.code === 'LOCKED' || saysBusy(error)) &&
  !isRefusedForGood(error)

/** Whether OpenNebula refuses because of what never changes while nobody changes it: to ask again is of no use. */
export const isRefusedForGood = (error: unknown): boolean =>
  error instanceof OneError && refusalOf(error)?.forGood === true

/** Calls that say INTERNAL where the others say ACTION: only the words tell it from a real failure. */
const busyWords = new Map([
  ['one.vm.disksaveas', 'VM has to be'],
  ['one.image.delete', 'Image locked'],
])

const saysBusy = ({ method, code, message }: OneError) => {
  const words = busyWords.get(method)
  return code === 'INTERNAL' && words !== undefined && message.includes(words)
}

/** Whether another object of the owner has the name: what was to be made may be that, made by an earlier call. */
export const isTaken = (error: unknown): boolean =>
  error instanceof OneError && error.message.includes('NAME is already taken')

/** Whether a network cannot be deleted since it is still being made, or is going already: for less than a second. */
export const isSettling = (error: unknown): boolean =>
  error instanceof OneError && error.code === 'ACTION' && error.message.includes('wrong state LOCK_')

/** The network in which there is no address for a VM, or not the one that it is to have. */
export function networkWithoutAddress(error: unknown): number | undefined {
  const [, number] =
    error instanceof OneError ? (/IP\/MAC lease from virtual network (\d+)/.exec(error.message) ?? []) : []
  return number === undefined ? undefined : Number(number)
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
