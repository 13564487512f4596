// How far an action is served, by its row and AWS's schema of its input: a column of docs/actions.md.
import type { AnyAction } from '../src/ec2/core/action.ts'
import { services } from '../src/ec2/model/services.ts'
import { findOperation, type Shape, type Structure } from '../src/protocol/model.ts'
import { ALWAYS, type Treatment } from '../src/protocol/treatment.ts'

export type Coverage =
  /** Every member of its input is honoured. */
  | { readonly served: 'full' }
  /** Some are not: by their paths, as its row has them. */
  | { readonly served: 'partial'; readonly without: readonly string[] }
  /** It is checked what it is asked, and answered the same whatever there is. */
  | { readonly served: 'static'; readonly answer: string }

export function coverageOf(action: string, row: AnyAction): Coverage {
  if (row.static !== undefined) return { served: 'static', answer: row.static }
  // econe's own have no input of AWS's
  const without = row.form ? [] : unhonoured(findOperation(services, action).input, row)
  return without.length === 0 ? { served: 'full' } : { served: 'partial', without }
}

/** The members of a structure that are not honoured, or with some values alone; of one that is so in part, those inside. */
function unhonoured({ members }: Structure, row: Treatment, inside = ''): string[] {
  const { honours, harmless = {} } = row
  const taken = [...honours, ...Object.keys(harmless)]
  return members.flatMap(({ name, shape }) => {
    const path = `${inside}${name}`
    if (ALWAYS.includes(path) || honours.includes(path)) return []
    const structure = structureOf(shape)
    return structure && taken.some(each => each.startsWith(`${path}.`)) ? unhonoured(structure, row, `${path}.`) : path
  })
}

function structureOf(shape: Shape): Structure | undefined {
  if (shape.kind === 'list') return structureOf(shape.item)
  return shape.kind === 'structure' ? shape : undefined
}
