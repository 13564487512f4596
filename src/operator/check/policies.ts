// The policies of keys and roles: those of before there was a bound may be too costly to hold requests against.
import { print } from '../../cli/program.ts'
import { printable } from '../../cli/table.ts'
import { costsOf } from '../policies.ts'
import type { Job } from '../program.ts'
import { type Stored, withStore } from '../store.ts'
import { type Finding, lineOf, ok, wrong } from './finding.ts'

/** Prints what there is to say of the policies in all regions that are meant; the exit status is 1 where one is too costly. */
export const reportPolicies: Job['run'] = async (given, operator, io) => {
  let status = 0
  const report = withStore(async (_, __, { everywhere, all }) => {
    for (const stored of everywhere) {
      for await (const { about, ...finding } of policiesIn(stored)) {
        const where = all.length > 1 ? `${stored.region}: ` : ''
        print(io, [printable(lineOf({ ...finding, about: where + about }))])
        if (finding.kind === 'wrong') status = 1
      }
    }
  })
  await report(given, operator, io)
  return status
}

/** Those that are too costly, and how many were looked at. @throws Ec2Error */
export async function* policiesIn({ keys, roles }: Pick<Stored, 'keys' | 'roles'>): AsyncGenerator<Finding> {
  let looked = 0
  for await (const { accessKeyId, user, policy } of keys.list()) {
    if (policy === undefined) continue
    looked++
    const costs = costsOf({ text: policy })
    if (costs) yield wrong(`key ${accessKeyId} of ${user.name}: ${costs}`, `\`econe-keys policy ${accessKeyId}\``)
  }
  for await (const { name, policy } of roles.list()) {
    if (policy === undefined) continue
    looked++
    const costs = costsOf({ text: policy })
    if (costs) yield wrong(`role ${name}: ${costs}`, `\`econe-keys role delete ${name}\`, and create it anew`)
  }
  yield ok(`policies of keys and roles: ${looked} looked at`)
}
