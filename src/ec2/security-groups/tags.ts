// The tags of security groups and of their rules: attributes of the groups.
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Written } from '../core/attribute-names.ts'
import { parseId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { encodeTags } from '../core/stored-tags.ts'
import type { TagCall, Taggable } from '../core/taggable.ts'
import { checkCount } from '../core/tags.ts'
import { isOwn } from '../core/trust.ts'
import { allGroups, groupsById } from './find.ts'
import { beforeMaking, isUnmade, written } from './making.ts'
import { RULE_TAGS_LOCK, SECURITY_GROUP_RULE } from './resource.ts'
import { encodeRuleTags, type GroupView, groupData, tagsOfRules, viewGroup } from './view.ts'

export const securityGroupTags: Taggable = {
  async change(ids, change, context) {
    const views = await groupsById(ids, context)
    if (views.some(({ group }) => !isOwn(group, context))) throw unauthorizedOperation()
    return views.map(view => tagged(view.id, view, { EC2_TAGS: encodeTags(checkCount(change(view.tags))) }))
  },
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
    for await (const group of allGroups(context)) {
      if (!isOwn(group, context)) continue
      const view = viewGroup(group, context)
      const [first, ...others] = view.rules.map(({ id }) => id).filter(id => left.delete(id))
      if (first === undefined) continue
      const tags = new Map(tagsOfRules(view))
      for (const id of [first, ...others]) tags.set(id, checkCount(change(tags.get(id) ?? new Map())))
      calls.push(tagged(first, view, { EC2_RULE_TAGS: encodeRuleTags(tags) }))
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

/** A default group that is yet to be made is made with its tags. */
const tagged = (id: string, view: GroupView, data: Written<'secgroup'>): TagCall => ({
  id,
  first: context => beforeMaking([view], context),
  call: written(view, { ...(isUnmade(view) && groupData(view)), ...data }),
})
