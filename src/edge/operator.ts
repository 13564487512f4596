// The operator's door: what is unfinished in an account, how much it has, and its events, for whoever proves to know
// EDGE_SECRET. For everybody else there is nothing there.
import { accountIn, eventsPath, isOperator } from '../auth/operator-door.ts'
import { toldRegion } from '../config/regions.ts'
import { log } from '../lib/log.ts'
import { limits } from '../limits.ts'
import { toldEvent } from './cloudtrail/record.ts'
import type { EdgeContext } from './context.ts'
import { mayAsk } from './rate.ts'
import { servicesOf } from './services.ts'

/** All that the operator asks is counted together, under a name that no access key has: neither user names nor AKIA… have a colon. */
const SHARE = 'operator:'

/**
 * `{"tasks": [UnfinishedTask, …], "bucket": Usage}`, tasks the oldest first, or `{"Events": […]}` as LookupEvents has them;
 * a bare 404 to whoever is not the operator.
 *
 * @throws ConfigError, and where the account's object does not answer
 */
export async function serveOperator(c: EdgeContext): Promise<Response> {
  const pathname = c.req.path
  const account = accountIn(pathname)
  const keys = await servicesOf(c.env).operatorKeys()
  const proven = await isOperator(keys, pathname, Date.now(), c.req.header('authorization') ?? null)
  const answered = (response: Response) => told(response, { ...toldRegion(c.env), account })
  if (!proven || account === undefined) return told(c.body(null, 404))
  if (!(await mayAsk(SHARE, c.env))) return answered(c.text('too many requests\n', 429))
  const object = c.env.ACCOUNT.getByName(account)
  if (pathname === eventsPath(account)) {
    const { events } = await object.lookUp({ most: limits.eventsTold.most })
    return answered(c.json({ Events: events.map(event => toldEvent(event, account)) }))
  }
  const [tasks, bucket] = await Promise.all([object.unfinished(), object.stored()])
  return answered(c.json({ tasks, bucket }))
}

/** Its line in the log, which repeats nothing that a stranger says. */
function told(response: Response, whose: object = {}): Response {
  log('operator', { ...whose, status: response.status })
  response.headers.set('cache-control', 'private, no-store')
  return response
}
