// Objects of a kind are alike: what is equal in two that are remembered is kept once.
import type { Draft } from './plan.ts'

/** Takes for what is in an object and equal in another one that of the other. The object is nobody's yet. */
export function shareWith(sibling: Draft, object: Draft): void {
  for (const name of Object.keys(object)) object[name] = shared(object[name], sibling[name])
}

/** The other where it is equal; else the value, with what is equal in it. */
function shared(value: unknown, other: unknown): unknown {
  if (!isObject(value) || !isObject(other)) return value === other ? other : value
  if (Object.getPrototypeOf(value) !== Object.getPrototypeOf(other)) return value
  shareWith(other, value)
  const names = Object.keys(value)
  const isSame = (name: string) => Object.hasOwn(other, name) && value[name] === other[name]
  return names.length === Object.keys(other).length && names.every(isSame) ? other : value
}

/** A structure, or a list by its indices. */
const isObject = (value: unknown): value is Draft => typeof value === 'object' && value !== null
