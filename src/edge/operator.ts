// The operator's door: which accounts there are, and of each what is unfinished, how much it has, its events and what it used,
// for whoever proves to know EDGE_SECRET. For everybody else there is nothing there.
import { usageOf } from '../account/usage/usage.ts'
import { isOperator, type OperatorQuestion, questionIn } from '../auth/operator-door.ts'
import { toldRegion } from '../config/regions.ts'
import { accountId } from '../ec2/core/account.ts'
import { amountOf, quantityOn } from '../ec2/usage/types.ts'
import { monthNamed, timeOf } from '../lib/days.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { newMeter } from '../opennebula/transport.ts'
import { toldEvent } from './cloudtrail/record.ts'
import type { EdgeContext } from './context.ts'
import { mayAsk } from './rate.ts'
import { type Env, servicesOf } from './services.ts'

/** All that the operator asks is counted together, under a name that no access key has: neither user names nor AKIA… have a colon. */
const SHARE = 'operator:'

/**
 * A JSON object: of an account `{"tasks": [UnfinishedTask, …], "bucket": Usage}`, tasks the oldest first, `{"Events": […]}` as
 * LookupEvents has them, or `{"usage": [{"type", "quantity", "unit"}, …]}`; or `{"accounts": [{"id", "name"}, …]}`. A bare 404 to
 * whoever is not the operator.
 *
 * @throws ConfigError, and where the account's object, or OpenNebula, does not answer
 */
export async function serveOperator(c: EdgeContext): Promise<Response> {
  const pathname = c.req.path
  const question = questionIn(pathname)
  const keys = await servicesOf(c.env).operatorKeys()
  const proven = await isOperator(keys, pathname, Date.now(), c.req.header('authorization') ?? null)
  if (!proven || question === undefined) return told(c.body(null, 404))
  const answered = (response: Response) => told(response, { ...toldRegion(c.env), account: question.account })
  if (!(await mayAsk(SHARE, c.env))) return answered(c.text('too many requests\n', 429))
  const answer = await answerTo(question, c.env)
  return answered(answer ? c.json(answer) : c.body(null, 404))
}

/** Its line in the log, which repeats nothing that a stranger says. */
function told(response: Response, whose: object = {}): Response {
  log('operator', { ...whose, status: response.status })
  response.headers.set('cache-control', 'private, no-store')
  return response
}

async function answerTo(question: OperatorQuestion, env: Env): Promise<object | undefined> {
  if (question.about === 'accounts') return { accounts: await accounts(env) }
  const { account } = question
  if (question.about === 'usage') return usage(account, question.month, env)
  const object = env.ACCOUNT.getByName(account)
  if (question.about === 'events') {
    const { events } = await object.lookUp({ most: limits.eventsTold.most })
    return { Events: events.map(event => toldEvent(event, account)) }
  }
  const [tasks, bucket] = await Promise.all([object.unfinished(), object.stored()])
  return { tasks, bucket }
}

/** The server's own account, which sees what everybody has. */
function cloudOf(env: Env) {
  const { client, config } = servicesOf(env)
  return client(config.serverAdmin.name, newMeter())
}

/** All users but those that act for others; newest first, as OpenNebula has them. */
async function accounts(env: Env): Promise<object[]> {
  const users = await Array.fromAsync(cloudOf(env).users())
  return users
    .filter(({ AUTH_DRIVER }) => !AUTH_DRIVER.startsWith('server_'))
    .map(({ ID, NAME }) => ({ id: accountId(ID), name: NAME }))
}

/** What an account used in a month; undefined where there is none such. */
async function usage(account: string, month: string, env: Env): Promise<object | undefined> {
  const [days, whose] = [monthNamed(month), Number(account)]
  if (!days || whose > LARGEST) return undefined
  const { config } = servicesOf(env)
  const { addressNetwork } = config
  const span = { from: timeOf(days.first), until: timeOf(days.next) }
  const question = { one: cloudOf(env), whose, addressNetwork, now: Math.floor(Date.now() / 1000) }
  const used = await usageOf(question, span, env.ACCOUNT.getByName(account))
  const lines = used.map(each => ({
    type: each.name,
    quantity: quantityOn(each, days.first, days.next),
    unit: each.unit,
  }))
  return {
    usage: lines
      .filter(({ quantity }) => quantity > 0)
      .map(({ type, quantity, unit }) => ({ type, quantity: amountOf(quantity), unit })),
  }
}

/** Numbers of users are 32 bits wide. */
const LARGEST = 2 ** 31 - 1
