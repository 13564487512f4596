// `npm run check`: types, format, lint, circles and lengths, side by side; what one of them has to say is printed whole.
import { spawn } from 'node:child_process'

/** The checks, as commands. The longest first: it is what the others run beside, so that each does with one thread for types. */
const CHECKS = [
  'oxlint --type-aware',
  'tsc -p tsconfig.worker.json --checkers 1',
  'tsc -p tsconfig.node.json --checkers 1',
  'tsc -p tsconfig.console.json --checkers 1',
  'biome check .',
  'node test/house/circles.ts',
  'node test/house/long-files.ts',
]

/** Those in Go collect garbage a third of their time, and end before they have made much. */
const env = { GOGC: '400', ...process.env }

/** Runs a command to its end. @returns whether all was well */
function passes(command: string): Promise<boolean> {
  const [program = '', ...args] = command.split(' ')
  const running = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: Buffer[] = []
  for (const stream of [running.stdout, running.stderr]) stream.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    running.on('error', reject)
    running.on('close', status => {
      process.stdout.write(`$ ${command}\n${Buffer.concat(said).toString()}`)
      resolve(status === 0)
    })
  })
}

const outcomes = await Promise.all(CHECKS.map(passes))
process.exitCode = outcomes.every(outcome => outcome) ? 0 : 1
