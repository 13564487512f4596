// Nonsense in every parameter of every action: a clear answer, the caller's own fault, never ours.
import { DOMParser } from '@xmldom/xmldom'
import { describe, expect, it } from 'vitest'
import { ec2Actions } from '../../src/ec2/model/served.ts'
import { ec2 as service } from '../../src/ec2/model/services.ts'
import type { Member, Shape } from '../../src/protocol/model.ts'
import { call } from './cloud.ts'

const nonsense = {
  'markup and quotes': "\"]]><a b='&amp;'>\\",
  'what OpenNebula would replace': '$USER[TOKEN_PASSWORD] $VMID',
  emoji: '🐧\u{10FFFF} é\r\n',
  'a control character': 'a\u0000b',
  'a huge number': '99999999999999999999999',
  'a negative number': '-1',
  nothing: '',
}

/** The parameters of a member: of a list its first item, of a structure all its members. */
function parameters({ queryName, shape }: Member, prefix = '', depth = 0): string[] {
  const name = `${prefix}${queryName}`
  return shape.kind === 'list' ? leaves(`${name}.1`, shape.item, depth) : leaves(name, shape, depth)
}

function leaves(name: string, shape: Shape, depth: number): string[] {
  if (shape.kind === 'scalar') return [name]
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

describe.each(Object.entries(nonsense))('%s', (_, text) => {
  it.each(ec2Actions)('in %s is refused or taken, and answered in well-formed XML', async name => {
    const operation = service.operation(name)
    const members = operation?.input.members ?? []
    const required = Object.fromEntries(
      members
        .filter(member => member.required)
        .flatMap(member => parameters(member).slice(0, 1))
        .map(each => [each, plausible(each)]),
    )
    for (const parameter of members.flatMap(member => parameters(member))) {
      const answer = await call(name, { ...required, [parameter]: text, DryRun: 'true' })
      expect([parameter, text, answer.status < 500, answer.code]).toEqual([
        parameter,
        text,
        true,
        answer.code ?? 'a code',
      ])
      expect(new DOMParser({ onError }).parseFromString(answer.text, 'text/xml').documentElement?.tagName).toBe(
        'Response',
      )
    }
  })
})
