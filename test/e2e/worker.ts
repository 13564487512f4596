// For all tests that start clouds: the Worker, bundled once in a run, as `wrangler deploy` bundles it, and then in fewer bytes.
import { rmSync } from 'node:fs'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import type { V4WorkerOptions } from 'miniflare'
import type { TestProject } from 'vitest/node'
import { unstable_getMiniflareWorkerOptions as optionsOf } from 'wrangler'
import { bundle, root, wasmOf } from '../bench/bundle.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What clouds run: plain data, which every process of a run is handed. */
    worker: V4WorkerOptions
    /** The file with what tests note as secret: a JSON text a line. */
    secrets: string
  }
}

interface Bundled {
  readonly folder: string
  readonly worker: V4WorkerOptions
}

/** Every project of a run has modules of its own, but the same process. */
const shared: typeof globalThis & { econeBundled?: Promise<Bundled> } = globalThis

export default async function setup(project: TestProject): Promise<void> {
  shared.econeBundled ??= bundled()
  const { folder, worker } = await shared.econeBundled
  project.provide('worker', worker)
  project.provide('secrets', join(folder, `secrets-${project.name}`))
}

async function bundled(): Promise<Bundled> {
  const folder = await mkdtemp(join(tmpdir(), 'econe-worker-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const { script } = await bundle(folder)
  await shorten(script)
  const { workerOptions } = optionsOf(join(root, 'wrangler.toml'))
  const wasm = await wasmOf(script)
  const modules = [
    { type: 'ESModule', path: script } as const,
    ...wasm.map(path => ({ type: 'CompiledWasm', path }) as const),
  ]
  return { folder, worker: { ...workerOptions, rootPath: folder, modulesRoot: folder, modules } }
}

/** A cloud takes the longer to start the more there is to copy and to read; what has a name keeps it, for those who read of errors. */
async function shorten(script: string): Promise<void> {
  const { code } = await transform(await readFile(script), {
    format: 'esm',
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
  })
  await writeFile(script, code)
}
