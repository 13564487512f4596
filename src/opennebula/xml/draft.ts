// Structures while they are being read: begun empty, filled element by element, and finished with what did not come.
import type { Draft, FieldPlan, StructPlan } from './plan.ts'

/** Begins a structure. */
export function begin(plan: StructPlan): Draft {
  return { ...plan.blank }
}

/** Puts a member into a structure; of several where there should be one, the first counts. */
export function put(draft: Draft, field: FieldPlan, value: unknown): void {
  const before = draft[field.name]
  if (!field.many) {
    if (before === undefined) draft[field.name] = value
  } else if (Array.isArray(before)) {
    before.push(value)
  } else {
    draft[field.name] = [value]
  }
}

/** Ends a structure: what did not come is empty, undefined, or missed. Throws MalformedAnswer for the latter. */
export function finish(draft: Draft, plan: StructPlan): Draft {
  for (const field of plan.list) {
    if (draft[field.name] === undefined) draft[field.name] = field.many ? [] : absent(field)
  }
  return draft
}

function absent({ name, plan }: FieldPlan): unknown {
  switch (plan.kind) {
    case 'leaf':
      return plan.parse(undefined, name)
    case 'struct':
      return finish(begin(plan), plan)
    case 'attributes':
      return emptyRecord()
    case 'attribute':
    case 'around':
      return undefined
  }
}

/** A record for names that are anyone's. It has no prototype: what was not set must not be found. */
export function emptyRecord(): Draft {
  return Object.create(null) as Draft
}

/** Adds an attribute; one that is there already becomes a list. */
export function addAttribute(set: Draft, name: string, value: unknown): void {
  const before = set[name]
  if (before === undefined) set[name] = value
  else if (Array.isArray(before)) before.push(value)
  else set[name] = [before, value]
}
