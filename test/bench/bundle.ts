// Workers made ready for workerd, as `wrangler deploy` makes them.
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { unstable_readConfig as readConfig } from 'wrangler'

export const root = join(import.meta.dirname, '..', '..')

/** What of wrangler.toml a runtime has to know. */
interface Project {
  readonly compatibility_date: string
  readonly compatibility_flags: readonly string[]
  readonly kv_namespaces: readonly { readonly binding: string }[]
  readonly r2_buckets: readonly { readonly binding: string }[]
  readonly durable_objects: { readonly bindings: readonly { readonly name: string; readonly class_name: string }[] }
}

/** The project's wrangler.toml. */
export const project = readConfig({ config: join(root, 'wrangler.toml') }) as Project

const quiet = { WRANGLER_SEND_METRICS: 'false', WRANGLER_SEND_ERROR_REPORTS: 'false', WRANGLER_HIDE_BANNER: 'true' }

/** A bundled Worker. */
export interface Bundle {
  /** The file with all of it, but for WebAssembly, which is in files beside it. */
  readonly script: string
  /** Bytes that each module has in the script, by its path. */
  readonly modules: ReadonlyMap<string, number>
}

export interface BundleOptions {
  /** A Worker of the bench's own, from the root of the project; the project's where it is absent. */
  readonly entry?: string
  readonly minify?: boolean
}

/** Bundles a Worker into a folder. */
export async function bundle(folder: string, { entry, minify }: BundleOptions = {}): Promise<Bundle> {
  const config = entry === undefined ? join(root, 'wrangler.toml') : await configFor(entry, folder)
  const options = ['--dry-run', '--metafile', ...(minify ? ['--minify'] : [])]
  await promisify(execFile)(
    join(root, 'node_modules', '.bin', 'wrangler'),
    ['deploy', '--config', config, '--outdir', folder, ...options],
    { cwd: root, env: { ...process.env, ...quiet, WRANGLER_LOG_PATH: join(folder, 'log') } },
  )
  const meta = JSON.parse(await readFile(join(folder, 'bundle-meta.json'), 'utf8')) as Meta
  const [path, output] = Object.entries(meta.outputs).find(([, { entryPoint }]) => entryPoint !== undefined) ?? []
  if (path === undefined || !output) throw new Error('wrangler has bundled nothing')
  const modules = Object.entries(output.inputs).map(([name, { bytesInOutput }]) => [name, bytesInOutput] as const)
  return { script: join(folder, basename(path)), modules: new Map(modules) }
}

/** The files of WebAssembly that a script imports, each by its name: wrangler puts them beside it. */
export async function wasmOf(script: string): Promise<string[]> {
  const folder = dirname(script)
  const names = await readdir(folder)
  return names.filter(name => name.endsWith('.wasm')).map(name => join(folder, name))
}

/** esbuild's metafile: of each file that it wrote, what went into it. */
interface Meta {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly entryPoint?: string
        readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>
      }
    >
  >
}

/** A Worker with the runtime of the project's, and without its bindings. */
async function configFor(entry: string, folder: string): Promise<string> {
  const { compatibility_date, compatibility_flags } = project
  const file = join(folder, 'wrangler.json')
  await mkdir(folder, { recursive: true })
  await writeFile(
    file,
    JSON.stringify({ name: 'bench', main: join(root, entry), compatibility_date, compatibility_flags }),
  )
  return file
}
