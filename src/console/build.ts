// `npm run console`: bundles the console into dist/console, as the Worker serves it, and holds it to its size.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { onlyNamed } from './shapes.ts'

const root = join(import.meta.dirname, '..', '..')
const source = join(root, 'src', 'console')
const target = join(root, 'dist', 'console')

/** Bytes that all of it may have, compressed as a browser gets it. */
const MOST = 150 * 1024

/** A file as it is served: where, by its address, and what is in it. */
interface Served {
  readonly path: string
  readonly bytes: Uint8Array
}

/** What a visitor's browser loads of it, in bytes. */
export interface Sizes {
  readonly plain: number
  readonly gzip: number
}

/**
 * Builds the console. Files that are as they were are not touched, so that a server that watches them is left in peace.
 * @throws Error where it is larger than it may be
 */
export async function buildConsole(): Promise<Sizes> {
  const bundled = await bundle()
  const files = [...bundled, await page(bundled)]
  const sizes = sizesOf(files)
  await writeAll(files)
  if (sizes.gzip > MOST) throw new Error(`the console has ${sizes.gzip} bytes with gzip, more than ${MOST}`)
  return sizes
}

/** Scripts and styles, with a hash of what is in them in their names. */
async function bundle(): Promise<Served[]> {
  const { outputFiles } = await build({
    entryPoints: [join(source, 'main.tsx'), join(source, 'styles.css')],
    outdir: target,
    entryNames: 'console/[name]-[hash]',
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2024',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx/dom',
    logLevel: 'error',
    plugins: [onlyNamed(source)],
  })
  return outputFiles.map(({ path, contents }) => ({ path: relative(target, path), bytes: contents }))
}

/** The one page, which names them. */
async function page(bundled: readonly Served[]): Promise<Served> {
  const named = (text: string, name: string) => {
    const [stem = '', kind = ''] = name.split('.')
    const served = bundled.find(({ path }) => basename(path).startsWith(`${stem}-`) && path.endsWith(`.${kind}`))
    return text.replace(`/console/${name}`, `/${served?.path}`)
  }
  const html = await readFile(join(source, 'index.html'), 'utf8')
  return { path: 'index.html', bytes: Buffer.from(['main.js', 'styles.css'].reduce(named, html)) }
}

const sizesOf = (files: readonly Served[]): Sizes => {
  const sum = (size: (bytes: Uint8Array) => number) => files.reduce((total, { bytes }) => total + size(bytes), 0)
  return {
    plain: sum(bytes => bytes.length),
    gzip: sum(bytes => gzipSync(bytes).length),
  }
}

async function writeAll(files: readonly Served[]): Promise<void> {
  for (const { path, bytes } of files) {
    const file = join(target, path)
    const there = await readFile(file).catch(() => undefined)
    if (there?.equals(bytes)) continue
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }
  const wanted = new Set(files.map(({ path }) => path))
  const found = await readdir(target, { recursive: true, withFileTypes: true })
  const old = found.filter(each => each.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  // Two builds at a time may both find what neither wants
  await Promise.all(old.filter(file => !wanted.has(relative(target, file))).map(file => rm(file, { force: true })))
}

if (process.argv[1] === import.meta.filename) {
  const { plain, gzip } = await buildConsole()
  process.stdout.write(`console: ${plain} bytes, ${gzip} with gzip\n`)
}
