// What an account used: what OpenNebula tells of it, and what its object has counted.
import { unavailable } from '../../auth/errors.ts'
import { addressTasks } from '../../ec2/addresses/task.ts'
import { deletionTasks } from '../../ec2/disk-images/deletion.ts'
import { type Question, readUsage } from '../../ec2/usage/read.ts'
import { typeOf, type Usage } from '../../ec2/usage/types.ts'
import type { Span } from '../../lib/days.ts'
import type { Metering } from './meter.ts'

/** What is asked of the account's object. */
export interface AccountMeter {
  metered(span: Span, addresses: readonly string[]): Promise<Metering>
}

/**
 * One request to OpenNebula, and one to the object.
 *
 * What is on its way out is known by the object's tasks alone: whatever stands on OpenNebula's objects their owner can write.
 * @param span of whole days
 * @throws Ec2Error
 */
export async function usageOf(question: Question, span: Span, account: AccountMeter): Promise<Usage[]> {
  const { tally, addresses, going } = await readUsage(question, span)
  const names = addresses.map(number => `${addressTasks.kind}:${number}`)
  const { used, ending } = await account.metered(span, names).catch((cause: unknown) => {
    throw unavailable('The account', cause)
  })
  for (const { kind, day, seconds } of used) tally.addTo(typeOf(kind), day, seconds)
  for (const { number, kind, since, amount } of going) {
    if (ending.includes(`${deletionTasks.kind}:${number}`)) continue
    tally.add(typeOf(kind), { from: since, until: question.now }, amount)
  }
  return tally.usage
}
