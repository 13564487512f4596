// For all tests that start clouds: the Worker, bundled once in a run, as `wrangler deploy` bundles it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'econe-worker-'))
  const { script } = await bundle(folder)
  const { workerOptions } = optionsOf(join(root, 'wrangler.toml'))
  const wasm = await wasmOf(script)
  const modules = [
    { type: 'ESModule', path: script } as const,
    ...wasm.map(path => ({ type: 'CompiledWasm', path }) as const),
  ]
  project.provide('secrets', join(folder, 'secrets'))
  project.provide('worker', { ...workerOptions, rootPath: folder, modulesRoot: folder, modules })
  return () => rm(folder, { recursive: true })
}
