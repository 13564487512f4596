// What the commands read of econe-edge's answers in JSON: whoever answers in another form is another server.
import { isJsonObject, type JsonObject } from '../lib/json-object.ts'
import { Failure } from './errors.ts'

/** For what econe-edge would not have said. */
export const strange = (): Failure => new Failure('it is not econe-edge that answers')

/** A list of objects. @throws Failure */
export function listIn(answer: JsonObject, name: string): JsonObject[] {
  const list = answer[name]
  if (!Array.isArray(list) || !list.every(isJsonObject)) throw strange()
  return list
}

/** A text. @throws Failure */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw strange()
  return value
}
