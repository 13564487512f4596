// `npm start`: the Worker in workerd and a sandbox OpenNebula front-end on one machine, ready to be tried.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { newKeyId } from '../auth/access-key.ts'
import { AccessKeys } from '../auth/keys.ts'
import { Sessions } from '../auth/sessions.ts'
import type { Variables } from '../config/names.ts'
import { below, endingOf, variablesOf } from '../config/regions.ts'
import { StoreBelow } from '../config/store.ts'
import { edgeSecrets } from '../config/variables.ts'
import { randomBytes, toBase64 } from '../lib/bytes.ts'
import { withLocalIndex } from '../operator/kv.ts'
import { readConfiguration } from '../operator/worker.ts'
import { createSandbox, type Sandbox } from './server.ts'

const root = join(import.meta.dirname, '..', '..')

const EDGE_SECRET = 'a sandbox keeps no secrets'
/** What DescribeRegions names first, and what clients are told to sign for. */
const REGION = 'opennebula'

const help = `Usage: npm start -- [--port N] [--one-port N] [--regions N] [--state FOLDER] [--fresh]

  --port N        port of the EC2 endpoint (8787)
  --one-port N    port of the (first) sandbox OpenNebula front-end (2633)
  --regions N     how many front-ends there are, each a region (1)
  --state FOLDER  where what it holds is kept (.econe)
  --fresh         forget everything that earlier runs left there
`

/** Keeps wrangler from asking, reporting, looking anything up on the Internet and tracing every request to disk. */
const quietly = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
}

async function restoreSandbox(file: string): Promise<Sandbox> {
  const sandbox = createSandbox()
  const saved = await readFile(file, 'utf8').catch(() => undefined)
  try {
    if (saved !== undefined) sandbox.restore(JSON.parse(saved))
  } catch (error) {
    throw new Error(`${file} cannot be read; npm start -- --fresh forgets it`, { cause: error })
  }
  return sandbox
}

