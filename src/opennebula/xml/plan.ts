// Shapes made ready for reading: for each element whether it is wanted, and how it is read.
import { limits } from '../../limits.ts'
import { AttributeSet, type Declared, type Field, Leaf, type Long, Many, type Numbered, type Shape } from './shape.ts'

/** A shape made ready for reading. */
export type Plan = LeafPlan | StructPlan | AttributesPlan | AttributePlan | AroundPlan
export interface LeafPlan {
  readonly kind: 'leaf'
  readonly parse: (text: string | undefined, name: string) => unknown
  /** Characters. */
  readonly most: number
}
export interface StructPlan {
  readonly kind: 'struct'
  readonly fields: ReadonlyMap<string, FieldPlan>
  readonly list: readonly FieldPlan[]
  /** Elements directly inside that nobody reads, and that differ every time. */
  readonly volatile: ReadonlySet<string>
  /** Every member, undefined: drafts copied from it are all of one hidden class. */
  readonly blank: Draft
}
export interface AttributesPlan {
  readonly kind: 'attributes'
  readonly fields: ReadonlyMap<string, FieldPlan>
  readonly numbered: readonly Numbered<string, string>[]
}
/** Text, or a vector of members of any names. */
export interface AttributePlan {
  readonly kind: 'attribute'
  /** Characters of the text, or of all members. */
  readonly most: number
  readonly instead?: string | undefined
}
/** What is around objects: a pool, and the document itself. */
export interface AroundPlan {
  readonly kind: 'around'
  readonly fields: ReadonlyMap<string, FieldPlan>
}
export interface FieldPlan {
  readonly name: string
  readonly many: boolean
  readonly plan: Plan
}

/** A structure while it is being read. */
export type Draft = Record<string, unknown>

/**
 * Compiles the shape of a structure.
 * @param volatile names that are not in it
 */
export function compile(shape: Shape, volatile: readonly string[] = []): StructPlan {
  const list = Object.entries(shape).map(([name, field]): FieldPlan => {
    const many = field instanceof Many
    return { name, many, plan: compileField(many ? field.field : field) }
  })
  const fields = new Map(list.map(field => [field.name, field]))
  // At once: of an object that grows by many members the engine makes a dictionary, which is slow to copy
  const blank = Object.fromEntries(list.map(({ name }) => [name, undefined]))
  return { kind: 'struct', fields, list, volatile: new Set(volatile), blank }
}

const MOST = limits.documentValue.most

function compileField(field: Field): Plan {
  if (field instanceof Leaf) return { kind: 'leaf', parse: field.parse, most: MOST }
  if (field instanceof AttributeSet) return compileAttributes(field.declared)
  if (field instanceof Many) throw new TypeError('many(many(…)) has no meaning')
  return compile(field)
}

function compileAttributes(declared: readonly Declared[]): AttributesPlan {
  const fields = new Map<string, FieldPlan>()
  const numbered: Numbered<string, string>[] = []
  for (const one of declared) {
    if (typeof one === 'object' && 'prefix' in one) {
      numbered.push(one)
    } else {
      const long = typeof one === 'string' ? { name: one, most: MOST } : one
      fields.set(long.name, attributeField(long))
    }
  }
  return { kind: 'attributes', fields, numbered }
}

const attributeField = ({ name, most, instead }: Long<string>): FieldPlan => ({
  name,
  many: false,
  plan: { kind: 'attribute', most, instead },
})

const MEMBER: Plan = { kind: 'leaf', parse: text => text, most: MOST }

/** What is read of the element of this name inside one that is read by `plan`, if anything. */
export function fieldOf(plan: Plan, name: string): FieldPlan | undefined {
  switch (plan.kind) {
    case 'leaf':
      return undefined
    case 'struct':
    case 'around':
      return plan.fields.get(name)
    case 'attributes':
      return plan.fields.get(name) ?? numberedField(plan, name)
    case 'attribute':
      return { name, many: false, plan: MEMBER }
  }
}

function numberedField({ numbered }: AttributesPlan, name: string): FieldPlan | undefined {
  const declared = numbered.find(({ prefix, suffix }) => {
    const number = name.slice(prefix.length, name.length - suffix.length)
    return name.startsWith(prefix) && name.endsWith(suffix) && /^\d{1,6}$/.test(number)
  })
  return declared && attributeField({ name, most: declared.most ?? MOST })
}
