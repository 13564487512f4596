// `npm run bench`: measures the figures that the project promises; all parts, or those named on the command line.
import { cpu } from './cpu.ts'
import { markdown, type Section } from './table.ts'

const parts: Readonly<Record<string, () => Promise<Section[]>>> = { cpu }

for (const name of process.argv.slice(2)) {
  for (const section of await parts[name]!()) console.log(markdown(section))
}
