// The rows of the operator's commands: complete, without two options of a name, and all of them in the help.
import { describe, expect, it } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { argumentsOf, PROGRAM_OPTIONS, readLine } from '../../src/cli/options.ts'
import { program as check } from '../../src/operator/check/command.ts'
import { program as keys } from '../../src/operator/keys.ts'
import type { Job, Program } from '../../src/operator/program.ts'
import { WORKER_OPTIONS } from '../../src/operator/worker.ts'
import { operate } from './support.ts'

const SHARED = [...WORKER_OPTIONS, ...PROGRAM_OPTIONS]

const jobsOf = (program: Program): readonly Job[] => ('verbs' in program ? program.verbs : [program])

describe.each([
  ['check', check],
  ['keys', keys],
] as const)('econe-%s', (name, program) => {
  it.each(jobsOf(program))('$name has no two options of the same name', ({ options }) => {
    const spellings = [...SHARED, ...options].flatMap(option =>
      ['short' in option ? option.short : [], option.name].flat(),
    )
    expect(new Set(spellings).size).toBe(spellings.length)
  })

  it('has an example that it understands', () => {
    const lines = program.example.split('\n').filter(line => line.startsWith('$ '))
    expect(lines).not.toEqual([])
    for (const line of lines) {
      const [called, ...argv] = [...line.slice(2).matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
      expect(called).toBe(program.name)
      const job = 'verbs' in program ? program.verbs.find(verb => verb.name === argv.shift()) : program
      if (!job) throw new Error(`there is no such verb: ${line}`)
      const options = [...job.options, ...SHARED]
      expect(() => argumentsOf({ ...job, options }, readLine(options, argv))).not.toThrow()
    }
  })

  it('explains all that it takes', async () => {
    const { status, stdout } = await operate(name, ['--help'])
    expect(status).toBe(0)
    const told = stdout.replace(/\s+/g, ' ')
    for (const job of jobsOf(program)) {
      expect(told).toContain(`${job.purpose}.`)
      for (const { name: taken, about } of [...job.operands, ...job.options, ...SHARED]) {
        expect(told).toContain(taken)
        expect(told).toContain(about)
      }
    }
    const page = stdout.slice(0, stdout.indexOf('Example:')).split('\n')
    expect(page.filter(line => line.length > 100)).toEqual([])
  })

  it('has a version', async () => {
    expect(await operate(name, ['-V'])).toMatchObject({ stdout: `econe-${name} ${packageJson.version}\n` })
  })
})
