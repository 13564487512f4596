// The Worker's entry: HTTP requests, the scheduled sweep, and the account's Durable Object.
import { AccountObject as AnyAccountObject } from './account/object.ts'
import { app } from './edge/app.ts'
import { environmentFor, environmentOfObject } from './edge/regions.ts'
import { sweep } from './edge/scheduled.ts'
import { type Env, servicesOf } from './edge/services.ts'

/** An account's object, handed what this Worker works with in its region. */
export class AccountObject extends AnyAccountObject<Env> {
  constructor(state: DurableObjectState, env: Env) {
    super(state, environmentOfObject(env, state))
  }

  protected override services() {
    return servicesOf(this.env)
  }
}

export default {
  fetch: (request, env, context) => app.fetch(request, environmentFor(request, env), context),
  scheduled: (_, env) => sweep(env),
} satisfies ExportedHandler<Env>
