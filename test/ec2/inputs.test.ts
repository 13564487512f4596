// Every member of every served action's input, by AWS's schema: honoured, harmless, or refused by name.
import { describe, expect, it } from 'vitest'
import { actions } from '../../src/ec2/actions.ts'
import { services } from '../../src/ec2/model/services.ts'
import type { Operation, ScalarType, Shape } from '../../src/protocol/model.ts'
import type { StructureValue, Value } from '../../src/protocol/request.ts'
import { refuseUnhonoured } from '../../src/protocol/treatment.ts'

/** A value of each type that asks for something. */
const VALUES: Readonly<Record<ScalarType, Value>> = {
  string: 'something',
  number: 4711,
  boolean: true,
  timestamp: new Date(0),
  blob: new Uint8Array([1]),
}

interface Leaf {
  /** In the typed input, and in a request. */
  readonly member: string
  readonly parameter: string
  /** An input in which this leaf alone has a value. */
  readonly having: (value: Value | undefined) => StructureValue
}

/** The leaves of an input; a shape that holds itself is followed once. */
function* leaves(shape: Shape, around: Leaf, seen: readonly string[], type?: ScalarType): Generator<Leaf> {
  if (shape.kind === 'scalar') {
    yield { ...around, having: value => around.having(value ?? VALUES[shape.type]) }
  } else if (shape.kind === 'list') {
    const inside = (value: Value | undefined) => around.having(value === undefined ? undefined : [value])
    const item = { ...around, parameter: `${around.parameter}.1`, having: inside }
    yield* leaves(shape.item, withValue(item, shape.item), seen, type)
  } else if (!seen.includes(shape.name)) {
    for (const { name, queryName, shape: member } of shape.members) {
      const leaf: Leaf = {
        member: around.member === '' ? name : `${around.member}.${name}`,
        parameter: around.parameter === '' ? queryName : `${around.parameter}.${queryName}`,
        having: value => around.having(value === undefined ? undefined : { [name]: value }),
      }
      yield* leaves(member, leaf, [...seen, shape.name])
    }
  }
}

/** Of a list of plain values the value of one is that of its type. */
function withValue(leaf: Leaf, shape: Shape): Leaf {
  if (shape.kind !== 'scalar') return leaf
  return { ...leaf, having: value => leaf.having(value ?? VALUES[shape.type]) }
}

const isStructure = (value: Value | undefined): value is StructureValue => typeof value === 'object'

const root: Leaf = { member: '', parameter: '', having: value => (isStructure(value) ? value : {}) }

function operationOf(action: string): Operation {
  const operation = services.map(service => service.operation(action)).find(found => found !== undefined)
  if (!operation) throw new Error(`no service has ${action}`)
  return operation
}

const covers = (members: readonly string[], leaf: string) =>
  members.some(member => leaf === member || leaf.startsWith(`${member}.`))

describe.each([...actions])('the input of %s', (action, row) => {
  const operation = operationOf(action)
  const { honours, harmless = {} } = row
  const all = [...leaves(operation.input, root, [])]
  const check = (input: StructureValue) => () => refuseUnhonoured(operation.input, input, row)

  it('has every member that is said to be honoured or harmless, and each once', () => {
    for (const member of [...honours, ...Object.keys(harmless)]) {
      expect(
        all.some(leaf => covers([member], leaf.member)),
        member,
      ).toBe(true)
    }
    expect(Object.keys(harmless).filter(member => covers(honours, member))).toEqual([])
  })

  it('is honoured, harmless, or refused by name', () => {
    for (const { member, parameter, having } of all) {
      const allowed = harmless[member] ?? []
      if (covers(['DryRun', ...honours], member)) {
        expect(check(having(undefined)), member).not.toThrow()
      } else {
        const error = { code: 'UnsupportedOperation', message: expect.stringContaining(` ${parameter} `) as string }
        const refused = allowed.includes(true) ? false : undefined
        expect(check(having(refused)), member).toThrow(expect.objectContaining(error))
        for (const value of allowed) expect(check(having(value)), member).not.toThrow()
      }
    }
  })
})
