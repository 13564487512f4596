// `workerd serve`: the runtime alone, as a process of its own that can be measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Bundle, project } from './bundle.ts'

/** The package's own way to its binary: the launcher in .bin would be another process. It has no types. */
const workerd: { readonly default: string; readonly version: string } = createRequire(import.meta.url)('workerd')

export const { version } = workerd

export interface WorkerdOptions {
  readonly script: Bundle['script']
  /** Text bindings: variables and secrets. */
  readonly vars?: Readonly<Record<string, string>>
  /** Addresses of the servers behind the project's KV namespaces and R2 buckets; without them there are no bindings. */
  readonly storage?: { readonly kv: string; readonly r2: string }
  readonly v8Flags?: readonly string[]
}

/** A workerd that serves one Worker. */
export interface Workerd extends AsyncDisposable {
  readonly pid: number
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Whether it has ended, as it does when its heap is full. */
  ended(): boolean
}

/** Starts a workerd. Resolves when it listens. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = dirname(options.script)
  const file = join(folder, 'workerd.capnp')
  await mkdir(join(folder, 'objects'), { recursive: true })
  await writeFile(file, configuration(options))
  const child = spawn(workerd.default, ['serve', '--control-fd=3', ...(process.env.INSPECT ? ['--inspector-addr=127.0.0.1:' + process.env.INSPECT] : []), file], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  })
  const exited = once(child, 'exit')
  const control = child.stdio[3] as Readable
  const port = await Promise.race([listening(control), exited.then(() => undefined)])
  if (port === undefined || child.pid === undefined) throw new Error('workerd did not start')
  return {
    pid: child.pid,
    url: `http://127.0.0.1:${port}`,
    ended: () => child.exitCode !== null || child.signalCode !== null,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

/** The port, which workerd tells on its control pipe. */
async function listening(control: Readable): Promise<number | undefined> {
  for await (const line of createInterface(control)) {
    const event: { event: string; port?: number } = JSON.parse(line)
    if (event.event === 'listen') return event.port
  }
  return undefined
}

/** @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
function configuration({ script, vars = {}, storage, v8Flags = [] }: WorkerdOptions): string {
  const external = (name: string, address: string) =>
    `(name = ${quoted(name)}, external = (address = ${quoted(address)}, http = ()))`
  const services = storage ? [external('kv', storage.kv), external('r2', storage.r2)] : []
  const objects = storage ? project.durable_objects.bindings : []
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`),
    ...(storage ? project.kv_namespaces : []).map(({ binding }) => `(name = ${quoted(binding)}, kvNamespace = "kv")`),
    ...(storage ? project.r2_buckets : []).map(({ binding }) => `(name = ${quoted(binding)}, r2Bucket = "r2")`),
    ...objects.map(
      ({ name, class_name }) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(class_name)})`,
    ),
  ]
  const classes = objects.map(
    ({ class_name }) => `(className = ${quoted(class_name)}, uniqueKey = ${quoted(class_name)}, enableSql = true)`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${v8Flags.map(quoted)}],
  services = [
    (name = "worker", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
    (name = "objects", disk = (path = ${quoted(join(dirname(script), 'objects'))}, writable = true)),
    ${services}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")]
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed ${quoted(basename(script))})],
  compatibilityDate = ${quoted(project.compatibility_date ?? '')},
  compatibilityFlags = [${project.compatibility_flags.map(quoted)}],
  bindings = [${bindings}],
  durableObjectNamespaces = [${classes}],
  durableObjectStorage = (localDisk = "objects")
);
`
}

/** Text in Cap'n Proto's own notation, which takes JSON's escapes of what stands here. */
const quoted = (text: string) => JSON.stringify(text)
