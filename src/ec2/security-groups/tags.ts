// The tags of security groups and of their rules: attributes of the groups.
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { SecurityGroup } from '../core/documents.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { changeOnObjects, type TagCall, type Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { merge } from '../core/writes.ts'
import { groupSource } from './find.ts'
import { RULE_TAGS_LOCK, SECURITY_GROUP_RULE } from './resource.ts'
import { encodeRuleTags, tagsOfRules, viewGroup } from './view.ts'

export const securityGroupTags: Taggable = {
  change: changeOnObjects<SecurityGroup>(groupSource, {
    read: group => decodeTags(group.TEMPLATE),
    write: (group, EC2_TAGS) => merge('secgroup', group.ID, { EC2_TAGS }),
  }),
  listed: {
    secgroup: (group, context) => {
      const { id, tags } = viewGroup(group, context)
      return [{ id, tags }]
    },
  },
}

export const securityGroupRuleTags: Taggable = {
  async change(ids, change, context) {
    for (const id of ids) parseId(SECURITY_GROUP_RULE, id)
    const left = new Set(ids)
    const calls: TagCall[] = []
    for await (const group of context.one.securityGroups({ whose: WHOSE.OWN })) {
      const view = viewGroup(group, context)
      const [first, ...others] = view.rules.map(({ id }) => id).filter(id => left.delete(id))
      if (first === undefined) continue
      const tags = new Map(tagsOfRules(view))
      for (const id of [first, ...others]) tags.set(id, checkCount(change(tags.get(id) ?? new Map())))
      calls.push({ id: first, call: merge('secgroup', group.ID, { EC2_RULE_TAGS: encodeRuleTags(tags) }) })
    }
    const [unknown, ...more] = left
    if (unknown !== undefined) throw notFound(SECURITY_GROUP_RULE, unknown, ...more)
    return calls
  },
  lock: RULE_TAGS_LOCK,
  listed: {
    secgroup: (group, context) => Array.from(tagsOfRules(viewGroup(group, context)), ([id, tags]) => ({ id, tags })),
  },
}
