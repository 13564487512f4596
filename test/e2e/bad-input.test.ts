// Nonsense in every parameter of every action: a clear answer, the caller's own fault, never ours. Each parameter is given two pieces of
// it, of which all take their turns; with NONSENSE=all it is given every piece.
import { DOMParser } from '@xmldom/xmldom'
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { ec2 as service } from '../../src/ec2/model/services.ts'
import type { Member, ScalarType, Shape } from '../../src/protocol/model.ts'
import { call } from './cloud.ts'

const texts = ["\"]]><a b='&amp;'>\\", '$USER[TOKEN_PASSWORD] $VMID', '🐧\u{10FFFF} é\r\n', 'a\u0000b', '']
const numbers = ['-1', '99999999999999999999999', '1.5', '1e3', 'many']

/** By the type of a parameter, what does not belong there, or is hard to carry. */
const nonsense = { string: texts, number: numbers, boolean: ['maybe'], timestamp: ['yesterday'], blob: ['%', ''] }

/** How many pieces a parameter is given. */
const PIECES = process.env['NONSENSE'] === 'all' ? texts.length : 2

/** The pieces for the parameter that is the nth to be asked. */
function piecesFor(type: ScalarType, turn: number): readonly string[] {
  const all = nonsense[type]
  const first = (turn * PIECES) % all.length
  return [...all.slice(first), ...all.slice(0, first)].slice(0, PIECES)
}

interface Parameter {
  readonly name: string
  readonly type: ScalarType
}

/** The parameters of a member: of a list its first item, of a structure all its members. */
function parameters({ queryName, shape }: Member, prefix = '', depth = 0): Parameter[] {
  const name = `${prefix}${queryName}`
  return shape.kind === 'list' ? leaves(`${name}.1`, shape.item, depth) : leaves(name, shape, depth)
}

function leaves(name: string, shape: Shape, depth: number): Parameter[] {
  if (shape.kind === 'scalar') return [{ name, type: shape.type }]
  if (depth === 3) return []
  if (shape.kind === 'list') return leaves(`${name}.1`, shape.item, depth)
  return shape.members.flatMap(member => parameters(member, `${name}.`, depth + 1))
}

/** What each action cannot do without: an id that is well-formed and nobody's, or a small value. */
function plausible(name: string): string {
  const last = name.split('.').findLast(part => !/^\d+$/.test(part)) ?? ''
  const prefixes = { InstanceId: 'i', ImageId: 'ami', VolumeId: 'vol', SnapshotId: 'snap', AllocationId: 'eipalloc' }
  const prefix = Object.entries(prefixes).find(([suffix]) => last.endsWith(suffix))?.[1]
  if (prefix !== undefined) return `${prefix}-1234567890abcdef0`
  return /Count|Size|MaxResults/.test(last) ? '5' : 'true'
}

/** Only a warning is let pass: of the replacement character, which stands for what XML cannot hold. */
const onError = (level: string, message: string) => {
  if (level !== 'warning') throw new Error(message)
}

/** So many requests at a time. */
const AT_ONCE = 8

async function inEveryWay<T>(ways: readonly T[], work: (way: T) => Promise<void>): Promise<void> {
  const left = ways.values()
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const way of left) await work(way)
    }),
  )
}

const served = [...actions.keys()]

describe('nonsense', () => {
  it.each(served)('in any parameter of %s is refused or taken, and answered in well-formed XML', async action => {
    const members = service.operation(action)?.input.members ?? []
    const required = members.filter(member => member.required).flatMap(member => parameters(member).slice(0, 1))
    const rest = Object.fromEntries(required.map(({ name }) => [name, plausible(name)]))
    // The turns begin elsewhere for every action: names that many of them have are given all of it, too
    const before = served.indexOf(action)
    const asked = members
      .flatMap(member => parameters(member))
      .map((each, index) => ({ ...each, turn: before + index }))
    await inEveryWay(asked, async ({ name, type, turn }) => {
      for (const text of piecesFor(type, turn)) {
        const answer = await call(action, { ...rest, [name]: text, DryRun: 'true' })
        expect([name, text, answer.code, answer.status < 500]).toEqual([name, text, answer.code ?? 'a code', true])
        const document = new DOMParser({ onError }).parseFromString(answer.text, 'text/xml')
        expect(document.documentElement?.tagName).toBe('Response')
        // What is refused by its name is so whatever it says
        if (/^The parameter \S+ is not supported\.$/.test(answer.message ?? '')) break
      }
    })
  })
})
