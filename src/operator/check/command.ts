// econe-check: says in words what is right and what is wrong with a configuration and the cloud behind it.
import type { Arguments } from '../../cli/arguments.ts'
import { Failure, UsageError } from '../../cli/errors.ts'
import { type Io, print } from '../../cli/program.ts'
import { printable } from '../../cli/table.ts'
import { monthOfReport, type UsageLine, usageCsv, usageTable } from '../../cli/usage/report.ts'
import { clientsFor } from '../../config/clients.ts'
import { VARIABLES } from '../../config/names.ts'
import { calledIn } from '../../config/regions.ts'
import { configErrors, parseConfig } from '../../config/variables.ts'
import { type Documents, reads } from '../../ec2/core/documents.ts'
import { OneError, OneUnavailable } from '../../opennebula/errors.ts'
import type { Flaw } from '../../opennebula/xml/flaw.ts'
import { type Program, runProgram } from '../program.ts'
import type { Operator, OperatorRegion } from '../worker.ts'
import { checkCloud } from './cloud.ts'
import { checkDirect } from './direct.ts'
import { type Finding, lineOf, note, wrong } from './finding.ts'
import { reportPolicies } from './policies.ts'
import { checkAccount } from './unfinished.ts'
import { usageLines } from './usage.ts'
import { checkAddress, checkBindings, checkDeployed, checkVariables, ownWay, skipped } from './worker.ts'

export const program: Program = {
  name: 'econe-check',
  purpose:
    'Check a configuration and the cloud behind it, and say in words what is right and wrong, one finding a line',
  details:
    'The exit status is 1 where anything is wrong. OpenNebula is asked from this machine, and nothing is changed. A Worker ' +
    'that has a way of its own to it, the binding ONE, is asked itself: give its URL.',
  terms: {
    title: 'Findings:',
    entries: [
      ['ok', 'all is well'],
      ['note', 'nothing is wrong, but you may not know'],
      ['wrong', 'what is wrong — what to do'],
    ],
  },
  operands: [],
  options: [
    {
      name: 'user',
      short: 'u',
      value: 'USER',
      about: 'Say what this OpenNebula user may use; without it, one user of each group is asked as',
    },
    { name: 'url', short: 'U', value: 'URL', about: 'Ask the Worker there whether it is ready as well' },
    {
      name: 'account',
      short: 'a',
      value: 'NAME',
      about:
        'Say what is unfinished in the account of this OpenNebula user, or of this number of 12 digits, as the Worker at URL ' +
        'knows it: the oldest first, and when each is looked after next',
    },
    {
      name: 'events',
      short: 'E',
      about: 'Of that account, say instead who changed what and what was refused, the newest first',
    },
    {
      name: 'keys',
      short: 'k',
      about:
        'Say nothing else but which access keys and roles have policies that are too costly to hold requests against, as ' +
        'econe-keys finds them',
    },
    {
      name: 'usage',
      about:
        'Say nothing else but what all accounts used in a month, or the one of -a in the first region, as the Worker at URL ' +
        'knows it',
    },
    {
      name: 'month',
      short: 'm',
      value: 'MONTH',
      about: 'Month of --usage, such as 2026-11; the current one otherwise',
    },
    { name: 'csv', about: 'Print --usage as comma-separated values, in full precision' },
  ],
  example: `$ econe-check -s secrets -U https://ec2.example.com
ok    variables and secrets: complete and well-formed
ok    OpenNebula at one.example.com: version 7.0.1
…`,
  run: report,
}

/** Runs the program; returns the exit status. */
export const main = (argv: readonly string[], io: Io): Promise<number> => runProgram(program, argv, io)

async function report(given: Arguments, operator: Operator, io: Io): Promise<number> {
  if (given.has('usage')) return reportUsage(given, operator, io)
  if (given.has('keys')) return reportPolicies(given, operator, io)
  for (const name of ['month', 'csv']) if (given.has(name)) throw new UsageError(`--${name} needs --usage`)
  const [user, url, account] = [given.last('user'), given.last('url'), given.last('account')]
  if (account !== undefined && url === undefined) {
    throw new UsageError('-a/--account needs -U/--url: what is unfinished the Worker alone knows')
  }
  const events = given.has('events')
  if (events && account === undefined) throw new UsageError('-E/--events needs -a/--account: whose events?')
  let status = 0
  for await (const finding of check(operator, { user, url, account, events })) {
    print(io, [printable(lineOf(finding))])
    if (finding.kind === 'wrong') status = 1
  }
  return status
}

/** Heads stand above all that has more than one account in it. */
const RULE = 78