/** The Worker's variables and secrets, in a file of their own: econe-keys and econe-check read it as well. */
async function writeVariables(file: string, variables: Record<string, string>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`)
  await writeFile(file, lines.join(''))
}

function startWorker(port: string, folder: string, variables: string): ChildProcess {
  const options = {
    port,
    ip: '127.0.0.1',
    'persist-to': folder,
    'env-file': variables,
    'log-level': 'error',
    'inspector-port': 0,
  }
  return spawn(
    join(root, 'node_modules', '.bin', 'wrangler'),
    [
      'dev',
      '--show-interactive-dev-session=false',
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
    ],
    // A group of its own: Ctrl-C reaches this program alone, which then stops the Worker in order
    { cwd: root, env: { ...process.env, ...quietly }, stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  )
}

/** A front-end, and the region that it is. */
interface Front {
  readonly region: string
  readonly sandbox: Sandbox
  /** Where its state is kept. */
  readonly file: string
  readonly url: string
}

/** @param index the first one's port is given, the others take what is free */
async function startFront(index: number, port: number, folder: string): Promise<Front> {
  const region = index === 0 ? REGION : `${REGION}-${index + 1}`
  const file = join(folder, `${region}.json`)
  const sandbox = await restoreSandbox(file)
  const { url } = await sandbox.listen(index === 0 ? port : 0)
  return { region, sandbox, file, url }
}

/** The variables of the Worker. */
function variablesFor(fronts: readonly Front[], port: string): Record<string, string> {
  const clouds = fronts.flatMap(({ region, sandbox, url }, index) => {
    const cloud = {
      ...{ ONE_XMLRPC: url, ONE_AUTH: sandbox.serverAdmin },
      ...{ ADDRESS_NETWORK_ID: '1', SUBNET_TEMPLATE_ID: '0' },
    }
    const ending = index === 0 ? '' : endingOf(region)
    return Object.entries(cloud).map(([name, value]) => [name + ending, value] as const)
  })
  const others = fronts.slice(1).map(({ region }) => region)
  return {
    ...Object.fromEntries(clouds),
    ...{ EDGE_SECRET, REGION, SIGNING_REGIONS: '*', OWN_HOSTS: `localhost:${port} 127.0.0.1:${port}` },
    ...(others.length > 0 && { REGIONS: others.join(' ') }),
  }
}

/** As the key is kept between runs. */
interface Key {
  readonly accessKeyId: string
  readonly secret: string
  /** In how many regions it counts; in the first one where that is not said. */
  readonly regions?: number
}

/**
 * A key for the plain user in all regions: issued at the first start, as the operator issues keys, and found where it was kept at
 * later ones.
 *
 * @param file where the key is kept
 * @param folder the Worker's state
 */
async function keyIn(file: string, folder: string, fronts: readonly Front[], variables: Variables): Promise<Key> {
  const saved = await readFile(file, 'utf8').then(
    text => JSON.parse(text) as Key,
    () => undefined,
  )
  const { accessKeyId = newKeyId('AKIA'), secret = toBase64(randomBytes(30)) } = saved ?? {}
  const known = saved === undefined ? 0 : (saved.regions ?? 1)
  const key = { accessKeyId, secret, regions: Math.max(known, fronts.length) }
  if (known >= fronts.length) return key
  const configuration = await readConfiguration(join(root, 'wrangler.toml'))
  await withLocalIndex(configuration, folder, async store => {
    for (const [index, front] of fronts.entries()) {
      const { region } = front
      if (index < known) continue
      const [part, own] =
        index === 0 ? [store, variables] : [new StoreBelow(store, below(region)), variablesOf(variables, region)]
      const keys = new AccessKeys({ store: part, secrets: edgeSecrets(own), now: () => Date.now() })
      await keys.create({ user: holderIn(front), description: 'npm start' }, accessKeyId, secret)
    }
  })
  await writeFile(file, JSON.stringify(key), { mode: 0o600 })
  return key
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok ?? false
}

async function untilReady(url: string, worker: ChildProcess): Promise<void> {
  while (!(await answers(url))) {
    if (worker.exitCode !== null) throw new Error('the Worker does not start: see above')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** The plain user whose key it is, by the front-end. */
function holderIn({ sandbox }: Front): { readonly id: number; readonly name: string } {
  const { name } = sandbox.user
  const id = sandbox.world.users.find(user => user.name === name)?.id
  if (id === undefined) throw new Error(`the sandbox has no user ${name} any more: start with --fresh`)
  return { id, name }
}

/** For so many hours the link signs in. */
const LINK_HOURS = 12

/**
 * Opens the console as the holder of the key, with temporary credentials. What follows `#` stays in the browser, and the console takes it
 * out of its address; but browsers keep every address that they were sent to in their histories, and so it must not be good for long.
 */
async function signInLink(endpoint: string, key: Key, front: Front, variables: Variables): Promise<string> {
  const issued = Date.now()
  const expires = issued + LINK_HOURS * 60 * 60 * 1000
  const sessions = new Sessions(edgeSecrets(variables), REGION)
  const session = { kind: 'session', issued, expires, policies: [] } as const
  const { accessKeyId, secret, token } = await sessions.issue({ ...key, user: holderIn(front) }, session)
  const given = { accessKeyId, secret, sessionToken: token, expires: String(expires), region: REGION }
  return `${endpoint}/#sign-in?${new URLSearchParams(given).toString()}`
}

/** Of regions beside the first, which there are. */
const others = (names: readonly string[]) =>
  names.length === 0
    ? ''
    : `
The key counts in the other regions too: ${names.map(name => `aws ec2 describe-instances --region ${name}`).join(', ')}
`

interface Welcome {
  readonly endpoint: string
  readonly link: string
  readonly key: Key
  readonly state: string
  readonly regions: readonly string[]
}

const welcome = ({ endpoint, link, key: { accessKeyId, secret }, state, regions }: Welcome) => `
econe-edge answers at ${endpoint}

In a browser, signed in by this link, for ${LINK_HOURS} hours from now:

  ${link}

With a key that was issued to helen, an OpenNebula user. For the econe-* commands (npx econe-describe-images -H):

  export EC2_URL=${endpoint}
  export EC2_ACCESS_KEY=${accessKeyId}
  export EC2_SECRET_KEY=${secret}

For the AWS CLI (aws ec2 describe-instances):

  export AWS_ENDPOINT_URL=${endpoint}
  export AWS_ACCESS_KEY_ID=${accessKeyId}
  export AWS_SECRET_ACCESS_KEY=${secret}
  export AWS_DEFAULT_REGION=${REGION}
${others(regions.slice(1))}
For the operator: npx econe-check --local ${state}, npx econe-keys create rival --local ${state}

Ctrl-C stops it; what it holds is kept in ${state} (npm start -- --fresh forgets it).
`

/** In order: the Worker first, since it may still be talking to the front-ends. */
async function stop(worker: ChildProcess, fronts: readonly Front[]): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
  for (const { sandbox, file } of fronts) {
    await writeFile(file, JSON.stringify(sandbox.snapshot()))
    await sandbox.close()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      'one-port': { type: 'string', default: '2633' },
      regions: { type: 'string', default: '1' },
      state: { type: 'string', default: '.econe' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  if (!/^[1-9]$/.test(values.regions)) throw new Error(`--regions is a number from 1 to 9, not '${values.regions}'`)
  const folder = resolve(root, values.state)
  if (values.fresh) await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const fronts: Front[] = []
  for (let index = 0; index < Number(values.regions); index++)
    fronts.push(await startFront(index, Number(values['one-port']), folder))
  await run(values.port, fronts, folder, values.state)
}

/** Until Ctrl-C, or until the Worker ends by itself. */
async function run(port: string, fronts: readonly Front[], folder: string, shownFolder: string): Promise<void> {
  const variables = variablesFor(fronts, port)
  const file = join(folder, 'variables')
  await writeVariables(file, variables)
  // Before the Worker runs: while it opens its databases nobody else may write to them
  const key = await keyIn(join(folder, 'key.json'), join(folder, 'worker'), fronts, variables)
  const worker = startWorker(port, join(folder, 'worker'), file)
  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(worker, 'exit')])
  try {
    await untilReady(`http://127.0.0.1:${port}/healthz`, worker)
    const regions = fronts.map(({ region }) => region)
    const endpoint = `http://localhost:${port}`
    const [first] = fronts
    const link = first ? await signInLink(endpoint, key, first, variables) : endpoint
    process.stdout.write(welcome({ endpoint, link, key, state: shownFolder, regions }))
    await interrupted
  } finally {
    await stop(worker, fronts)
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
