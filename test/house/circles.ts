// `npm run circles`: prints the circles of src's import graph, type imports counted, and ends with 1 where there is one. Of files,
// and of rooms (folders, and files beside them) where a wall says that they have an order.
import { join } from 'node:path'
import { type Circle, circlesOf, graphOf, readSources, roomsOf } from './graph.ts'

/** Folders whose rooms may not lie in a circle: the layers, and the rooms of the sandbox and of the console. */
const ORDERED = ['', 'sandbox', 'console']

const graph = graphOf(readSources(join(import.meta.dirname, '..', '..', 'src')))

const findings: [kind: string, circles: Circle[]][] = [
  ['files', circlesOf(graph)],
  ...ORDERED.map((folder): [string, Circle[]] => [
    `rooms of ${join('src', folder)}`,
    circlesOf(roomsOf(graph, folder)),
  ]),
]

for (const [kind, circles] of findings) {
  process.stdout.write(`circles of ${kind}: ${circles.length}\n`)
  for (const { members, example } of circles) {
    process.stdout.write(
      `  ${members.length}: ${members.join(', ')}\n    for instance ${[...example, example[0]].join(' → ')}\n`,
    )
  }
}
process.exitCode = findings.some(([, circles]) => circles.length > 0) ? 1 : 0
