// Why something failed, for the log: in words that cannot hold what a caller sent.
import { OwnWords } from '../../lib/log.ts'
import { OneError, OneFault, OneUnavailable } from '../../opennebula/errors.ts'
import { ownWords } from '../../opennebula/words.ts'
import { Ec2Error } from '../../protocol/errors.ts'

const told = (...parts: readonly (string | undefined)[]) => parts.filter(part => part).join(': ')

/** Why something failed, in messages of our own and OpenNebula's vocabulary; undefined where nothing did. */
export function causeOf(reason: unknown): string | undefined {
  if (reason === undefined) return undefined
  if (reason instanceof Ec2Error) return causeOf(reason.cause)
  if (reason instanceof OneError) return told(`${reason.method}: ${reason.code}`, ownWords(reason.message))
  if (reason instanceof OneFault) return told(`${reason.method}: fault ${reason.faultCode}`, ownWords(reason.message))
  if (reason instanceof OneUnavailable) return told(reason.methods, reason.message)
  if (reason instanceof OwnWords) return reason.message
  if (!(reason instanceof Error)) return typeof reason
  // The message, which may have lines of its own, stands before the frames
  const { name, message, stack = '' } = reason
  const at = stack.indexOf(message)
  const frames = at < 0 ? [] : stack.slice(at + message.length).split('\n')
  return [name, ...frames.map(line => line.trim()).filter(line => line.startsWith('at '))].join(' ')
}
