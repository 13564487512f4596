// econe-check: says in words what is right and what is wrong with a configuration and the cloud behind it.

import { clientsFor } from '../config/clients.ts'
import { configErrors, parseConfig } from '../config/variables.ts'
import { type Documents, reads } from '../ec2/core/documents.ts'
import { OneError, OneUnavailable } from '../opennebula/errors.ts'
import type { Flaw } from '../opennebula/xml/flaw.ts'
import { checkCloud } from './check-cloud.ts'
import { checkAddress, checkBindings, checkDeployed, checkVariables, ownWay, skipped } from './check-worker.ts'
import type { Option } from './command.ts'
import { Failure, UsageError } from './errors.ts'
import { type Finding, lineOf, note, wrong } from './finding.ts'
import { OPERATOR_HELP, OPERATOR_OPTIONS, type Operator, operatorOf } from './operator.ts'
import { readLine } from './options.ts'
import { complain, type Io, print, versionOf } from './program.ts'
import { printable } from './table.ts'

const NAME = 'econe-check'

const HELP = `Usage: econe-check [-u USER] [-U URL] [OPTIONS]

Check a configuration and the cloud behind it, and say in words what is right and wrong, one finding a line:

  ok     all is well
  note   nothing is wrong, but you may not know
  wrong  what is wrong — what to do

The exit status is 1 where anything is wrong. OpenNebula is asked from this machine, and nothing is changed. A Worker
that has a way of its own to it, the binding ONE, is asked itself: give its URL.

Options:
  -u, --user USER     Say what this OpenNebula user may use; without it, one user of each group is asked as
  -U, --url URL       Ask the Worker there whether it is ready as well

${OPERATOR_HELP}

Example:
  $ econe-check -s secrets -U https://ec2.example.com
  ok    variables and secrets: complete and well-formed
  ok    OpenNebula at one.example.com: version 7.0.1
  …`

const OPTIONS: readonly Option[] = [
  ...OPERATOR_OPTIONS,
  { name: 'user', short: 'u', value: 'USER', about: 'Say what this OpenNebula user may use' },
  { name: 'url', short: 'U', value: 'URL', about: 'Ask the Worker there whether it is ready' },
]

async function* check(operator: Operator, user: string | undefined, url: string | undefined): AsyncGenerator<Finding> {
  yield* checkVariables(operator)
  yield checkAddress(operator)
  yield* checkBindings(operator)
  if (configErrors(operator.variables).length === 0) {
    const config = parseConfig(operator.variables)
    const flaws: Flaw[] = []
    const clients = clientsFor<Documents>(config, reads, undefined, flaw => flaws.push(flaw))
    const way = ownWay(operator)
    yield* way === undefined ? withFailures(checkCloud(config, clients, user)) : [skipped(way, url)]
    for (const { kind, id = '?', reason } of flaws) yield note(`${kind} ${id}: left out, it cannot be read (${reason})`)
  }
  if (url !== undefined) yield checkDeployed(url)
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

/** Runs the program; returns the exit status. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const line = readLine(OPTIONS, argv)
    if (line.options['help']) return print(io, [HELP])
    if (line.options['version']) return print(io, [versionOf(NAME)])
    if (line.words.length > 0) throw new UsageError(`unexpected argument '${line.words[0]}'`)
    const operator = await operatorOf(line, io.env)
    let status = 0
    for await (const finding of check(operator, line.options['user']?.at(-1), line.options['url']?.at(-1))) {
      print(io, [printable(lineOf(finding))])
      if (finding.kind === 'wrong') status = 1
    }
    return status
  } catch (error) {
    if (error instanceof Failure) return complain(io, NAME, error)
    throw error
  }
}
