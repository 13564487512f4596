// The import graph of a folder, type imports counted, and its circles.
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Who imports whom, by paths relative to the folder. */
export type Graph = ReadonlyMap<string, ReadonlySet<string>>

/**
 * `import … from '…'`, `import type`, `export … from`, `import '…'`, each at the beginning of a line, as the formatter leaves them; and
 * `import('…')` anywhere, a type or not.
 */
const IMPORTS: readonly RegExp[] = [
  /^(?:import|export)\s+(?:type\s+)?(?:[\w$*{},\s]+?\s)?from\s*['"](\.[^'"]+)['"]/gm,
  /^import\s*['"](\.[^'"]+)['"]/gm,
  /\bimport\s*\(\s*['"](\.[^'"]+)['"]/g,
]

/** A comment names a file without importing it. What begins in a string or a pattern (`'//'`, `/\/*x/`) is none. */
const COMMENTS_AND_STRINGS =
  /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/\*[\s\S]*?\*\/|(?<![\\:])\/\/[^\n]*/g

const withoutComments = (text: string): string =>
  text.replace(COMMENTS_AND_STRINGS, found => (found.startsWith('/') ? '' : found))

/** The files that a file imports, each once; `file` and the answer are relative to the same folder. */
export function importsOf(file: string, text: string): string[] {
  const code = withoutComments(text)
  const specifiers = IMPORTS.flatMap(pattern => [...code.matchAll(pattern)].map(([, specifier = '']) => specifier))
  return [...new Set(specifiers.map(specifier => posix.join(posix.dirname(file), specifier)))]
}

/** All TypeScript files in a folder, by their paths relative to it. */
export const sourceFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .sort()

/** The texts of all TypeScript files in a folder, by their paths relative to it. */
export const readSources = (folder: string): ReadonlyMap<string, string> =>
  new Map(sourceFiles(folder).map(file => [file, readFileSync(join(folder, file), 'utf8')]))

/** The graph of files, given as their texts by path; imports from elsewhere are left out. */
export function graphOf(files: ReadonlyMap<string, string>): Graph {
  const known = (imported: string): boolean => files.has(imported)
  return new Map([...files].map(([file, text]) => [file, new Set(importsOf(file, text).filter(known))]))
}

/**
 * The graph of the rooms of a folder: the folders that it holds, and the files that stand beside them.
 *
 * @param folder relative to the graph's root; `''` for the root itself
 */
export function roomsOf(graph: Graph, folder: string): Graph {
  const inside = folder === '' ? '' : `${folder}/`
  const roomOf = (file: string): string | undefined =>
    file.startsWith(inside) ? inside + file.slice(inside.length).split('/', 1)[0] : undefined
  const rooms = new Map<string, Set<string>>()
  for (const [file, imports] of graph) {
    const room = roomOf(file)
    if (room === undefined) continue
    const used = rooms.get(room) ?? new Set()
    rooms.set(room, used)
    for (const imported of [...imports].map(roomOf)) if (imported !== undefined && imported !== room) used.add(imported)
  }
  return rooms
}

/** One knot of the graph: all that can be reached from each other, and a shortest circle in it. */
export interface Circle {
  readonly members: readonly string[]
  /** Each imports the next, the last one the first. */
  readonly example: readonly string[]
}

/** The circles of a graph, the largest first. A file that imports itself is one, too. */
export function circlesOf(graph: Graph): Circle[] {
  const reach = new Map([...graph.keys()].map(node => [node, reachable(graph, node)]))
  const circles: Circle[] = []
  const done = new Set<string>()
  for (const [node, ahead] of reach) {
    if (done.has(node) || !ahead.has(node)) continue
    const members = [...ahead.keys()].filter(other => reach.get(other)?.has(node)).sort()
    for (const member of members) done.add(member)
    circles.push({ members, example: shortest(members.map(member => wayBack(reach.get(member), member))) })
  }
  return circles.sort((one, other) => other.members.length - one.members.length)
}

/** What a node reaches, breadth first: each with the node by which it was reached first. */
function reachable(graph: Graph, from: string): Map<string, string> {
  const before = new Map<string, string>()
  const queue = [from]
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (before.has(next)) continue
      before.set(next, node)
      if (next !== from) queue.push(next)
    }
  }
  return before
}

/** The shortest way from a node of a circle back to itself: its own name, and those on the way. */
function wayBack(before: ReadonlyMap<string, string> | undefined, node: string): string[] {
  const way: string[] = []
  for (let at = before?.get(node); at !== undefined && at !== node; at = before?.get(at)) way.unshift(at)
  return [node, ...way]
}

const shortest = (paths: readonly string[][]): string[] =>
  paths.reduce((best, path) => (path.length < best.length ? path : best), paths[0] ?? [])
