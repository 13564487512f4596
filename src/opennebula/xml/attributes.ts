// The attributes of a template as they are read: anyone may write them, as text or as a vector, once or many times.

/** A vector attribute such as `NIC=[NETWORK_ID="0",IP="10.0.0.1"]`. */
export type Vector = { readonly [name: string]: string }
/** An attribute; a list where its name came more than once. */
export type Attribute = string | Vector | readonly (string | Vector)[]
/** Attributes by their (upper-case) names, which are those that were declared: to read another does not compile. */
export type Attributes<Name extends string> = { readonly [N in Name]?: Attribute }

/** All values of an attribute, however often it came. */
export function attributeList(attribute: Attribute | undefined): readonly (string | Vector)[] {
  if (attribute === undefined) return []
  return isAttributeList(attribute) ? attribute : [attribute]
}

/** The vectors of a name, in order. */
export function vectors<Name extends string>(set: Attributes<Name>, name: NoInfer<Name>): Vector[] {
  return attributeList(set[name]).filter(value => typeof value !== 'string')
}

/** The first text of a name; undefined when there is none or it is empty (which is how a merge deletes). */
export function textOf<Name extends string>(set: Attributes<Name>, name: NoInfer<Name>): string | undefined {
  return attributeList(set[name]).find(value => typeof value === 'string') || undefined
}

function isAttributeList(attribute: Attribute): attribute is readonly (string | Vector)[] {
  return Array.isArray(attribute)
}
