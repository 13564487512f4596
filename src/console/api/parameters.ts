// From a typed input to the parameters of a Query request, by AWS's schemas: the counterpart of protocol/request.ts.
import type { Operation, Shape } from '../../protocol/model.ts'

/** Parameters in the order in which they are sent. */
export type Parameters = readonly (readonly [name: string, value: string])[]

/** @throws Error where the input has what its action does not take */
export function parametersOf(operation: Operation, input: object): Parameters {
  return [
    ['Action', operation.name],
    ['Version', operation.service.versions.newest],
    ...write(operation.input, input, ''),
  ]
}

function write(shape: Shape, value: unknown, name: string): Parameters {
  if (value === undefined || value === null) return []
  switch (shape.kind) {
    case 'scalar':
      return [[name, textOf(value)]]
    case 'list':
      return listOf(value).flatMap((item, index) => write(shape.item, item, `${name}.${index + 1}`))
    case 'structure':
      return entriesOf(value).flatMap(([member, of]) => {
        const found = shape.members.find(each => each.name === member)
        if (!found) throw new Error(`${shape.name} has no ${member}`)
        return write(found.shape, of, name === '' ? found.queryName : `${name}.${found.queryName}`)
      })
  }
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const entriesOf = (value: unknown): [name: string, value: unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : []

/** A value as it is sent. */
export function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  return value instanceof Uint8Array ? value.toBase64() : String(value)
}
