// Whether requests can be served at this moment: the configuration is sound and OpenNebula takes us for what we are.
import type { Defer } from '../account/services.ts'
import { toldRegion } from '../config/regions.ts'
import { causeOf } from '../ec2/core/cause.ts'
import { log } from '../lib/log.ts'
import { within } from '../lib/within.ts'
import { newMeter } from '../opennebula/transport.ts'
import { type Env, servicesOf } from './services.ts'

/** For how long one answer serves all who ask, in milliseconds: strangers cannot make more of it than a call in that. */
const FRESH = 5_000
/** How long a probe is kept waiting. */
const PATIENCE = 5_000

interface Probe {
  readonly began: number
  readonly ready: Promise<boolean>
}

const probes = new WeakMap<Env, Probe>()

/** Asks, unless somebody did a moment ago; why not is told to the log alone. */
export async function isReady(env: Env, defer: Defer): Promise<boolean> {
  const probe = recent(env) ?? begin(env, defer)
  // Every request has its own clock: the one that began the probe may be gone
  return (await within(PATIENCE, probe.ready)) ?? false
}

function recent(env: Env): Probe | undefined {
  const probe = probes.get(env)
  const age = probe ? Date.now() - probe.began : Number.NaN
  return age >= 0 && age < FRESH ? probe : undefined
}

function begin(env: Env, defer: Defer): Probe {
  const probe = { began: Date.now(), ready: ask(env) }
  probes.set(env, probe)
  defer(probe.ready)
  return probe
}

async function ask(env: Env): Promise<boolean> {
  const missing = (['INDEX', 'STAGING', 'ACCOUNT'] as const).filter(binding => !env[binding])
  try {
    const { client, config } = servicesOf(env)
    await client(config.serverAdmin.name, newMeter()).user()
    if (missing.length === 0) return true
    log('not ready', { ...toldRegion(env), cause: `wrangler.toml does not bind ${missing.join(', ')}` }, true)
  } catch (error) {
    log('not ready', { ...toldRegion(env), cause: causeOf(error) }, true)
  }
  return false
}
