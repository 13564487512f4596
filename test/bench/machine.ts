// What the bench runs on: figures mean little without it.
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'
import { version } from './workerd.ts'

const GIB = 2 ** 30

/** CPU, cores, memory, what else they were busy with, versions and the date, as a sentence. */
export function machine(): string {
  const date = new Date().toISOString().slice(0, 10)
  const model = cpus()[0]?.model.trim() ?? 'an unknown CPU'
  const memory = Math.round(totalmem() / GIB)
  const [load = 0] = loadavg()
  return (
    `${date}: ${model}, ${availableParallelism()} cores, ${memory} GiB, load average ${load.toFixed(1)} at the start; ` +
    `Node ${process.version}, workerd ${version}.`
  )
}
