// A request in the Worker, whatever it is about: Hono's context, with what becomes known of it on its way.
import type { Context } from 'hono'
import type { Defer } from '../account/services.ts'
import type { Env } from './services.ts'
import type { Trace } from './trace.ts'

/** What Hono knows of the Worker. */
export interface Edge {
  readonly Bindings: Env
  readonly Variables: { readonly trace: Trace }
}

export type EdgeContext = Context<Edge>

/** Keeps the Worker alive for work that the request does not wait for. */
export const deferOf =
  (c: EdgeContext): Defer =>
  work =>
    c.executionCtx.waitUntil(work)
