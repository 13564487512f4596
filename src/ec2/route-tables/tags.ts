// The tags of route tables: of one that a VPC was born with, too, which is kept from then on.
import type { Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { ASSOCIATIONS_LOCK } from '../vpc-associations/resource.ts'
import { readTables, routeTables, tableAmong } from './find.ts'

export const routeTableTags: Taggable = {
  ...routeTables.tags,
  // What is not kept yet is made once, whoever changes something of it
  lock: ASSOCIATIONS_LOCK,
  change: async (ids, change, context) => {
    const tables = await readTables(context)
    const named = new Set(ids.map(id => tableAmong(id, tables).item))
    return [...named].flatMap(item => {
      const retagged = { ...item, tags: checkCount(change(item.tags)) }
      return routeTables.calls([item], [retagged], context).map(call => ({ id: item.id, call }))
    })
  },
}