async function reportUsage(given: Arguments, operator: Operator, io: Io): Promise<number> {
  const [url, account] = [given.last('url'), given.last('account')]
  if (url === undefined) throw new UsageError('--usage needs -U/--url: what accounts used the Worker alone knows')
  const { name: month } = monthOfReport(given.last('month'))
  const told = { regions: operator.all.length > 1, accounts: true }
  const lines: UsageLine[] = []
  const failures: unknown[] = []
  for (const { region, variables } of regionsAsked(operator, account)) {
    try {
      const ofRegion = await usageLines({ url, config: parseConfig(variables), month, account })
      lines.push(...ofRegion.map(line => ({ region, ...line })))
    } catch (error) {
      failures.push(told.regions && error instanceof Error ? new Failure(`${region}: ${error.message}`) : error)
    }
  }
  // What is known of the others is told all the same
  if (lines.length > 0 || failures.length === 0) {
    print(io, given.has('csv') ? usageCsv(lines, month, told) : usageTable(lines, told, RULE))
  }
  for (const failure of failures) throw failure
  return 0
}

/** Of all accounts in every region that is meant; of one in the first, for who a user is only one region can say. */
const regionsAsked = ({ everywhere }: Operator, account: string | undefined) =>
  account === undefined ? everywhere : everywhere.slice(0, 1)

/** What is to be looked at besides the configuration and the cloud. */
interface Wish {
  readonly user: string | undefined
  readonly url: string | undefined
  readonly account: string | undefined
  readonly events: boolean
}

/** All of the first of the regions that are meant, and of the others what is theirs alone. */
async function* check(operator: Operator, wish: Wish): AsyncGenerator<Finding> {
  const { everywhere, all } = operator
  for (const [index, region] of everywhere.entries()) {
    const here = { ...operator, ...region }
    // Who a user is, and whose account it is, only one region can say
    const asked = index === 0 ? wish : { ...wish, user: undefined, account: undefined }
    for await (const finding of checkRegion(here, asked, index === 0)) {
      yield all.length > 1 ? inRegion(finding, here) : finding
    }
  }
}

async function* checkRegion(
  operator: Operator,
  { user, url, account, events }: Wish,
  isFirst: boolean,
): AsyncGenerator<Finding> {
  yield* checkVariables(operator)
  yield checkAddress(operator)
  if (isFirst) yield* checkBindings(operator)
  const way = ownWay(operator)
  const config = configErrors(operator.variables).length === 0 ? parseConfig(operator.variables) : undefined
  if (isFirst) yield* checkDirect(config?.directUploads, operator)
  if (config && way === undefined)
    yield* withFlaws(onFlaw => checkCloud(config, clientsFor<Documents>(config, reads, undefined, onFlaw), user))
  if (config && way !== undefined) yield skipped(way, url)
  if (url !== undefined) yield checkDeployed(url, operator.path)
  if (config && url !== undefined && account !== undefined) {
    const clients = way === undefined ? clientsFor<Documents>(config, reads) : undefined
    yield* withFailures(checkAccount(account, { url, config, clients, events }))
  }
}

/** A finding that says of which region it is, and calls variables and the binding as the operator does. */
function inRegion({ kind, about, remedy }: Finding, { region, variables, ending }: OperatorRegion): Finding {
  const called = (text: string) =>
    text.replaceAll(/\b[A-Z][A-Z\d_]+\b/g, word => {
      const variable = VARIABLES.find(each => each === word)
      if (variable !== undefined) return calledIn(variables, variable)
      return word === 'ONE' ? word + ending : word
    })
  return { kind, about: `${region}: ${called(about)}`, ...(remedy !== undefined && { remedy: called(remedy) }) }
}

/** What is found, and then what was left out of it because it cannot be read. */
async function* withFlaws(findings: (onFlaw: (flaw: Flaw) => void) => AsyncIterable<Finding>): AsyncGenerator<Finding> {
  const flaws: Flaw[] = []
  yield* withFailures(findings(flaw => flaws.push(flaw)))
  for (const { kind, id = '?', reason } of flaws) yield note(`${kind} ${id}: left out, it cannot be read (${reason})`)
}

/** OpenNebula may stop answering in the middle. */
async function* withFailures(findings: AsyncIterable<Finding>): AsyncGenerator<Finding> {
  try {
    yield* findings
  } catch (error) {
    if (!(error instanceof OneError || error instanceof OneUnavailable)) throw error
    yield wrong(`OpenNebula: ${error.message}`, 'see /var/log/one/oned.log, and check again')
  }
}
