// What is unfinished in an account, what its bucket has, and its events, as the Worker itself tells the operator.
import { eventsPath, unfinishedPath } from '../../auth/operator-door.ts'
import { strange } from '../../cli/answers.ts'
import { networkFailure } from '../../cli/errors.ts'
import { pageIn, trailTable } from '../../cli/events/trail.ts'
import { parsed } from '../../cli/json.ts'
import type { Clients } from '../../config/clients.ts'
import type { Config } from '../../config/variables.ts'
import { accountId } from '../../ec2/core/account.ts'
import type { Documents, OneReader } from '../../ec2/core/documents.ts'
import type { UnfinishedTask } from '../../ec2/core/tasks.ts'
import { instantAt } from '../../lib/instants.ts'
import { isJsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { newMeter } from '../../opennebula/transport.ts'
import { askDoor, type DoorAnswer, type DoorConfig, doorAddress, UNPROVEN } from './door.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

/** Who is asked. */
export interface Asked {
  /** The Worker's address. */
  readonly url: string
  readonly config: Config
  /** OpenNebula, for the numbers of users; absent where it cannot be asked from here. */
  readonly clients: Clients<Documents> | undefined
  /** Whether it is about the account's events, and not about what is unfinished. */
  readonly events?: boolean
}

/**
 * @param name of an OpenNebula user, or the account's 12 digits
 * @throws OneError | OneUnavailable
 */
export async function* checkAccount(name: string, { url, config, clients, events }: Asked): AsyncGenerator<Finding> {
  const question = events ? EVENTS : UNFINISHED
  if (/^\d{12}$/.test(name)) {
    yield* askWorker({ id: name, label: name }, question, url, config)
  } else if (clients === undefined) {
    yield wrong(`account ${name}: its number is not known here`, 'give that in 12 digits, with zeros in front')
  } else {
    const id = await numberOf(name, clients(config.serverAdmin.name, newMeter()))
    if (id === undefined) yield wrong(`account ${name}: there is no such user`, 'see `oneuser list`')
    else yield* askWorker({ id, label: `${name} (${id})` }, question, url, config)
  }
}

/** Of any user: as one who is disabled nobody can ask, and what that one wanted waits. */
async function numberOf(name: string, server: OneReader): Promise<string | undefined> {
  for await (const { ID, NAME } of server.users()) if (NAME === name) return accountId(ID)
  return undefined
}

interface Account {
  /** 12 digits. */
  readonly id: string
  readonly label: string
}

/** What the Worker is asked of an account, and what is said of its answer. */
interface Question {
  readonly path: (account: string) => string
  readonly subject: string
  readonly findings: (label: string, answer: string, now: number) => Finding[]
}

const UNFINISHED: Question = { path: unfinishedPath, subject: 'what is unfinished', findings }

const EVENTS: Question = { path: eventsPath, subject: 'its events', findings: eventFindings }

async function* askWorker(
  { id, label }: Account,
  question: Question,
  url: string,
  config: DoorConfig,
): AsyncGenerator<Finding> {
  const asked = question.path(id)
  const address = doorAddress(asked, url, config)
  // What is wrong with the address is said where the Worker is asked whether it is ready
  if (!address) return
  const now = Date.now()
  try {
    const answer = await askDoor(asked, address, config)
    yield* answer.status === 200 ? question.findings(label, answer.text, now) : [refused(label, question, answer)]
  } catch (error) {
    yield wrong(`account ${label}: ${networkFailure(address, error).message}`, 'ask again, or see `wrangler tail`')
  }
}

function refused(label: string, { subject }: Question, { status }: DoorAnswer): Finding {
  if (status !== 404) return wrong(`account ${label}: the Worker answers with HTTP status ${status}`, 'see its log')
  return wrong(`account ${label}: the Worker does not tell ${subject}`, UNPROVEN)
}

function eventFindings(label: string, answer: string): Finding[] {
  const { events } = pageIn(parsed(answer))
  if (events.length === 0) return [ok(`account ${label}: no events`)]
  const older = events.length < limits.eventsTold.most ? [] : [note(`account ${label}: older events are not shown`)]
  return [...trailTable(events).map(line => note(`account ${label}: ${line}`)), ...older]
}

function findings(label: string, answer: string, now: number): Finding[] {
  const said = parsed(answer)
  const tasks = tasksIn(said)
  const stored = bucketIn(said)
  return [
    ...tasks.map(task => note(`account ${label}: ${told(task, now)}`)),
    ...(tasks.length === 0 ? [ok(`account ${label}: nothing is unfinished`)] : []),
    ...(stored === undefined ? [] : [note(`account ${label}: ${stored}`)]),
  ]
}

/** What the bucket has; undefined where that is nothing, or an older Worker that knows of none. */
function bucketIn(answer: unknown): string | undefined {
  const bucket = isJsonObject(answer) ? answer['bucket'] : undefined
  if (!isJsonObject(bucket)) return undefined
  const { bytes, objects, uploads } = bucket
  if (![bytes, objects, uploads].every(amount => typeof amount === 'number') || (!bytes && !uploads)) return undefined
  const gib = (Number(bytes) / 2 ** 30).toFixed(1)
  return `${gib} GiB in its bucket: ${Number(objects)} objects, and ${Number(uploads)} uploads that are not completed`
}

function told({ kind, id, wanted, since, next }: UnfinishedTask, now: number): string {
  const what = `${kind} ${id}${wanted === undefined ? '' : `, wanted: ${wanted}`}`
  const age = `since ${instantAt(since)} (${span(now - since)})`
  if (next === undefined) return `${what}, ${age}; a later release of the Worker has to see to it`
  return `${what}, ${age}; looked after next ${next <= now ? 'at once' : `in ${span(next - now)}`}`
}

const UNITS = [
  ['days', 86_400_000],
  ['hours', 3_600_000],
  ['min', 60_000],
] as const

/** Milliseconds in the largest unit of which there are two. */
function span(ms: number): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= 2 * length) ?? ['s', 1000]
  return `${Math.max(0, Math.round(ms / size))} ${unit}`
}

/** @throws Failure for what econe-edge would not have said */
function tasksIn(answer: unknown): UnfinishedTask[] {
  const tasks = isJsonObject(answer) ? answer['tasks'] : undefined
  if (!Array.isArray(tasks) || !tasks.every(isTask)) throw strange()
  return tasks
}

function isTask(value: unknown): value is UnfinishedTask {
  if (!isJsonObject(value)) return false
  const { kind, id, wanted = '', since, next = 0 } = value
  const isText = [kind, id, wanted].every(text => typeof text === 'string')
  return isText && isTime(since) && isTime(next)
}

/** As much as a Date can be of. */
const isTime = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 8.64e15
