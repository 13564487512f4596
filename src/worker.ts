// The Worker's entry: HTTP requests, the scheduled sweep, and the account's Durable Object.
import { app } from './app.ts'
import type { Env } from './config.ts'
import { sweep } from './sweep.ts'

export { AccountObject } from './account/object.ts'

export default {
  fetch: app.fetch,
  scheduled: (_, env) => sweep(env),
} satisfies ExportedHandler<Env>
