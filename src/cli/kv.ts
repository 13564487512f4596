// The Worker's KV namespace from the operator's machine, by way of `wrangler kv`: with its login, and no door in the Worker.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import type { KeyStore, KeyStorePage } from '../auth/keys.ts'
import type { Environment } from './endpoint.ts'
import { Failure } from './errors.ts'
import { wranglerProgram } from './operator.ts'

/** Names that one bulk read may have. https://developers.cloudflare.com/kv/api/read-key-value-pairs/ */
const BULK = 100
/** How long reads are gathered, in milliseconds; a run of wrangler takes a second. */
const GATHERING = 20

interface Wish {
  readonly name: string
  readonly fulfil: (value: string | null) => void
  readonly fail: (reason: unknown) => void
}

/** Every method throws {@link Failure} with wrangler's words. */
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
