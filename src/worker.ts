// The Worker's entry: HTTP requests, the scheduled sweep, and the account's Durable Object.
import { AccountObject as AnyAccountObject } from './account/object.ts'
import { app } from './edge/app.ts'
import { sweep } from './edge/scheduled.ts'
import { type Env, servicesOf } from './edge/services.ts'

/** An account's object, handed what this Worker works with. */
export class AccountObject extends AnyAccountObject<Env> {
  protected override services() {
    return servicesOf(this.env)
  }
}

export default {
  fetch: app.fetch,
  scheduled: (_, env) => sweep(env),
} satisfies ExportedHandler<Env>
