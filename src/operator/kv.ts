// The Worker's KV namespace from the operator's machine, by way of wrangler: with its login, and no door in the Worker.
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { KeyStore, KeyStorePage } from '../auth/key-store.ts'
import type { Environment } from '../cli/endpoint.ts'
import { Failure } from '../cli/errors.ts'
import { type Configuration, loadWrangler, type Operator, type Simulation, wranglerProgram } from './worker.ts'

/** Names that one bulk read may have. https://developers.cloudflare.com/kv/api/read-key-value-pairs/ */
const BULK = 100
/** How long reads are gathered, in milliseconds; a run of wrangler takes a second. */
const GATHERING = 20

interface Wish {
  readonly name: string
  readonly fulfil: (value: string | null) => void
  readonly fail: (reason: unknown) => void
}

/** Does some work on the namespace of the Worker that an operator's command is about. */
export function withIndex<T>(
  { configuration, local, namespace }: Operator,
  environment: Environment,
  work: (store: KeyStore) => Promise<T>,
): Promise<T> {
  return local ? withLocalIndex(configuration, local, work) : work(new WranglerStore(namespace, environment))
}

/** What is open on this machine, and for how many works. */
const opened = new Map<string, { readonly proxy: Promise<Simulation>; works: number }>()

/**
 * Does some work on the namespace of a Worker on this machine, in wrangler's own simulation: that is there in a tenth of a second,
 * where each run of `wrangler kv` would take one. Works at the same time share it.
 *
 * @param folder where the Worker's state is
 * @throws {Failure} where that cannot be opened
 */
export async function withLocalIndex<T>(
  { compatibility_date, kv_namespaces }: Configuration,
  folder: string,
  work: (store: KeyStore) => Promise<T>,
): Promise<T> {
  const bound = { name: 'econe-keys', compatibility_date, kv_namespaces }
  const place = JSON.stringify([resolve(folder), bound])
  const shared = opened.get(place) ?? { proxy: openLocal(bound, folder), works: 0 }
  opened.set(place, shared)
  shared.works++
  try {
    const { env } = await shared.proxy
    if (!env.INDEX) throw new Failure('the configuration binds no KV namespace as INDEX')
    return await work(env.INDEX)
  } finally {
    if (--shared.works === 0) {
      opened.delete(place)
      await shared.proxy.then(
        ({ dispose }) => dispose(),
        () => undefined,
      )
    }
  }
}

/** @param bound the namespace alone: what else the Worker has, its databases above all, is not to be opened beside it */
async function openLocal(bound: object, folder: string): Promise<Simulation> {
  const { getPlatformProxy } = await loadWrangler()
  // Or it would ask Cloudflare where on earth this machine is
  process.env['CLOUDFLARE_CF_FETCH_ENABLED'] = 'false'
  const own = await mkdtemp(join(tmpdir(), 'econe-keys-'))
  try {
    const configPath = join(own, 'wrangler.json')
    await writeFile(configPath, JSON.stringify(bound))
    // As `--persist-to` of wrangler's commands has it
    const persist = { path: join(folder, 'v3') }
    await mkdir(persist.path, { recursive: true }).catch((error: Error) => {
      throw new Failure(`cannot open the KV namespaces in ${folder}: ${error.message}`)
    })
    return await getPlatformProxy({ configPath, envFiles: [], persist, remoteBindings: false })
  } finally {
    await rm(own, { recursive: true })
  }
}

/** What is deployed, by a process of `wrangler kv` for each look. Every method throws {@link Failure} with wrangler's words. */
export class WranglerStore implements KeyStore {
  readonly #namespace: readonly string[]
  readonly #environment: Environment
  #wishes: Wish[] = []

  /**
   * @param namespace   options by which `wrangler kv` finds it
   * @param environment wrangler's
   */
  constructor(namespace: readonly string[], environment: Environment) {
    this.#namespace = namespace
    this.#environment = environment
  }

  /** Reads that are wanted at the same time are one run of wrangler. */
  get(name: string): Promise<string | null> {
    if (this.#wishes.length === 0) setTimeout(() => void this.#readAll(), GATHERING)
    return new Promise((fulfil, fail) => this.#wishes.push({ name, fulfil, fail }))
  }

  async put(name: string, value: string): Promise<void> {
    await this.#run('key', 'put', name, value)
  }

  async delete(name: string): Promise<void> {
    await this.#run('key', 'delete', name)
  }

  async list({ prefix }: { prefix: string }): Promise<KeyStorePage> {
    const keys = JSON.parse(await this.#run('key', 'list', '--prefix', prefix)) as { name: string }[]
    return { keys, list_complete: true }
  }

  async #readAll(): Promise<void> {
    const wishes = this.#wishes
    this.#wishes = []
    for (let at = 0; at < wishes.length; at += BULK) await this.#read(wishes.slice(at, at + BULK))
  }

  async #read(wishes: readonly Wish[]): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'econe-keys-'))
    try {
      const names = join(folder, 'names.json')
      await writeFile(names, JSON.stringify(wishes.map(({ name }) => name)))
      const found = JSON.parse(await this.#run('bulk', 'get', names)) as Record<string, { value: string | null }>
      for (const { name, fulfil } of wishes) fulfil(found[name]?.value ?? null)
    } catch (error) {
      for (const { fail } of wishes) fail(error)
    } finally {
      await rm(folder, { recursive: true })
    }
  }

  async #run(...words: string[]): Promise<string> {
    const args = [wranglerProgram(), 'kv', ...words, ...this.#namespace]
    const quiet = { WRANGLER_SEND_METRICS: 'false', WRANGLER_HIDE_BANNER: 'true', NO_COLOR: '1' }
    const child = spawn(process.execPath, args, {
      env: { ...this.#environment, ...quiet },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [output, complaint] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    const status = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    if (status !== 0) throw new Failure(`wrangler kv ${words[0]} ${words[1]} failed: ${reasonIn(complaint || output)}`)
    return output
  }
}

/** wrangler puts `✘ [ERROR] ` before what is wrong. */
function reasonIn(text: string): string {
  const lines = stripVTControlCharacters(text).split('\n')
  const [, reason] = lines.map(line => /\[ERROR\] *(.+)/.exec(line)).find(Boolean) ?? []
  return reason ?? lines.find(line => line.trim() !== '') ?? 'it did not say why'
}
