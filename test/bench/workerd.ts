// `workerd serve`: the runtime alone, as a process of its own that can be measured.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Bundle, project, wasmOf } from './bundle.ts'

/** The package's own way to its binary: the launcher in .bin would be another process. It has no types. */
const workerd = createRequire(import.meta.url)('workerd') as { readonly default: string; readonly version: string }

export const { version } = workerd

export interface WorkerdOptions {
  readonly script: Bundle['script']
  /** Text bindings: variables and secrets. */
  readonly vars?: Readonly<Record<string, string>>
  /** Addresses of the servers behind the project's KV namespaces and R2 buckets; without them there are no bindings. */
  readonly storage?: { readonly kv: string; readonly r2: string }
  /** Whether the script has the project's Durable Objects; where there is storage it has, if nothing is said. */
  readonly objects?: boolean
  readonly v8Flags?: readonly string[]
  /** Where it listens; any free port where nothing is said. */
  readonly port?: number
  /** Whether a profiler can be attached. */
  readonly inspector?: boolean
}

/** A workerd that serves one Worker. */
export interface Workerd extends AsyncDisposable {
  readonly pid: number
  readonly options: WorkerdOptions
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** `http://127.0.0.1:PORT` of the inspector, where it is switched on. */
  readonly inspector?: string
  /** Whether it has ended, as it does when its heap is full. */
  ended(): boolean
}

/** Starts a workerd. Resolves when it listens. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = dirname(options.script)
  const file = join(folder, 'workerd.capnp')
  await mkdir(join(folder, 'objects'), { recursive: true })
  const wasm = await wasmOf(options.script)
  await writeFile(
    file,
    configuration(
      options,
      wasm.map(path => basename(path)),
    ),
  )
  const inspecting = options.inspector ? ['--inspector-addr=127.0.0.1:0'] : []
  const child = spawn(workerd.default, ['serve', '--control-fd=3', ...inspecting, file], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const exited = once(child, 'exit')
  const control = child.stdio[3] as Readable
  const ports = await Promise.race([listening(control), exited.then(() => undefined)])
  if (ports === undefined || child.pid === undefined) throw new Error(`workerd did not start: ${complaints}`)
  return {
    pid: child.pid,
    options,
    url: `http://127.0.0.1:${ports.http}`,
    ...(ports.inspector !== undefined && { inspector: `http://127.0.0.1:${ports.inspector}` }),
    ended: () => child.exitCode !== null || child.signalCode !== null,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await exited
    },
  }
}

interface Ports {
  readonly http: number
  readonly inspector: number | undefined
}

/** The ports, which workerd tells on its control pipe, the inspector's first. */
async function listening(control: Readable): Promise<Ports | undefined> {
  let inspector: number | undefined
  for await (const line of createInterface(control)) {
    const event = JSON.parse(line) as { event: string; port: number }
    if (event.event === 'listen-inspector') inspector = event.port
    if (event.event === 'listen') return { http: event.port, inspector }
  }
  return undefined
}

/**
 * @param wasm files beside the script, which it imports by their names
 * @see https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
 */
function configuration(options: WorkerdOptions, wasm: readonly string[]): string {
  const { script, vars = {}, storage, objects: hasObjects = storage !== undefined, port = 0, v8Flags = [] } = options
  const external = (name: string, address: string) =>
    `(name = ${quoted(name)}, external = (address = ${quoted(address)}, http = ()))`
  const services = [
    '(name = "worker", worker = .worker)',
    '(name = "internet", network = (allow = ["public", "private", "local"]))',
    `(name = "objects", disk = (path = ${quoted(join(dirname(script), 'objects'))}, writable = true))`,
    ...(storage ? [external('kv', storage.kv), external('r2', storage.r2)] : []),
  ]
  const objects = hasObjects ? project.durable_objects.bindings : []
  const bindings = [
    ...Object.entries(vars).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`),
    ...(storage ? project.kv_namespaces : []).map(({ binding }) => `(name = ${quoted(binding)}, kvNamespace = "kv")`),
    ...(storage ? project.r2_buckets : []).map(({ binding }) => `(name = ${quoted(binding)}, r2Bucket = "r2")`),
    ...objects.map(
      ({ name, class_name }) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(class_name)})`,
    ),
  ]
  const modules = [
    `(name = "worker", esModule = embed ${quoted(basename(script))})`,
    ...wasm.map(name => `(name = ${quoted(name)}, wasm = embed ${quoted(name)})`),
  ]
  const classes = objects.map(
    ({ class_name }) => `(className = ${quoted(class_name)}, uniqueKey = ${quoted(class_name)}, enableSql = true)`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ${list(v8Flags.map(quoted))},
  services = ${list(services)},
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "worker")]
);
const worker :Workerd.Worker = (
  modules = ${list(modules)},
  compatibilityDate = ${quoted(project.compatibility_date)},
  compatibilityFlags = ${list(project.compatibility_flags.map(quoted))},
  bindings = ${list(bindings)},
  durableObjectNamespaces = ${list(classes)},
  durableObjectStorage = (localDisk = "objects")
);
`
}

/** Text in Cap'n Proto's own notation, which takes JSON's escapes of what stands here. */
const quoted = (text: string) => JSON.stringify(text)
const list = (items: readonly string[]) => `[${items.join(', ')}]`
