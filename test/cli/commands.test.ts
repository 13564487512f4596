// The table of commands: every row is complete, means what AWS's own model means, and shows in its help.
import { accessSync, constants, readFileSync } from 'node:fs'
import * as ec2 from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import type { RequestCommand } from '../../src/cli/command.ts'
import { COMMANDS } from '../../src/cli/commands.ts'
import { argumentsOf, COMMON_OPTIONS, parametersOf, readCommandLine } from '../../src/cli/options.ts'
import { run } from './support.ts'

/** The commands that econe 5.12 came with. */
const ORIGINAL = [
  'econe-allocate-address',
  'econe-associate-address',
  'econe-attach-volume',
  'econe-create-keypair',
  'econe-create-volume',
  'econe-delete-keypair',
  'econe-delete-volume',
  'econe-describe-addresses',
  'econe-describe-images',
  'econe-describe-instances',
  'econe-describe-keypairs',
  'econe-describe-volumes',
  'econe-detach-volume',
  'econe-disassociate-address',
  'econe-reboot-instances',
  'econe-register',
  'econe-release-address',
  'econe-run-instances',
  'econe-start-instances',
  'econe-stop-instances',
  'econe-terminate-instances',
  'econe-upload',
]

const names = COMMANDS.map(({ name }) => name)

describe('the table', () => {
  it('has each command once, and all of the original', () => {
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(ORIGINAL))
  })

  it('is what the package installs, beside the two commands of the operator', () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: Record<string, string> }
    const users = ['econe', ...names].map(name => [name, './src/cli/bin/econe.ts'])
    expect(bin).toEqual({
      ...Object.fromEntries(users),
      'econe-check': './src/operator/bin/econe-check.ts',
      'econe-keys': './src/operator/bin/econe-keys.ts',
    })
    for (const program of new Set(Object.values(bin))) expect(() => accessSync(program, constants.X_OK)).not.toThrow()
  })

  it.each(COMMANDS)('$name has no two options of the same name', ({ options }) => {
    const all = [...COMMON_OPTIONS, ...options]
    const spellings = all.flatMap(option => ['short' in option ? option.short : undefined, option.name]).filter(Boolean)
    expect(new Set(spellings).size).toBe(spellings.length)
  })

  it.each(COMMANDS)('$name has an example that it understands', command => {
    const lines = command.example.split('\n').filter(line => line.startsWith('$ '))
    expect(lines).not.toEqual([])
    for (const line of lines) {
      const [name, ...argv] = [...line.slice(2).matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
      expect(name).toBe(command.name)
      const readable = argv.map(word => (word.endsWith('.pub') ? 'package.json' : word))
      const given = readCommandLine(command, readable)
      expect(() => ('run' in command ? argumentsOf(command, given) : parametersOf(command, given))).not.toThrow()
    }
  })
})

describe('--help', () => {
  it.each(COMMANDS)('$name --help says what it does, how, and shows it', async command => {
    const { status, stdout, stderr } = await run(command.name, ['--help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`^Usage: ${command.name} \\[OPTIONS\\]`))
    expect(stdout).toContain(`\n\n${command.purpose}.`)
    expect(stdout).toContain(`\nExample:\n  $ ${command.name}`)
    for (const { name, about } of [...command.operands, ...command.options, ...COMMON_OPTIONS]) {
      expect(stdout).toContain(name)
      expect(stdout.replace(/\s+/g, ' ')).toContain(about)
    }
    expect(
      stdout
        .slice(0, stdout.indexOf('Example:'))
        .split('\n')
        .filter(line => line.length > 100),
    ).toEqual([])
  })
})

describe("AWS's model", () => {
  const modelled = COMMANDS.filter(command => 'action' in command)

  it.each(modelled)('$name sends parameters that $action has', command => {
    const known = members(operation(command.action).input).map(
      ([, traits, name]) => traits.ec2QueryName ?? capital(traits.xmlName ?? name),
    )
    // A parameter inside of another is written with a dot
    for (const name of filledNames(command)) expect(known).toContain(name.split('.')[0])
  })

  it.each(modelled)('$name prints elements that $action answers with', command => {
    const { output } = operation(command.action)
    for (const path of printedPaths(command)) expect(resolves(output, path.split('/')), path).toBe(true)
  })
})

/** Parameters that a command can send: those it names, and what its functions make of a likely value. */
function filledNames({ operands, options }: RequestCommand): string[] {
  return [...operands, ...options].flatMap(field => {
    const likely = 'value' in field && field.value === 'FILE' ? 'package.json' : '1'
    return typeof field.fills === 'string' ? [field.fills] : Object.keys(field.fills([likely]))
  })
}

/** The paths that a command prints, from the root of the answer. */
function printedPaths({ output }: RequestCommand): string[] {
  const base = 'rows' in output ? output.rows : (output.each ?? '')
  const relative =
    'rows' in output
      ? output.columns.flatMap(({ of }) => (typeof of === 'string' ? of.split('|') : []))
      : output.lines.flatMap(line => [...line.matchAll(/\{([a-z][^}]*)\}/g)].map(([, path = '']) => path))
  return relative.map(path => new URL(path, `answer:/${base}/`).pathname.slice(1))
}

type Traits = { readonly xmlName?: string; readonly ec2QueryName?: string }
type Member = readonly [schema: unknown, traits: Traits, name: string]

const STRUCTURE = 3
const LIST = 1

function operation(action: string): { input: unknown; output: unknown } {
  const schema: unknown = Reflect.get(ec2, `${action}$`)
  if (!isArray(schema)) throw new Error(`AWS has no action ${action}`)
  const [, , , , input, output] = schema
  return { input, output }
}

/** The SDK's schemas refer to one another by functions, and wrap what has traits in a pair. */
function schemaOf(reference: unknown): readonly unknown[] {
  const schema: unknown = typeof reference === 'function' ? reference() : reference
  if (!isArray(schema)) return []
  return schema.length === 2 ? schemaOf(schema[0]) : schema
}

function members(reference: unknown): Member[] {
  const [kind, , , , memberNames, memberSchemas] = schemaOf(reference)
  if (kind !== STRUCTURE || !isArray(memberNames) || !isArray(memberSchemas)) return []
  return memberNames.map((name, index) => {
    const schema = memberSchemas[index]
    const traits = isArray(schema) && isTraits(schema[1]) ? schema[1] : {}
    return [schema, traits, String(name)]
  })
}

function resolves(reference: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return true
  const schema = schemaOf(reference)
  if (schema[0] === LIST) return step === 'item' && resolves(schema[4], rest)
  const member = members(schema).find(([, { xmlName }]) => xmlName === step)
  return member !== undefined && resolves(member[0], rest)
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** `Array.isArray` makes any of unknown. */
function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

function isTraits(value: unknown): value is Traits {
  return typeof value === 'object' && value !== null
}
