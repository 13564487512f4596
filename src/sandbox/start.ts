// `npm start`: the Worker in workerd and a sandbox OpenNebula front-end on one machine, ready to be tried.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createSandbox, type Sandbox } from './server.ts'

const root = join(import.meta.dirname, '..', '..')
const stateFolder = join(root, '.econe')
const sandboxFile = join(stateFolder, 'opennebula.json')
const workerFolder = join(stateFolder, 'worker')

const help = `Usage: npm start -- [--port N] [--one-port N] [--fresh]

  --port N      port of the EC2 endpoint (8787)
  --one-port N  port of the sandbox OpenNebula front-end (2633)
  --fresh       forget everything that earlier runs left in .econe/
`

/** Keeps wrangler from asking, reporting, looking anything up on the Internet and tracing every request to disk. */
const quietly = {
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_SEND_ERROR_REPORTS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_OBSERVABILITY: 'false',
}

async function restoreSandbox(): Promise<Sandbox> {
  const sandbox = createSandbox()
  const saved = await readFile(sandboxFile, 'utf8').catch(() => undefined)
  if (saved !== undefined) sandbox.restore(JSON.parse(saved))
  return sandbox
}

function startWorker(port: number, vars: Record<string, string>): ChildProcess {
  const options = { port, ip: '127.0.0.1', 'persist-to': workerFolder, 'log-level': 'error' }
  return spawn(
    join(root, 'node_modules', '.bin', 'wrangler'),
    [
      'dev',
      '--show-interactive-dev-session=false',
      ...Object.entries(options).map(([name, value]) => `--${name}=${value}`),
      ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
    ],
    // A group of its own: Ctrl-C reaches this program alone, which then stops the Worker in order
    { cwd: root, env: { ...process.env, ...quietly }, stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  )
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined)
  return response?.ok ?? false
}

async function untilReady(url: string, worker: ChildProcess): Promise<void> {
  while (!(await answers(url))) {
    if (worker.exitCode !== null) throw new Error(`wrangler ended with status ${worker.exitCode}`)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

const welcome = (endpoint: string, { name, secret }: { name: string; secret: string }) => `
econe-edge answers at ${endpoint}

For the econe-* commands (npx econe-describe-images -H):

  export EC2_URL=${endpoint}
  export EC2_ACCESS_KEY=${name}
  export EC2_SECRET_KEY=${secret}

For the AWS CLI (aws ec2 describe-instances):

  export AWS_ENDPOINT_URL=${endpoint}
  export AWS_ACCESS_KEY_ID=${name}
  export AWS_SECRET_ACCESS_KEY=${secret}
  export AWS_DEFAULT_REGION=us-east-1

Ctrl-C stops it; what it holds is kept in .econe/ (npm start -- --fresh forgets it).
`

async function stop(worker: ChildProcess, sandbox: Sandbox): Promise<void> {
  if (worker.exitCode === null && worker.signalCode === null) {
    worker.kill('SIGTERM')
    await once(worker, 'exit')
  }
  await writeFile(sandboxFile, JSON.stringify(sandbox.snapshot()))
  await sandbox.close()
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8787' },
      'one-port': { type: 'string', default: '2633' },
      fresh: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  if (values.fresh) await rm(stateFolder, { recursive: true, force: true })
  await mkdir(stateFolder, { recursive: true })

  const sandbox = await restoreSandbox()
  const { url } = await sandbox.listen(Number(values['one-port']))
  const endpoint = `http://localhost:${values.port}`
  const worker = startWorker(Number(values.port), {
    ONE_XMLRPC: url,
    ONE_AUTH: sandbox.serverAdmin,
    EDGE_SECRET: 'a sandbox keeps no secrets',
    REGION: 'opennebula',
    SIGNING_REGIONS: '*',
    ADDRESS_NETWORK_ID: '1',
  })

  const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(worker, 'exit')])
  await untilReady(`http://127.0.0.1:${values.port}/healthz`, worker)
  process.stdout.write(welcome(endpoint, sandbox.user))
  await interrupted
  await stop(worker, sandbox)
}

await main()
