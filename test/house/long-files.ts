// `npm run long-files`: prints which files of src are longer than they may be, and ends with 1 where there is one.
import { join } from 'node:path'
import { readSources } from './graph.ts'
import { lengthFindings } from './lengths.ts'

const findings = lengthFindings(readSources(join(import.meta.dirname, '..', '..', 'src')))

process.stdout.write(`files that are longer than they may be: ${findings.length}\n`)
for (const finding of findings) process.stdout.write(`  ${finding}\n`)
process.exitCode = findings.length > 0 ? 1 : 0
