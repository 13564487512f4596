// Where instance types come from: the templates of the operator that are marked as one.
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { templatePool } from '../../opennebula/calls/template.ts'
import type { VmTemplate } from '../../opennebula/documents.ts'
import type { Context } from '../core/context.ts'
import { operatorsOf } from '../core/trust.ts'
import { typeName } from './view.ts'

/** Reads the templates that instance types can be: the operator's, and nobody else's. */
export const typeTemplates = (context: Pick<Context, 'operators'>): ReadCall<VmTemplate>[] =>
  operatorsOf(templatePool, context)

/** The templates by type; of several for one type the lowest id counts, so that an operator's copy changes nothing. */
export function templatesByType(templates: Iterable<VmTemplate>): Map<string, VmTemplate> {
  const byType = new Map<string, VmTemplate>()
  for (const template of [...templates].sort((a, b) => a.ID - b.ID)) {
    const name = typeName(template)
    if (name !== undefined && !byType.has(name)) byType.set(name, template)
  }
  return byType
}

/** All types there are. */
export const findTypes = async (context: Context): Promise<Map<string, VmTemplate>> =>
  templatesByType(await Array.fromAsync(context.one.stream(...typeTemplates(context))))
