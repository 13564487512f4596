// What an action does with each member of its input: honoured, harmless, or refused by name. Nothing is dropped in silence,
// but what asks for nothing.
import { unsupported } from './complaints.ts'
import type { Shape, Structure } from './model.ts'
import type { ParameterList } from './parameters.ts'
import type { StructureValue, Value } from './request.ts'

/** A value that a member may have although it is not honoured: it asks for what is the case anyway. */
export type HarmlessValue = string | number | boolean

/**
 * How an action treats its input. Members are named by their path in the typed input, such as
 * `BlockDeviceMappings.Ebs.VolumeSize`; what holds for a structure holds for all that is in it.
 */
export interface Treatment {
  readonly honours: readonly string[]
  readonly harmless?: Readonly<Record<string, readonly HarmlessValue[] | undefined>>
  /**
   * Parameters that old API versions had and today's has not, and that ask for nothing which could be done or refused: each
   * with the last version in which a client is known to send it. Nothing else of a served action was taken away between
   * 2008-12-01 and today but RunInstances' `License.Pool`, which asks for something: it is refused in every version.
   */
  readonly bygone?: Readonly<Record<string, string>>
}

/** The parameters of a request without those that only its version had; in a later one they are unknown. */
export function withoutBygone(parameters: ParameterList, version: string, { bygone = {} }: Treatment): ParameterList {
  const passed = new Set(Object.keys(bygone).filter(name => version <= (bygone[name] ?? '')))
  return passed.size === 0 ? parameters : parameters.filter(([name]) => !passed.has(name))
}

/** By the protocol, whatever the action. */
export const ALWAYS: readonly string[] = ['DryRun']

/**
 * Refuses what the action would not honour: every such member by its name, as the caller sent it. An empty text asks for
 * nothing, and is nothing to refuse.
 *
 * @throws Ec2Error UnsupportedOperation
 */
export function refuseUnhonoured(shape: Structure, input: StructureValue, { honours, harmless = {} }: Treatment): void {
  const honoured = new Set([...ALWAYS, ...honours])

  function check(shape: Shape, value: Value, member: string, parameter: string): void {
    if (honoured.has(member)) return
    if (shape.kind === 'list' && isList(value)) {
      for (const [index, item] of value.entries()) check(shape.item, item, member, `${parameter}.${index + 1}`)
    } else if (shape.kind === 'structure' && isStructure(value)) {
      checkMembers(shape, value, member, parameter)
    } else if (value !== '' && !harmless[member]?.some(allowed => allowed === value)) {
      throw unsupported(parameter, harmless[member] && textOf(value))
    }
  }

  function checkMembers({ members }: Structure, value: StructureValue, inside: string, parameters: string): void {
    for (const { name, queryName, shape } of members) {
      const given = value[name]
      if (given !== undefined) check(shape, given, below(inside, name), below(parameters, queryName))
    }
  }

  checkMembers(shape, input, '', '')
}

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

const isStructure = (value: Value): value is StructureValue =>
  typeof value === 'object' && !isList(value) && !(value instanceof Date) && !(value instanceof Uint8Array)

const textOf = (value: Value) => (typeof value === 'object' ? undefined : value.toString())
