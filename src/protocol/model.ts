// The model of a service: its operations and the shapes they take and give, read from compact text when first used.
import { excerpt } from '../lib/excerpt.ts'
import { once } from '../lib/once.ts'
import { impossible, missing } from './complaints.ts'
import { Ec2Error } from './errors.ts'

/** Text forms of one value. A request's `number` is an integer unless its bound says more: AWS's schemas do not tell fractions apart. */
export type ScalarType = 'string' | 'number' | 'boolean' | 'timestamp' | 'blob'

export interface Scalar {
  readonly kind: 'scalar'
  readonly type: ScalarType
  /** What a request may send for it; absent where it is what goes for any value of the type. */
  readonly bound?: Bound | undefined
}

/** How long a value may be in a request: characters of a string, bytes of a blob. Of a number, the number itself. */
export interface Bound {
  readonly most: number
  readonly least?: number
  /** Whether a number may be a fraction. */
  readonly fraction?: boolean
  /** What the whole of a string is, without the ends. */
  readonly pattern?: string
  /** Whether it may be a secret, which no message repeats. */
  readonly hidden?: boolean
}

/** Bounds of members, called `Structure.Member`, or `Member` for those of any structure. */
export interface Bounds {
  readonly [member: string]: Bound
}

export interface List {
  readonly kind: 'list'
  readonly item: Shape
  /** Element that wraps each item in a response. */
  readonly itemName: string
}

export interface Structure {
  readonly kind: 'structure'
  readonly name: string
  readonly members: readonly Member[]
}

export type Shape = Scalar | List | Structure

export interface Member {
  /** Name in the typed input or output, as `@aws-sdk/client-ec2` has it. */
  readonly name: string
  /** Name in a request's parameters. */
  readonly queryName: string
  /** Element name in a response. */
  readonly xmlName: string
  readonly required: boolean
  /** The member by which a caller makes the request repeatable; SDKs fill it in by themselves. */
  readonly idempotencyToken: boolean
  readonly shape: Shape
}

export interface Operation {
  readonly service: Service
  readonly name: string
  /** Root element of the response. */
  readonly responseName: string
  readonly input: Structure
  readonly output: Structure | undefined
  /** Whether the response says `<return>true</return>`: every one without an output does. */
  readonly returnsTrue: boolean
}

/**
 * The part of a service's model that is generated, as text:
 *
 * - `operations`: a line each, `Name InputStructure OutputStructure [true] [>Root]`, with `-` for no output, `true` where
 *   the response has `<return>true</return>` beside an output, and the root element where it is not `NameResponse`.
 * - `structures`: a line each, the name and then its members in AWS's order, `name[!][~][=query][>xml][:type]`.
 *   `!` is required, `~` the idempotency token; `=query` the parameter name where it is not the member's name; `>xml`
 *   the element name where it is not the member's name with a small first letter. Types are the scalars (`string` when
 *   absent), a structure's name, or a list `[type]`, `[type/element]` where its elements are not called `item`.
 * - `unserved`: names of the operations that AWS has and this model leaves out, separated by white space.
 */
export interface ModelText {
  readonly operations: string
  readonly structures: string
  readonly unserved: string
}

export interface Service {
  /** AWS's name for the service in messages. */
  readonly name: string
  /** Its name in a signature's scope. */
  readonly signingName: string
  /** The region in that scope of a service that is one for all regions. */
  readonly signingRegion?: string
  /** How responses and errors are wrapped: `ec2` flat, `query` in `<ActionResult>`. */
  readonly protocol: 'ec2' | 'query'
  /** XML namespace up to the version. */
  readonly namespace: string
  /** The API versions understood, dates, both included. */
  readonly versions: { readonly oldest: string; readonly newest: string }
  /** The operation of that name; undefined if this service serves none. */
  operation(name: string): Operation | undefined
  /** Whether there is an operation of that name, served here or not. */
  knows(name: string): boolean
}

const scalars: ReadonlyMap<string, Scalar> = new Map(
  (['string', 'number', 'boolean', 'timestamp', 'blob'] as const).map(type => [type, { kind: 'scalar', type }]),
)

const memberSyntax = /^(?<name>\w+)(?<required>!?)(?<token>~?)(?:=(?<query>\w+))?(?:>(?<xml>\w+))?(?::(?<type>\S+))?$/

/**
 * Builds a service from its text, of which nothing is read until an operation is asked for, and then that operation alone:
 * of the structures, the names of their lines, and the members of each that the operation comes to.
 *
 * @param bounds how long values may be, where that is not what it is for any
 */
export function buildService(
  description: Pick<Service, 'name' | 'signingName' | 'signingRegion' | 'protocol' | 'namespace' | 'versions'>,
  text: ModelText,
  bounds: Bounds = {},
): Service {
  const operationLines = once(() => linesByName(text.operations))
  const structureLines = once(() => linesByName(text.structures))
  const unserved = once(() => new Set(words(text.unserved)))
  const structures = new Map<string, Structure>()
  const operations = new Map<string, Operation>()

  const structure = (name: string): Structure => remember(structures, name, readStructure)

  function readStructure(name: string): Structure {
    const line = structureLines().get(name)
    if (line === undefined) throw new Error(`the model has no structure ${name}`)
    let members: readonly Member[] | undefined
    return {
      kind: 'structure',
      name,
      get members() {
        members ??= words(line).map(member => readMember(name, member))
        return members
      },
    }
  }

  function readMember(owner: string, text: string): Member {
    const { name, required, token, query, xml, type = 'string' } = memberSyntax.exec(text)?.groups ?? {}
    if (name === undefined) throw new Error(`the model has a malformed member ${text}`)
    return {
      name,
      queryName: query ?? name,
      xmlName: xml ?? name.charAt(0).toLowerCase() + name.slice(1),
      required: required === '!',
      idempotencyToken: token === '~',
      shape: readType(type, bounds[`${owner}.${name}`] ?? bounds[name]),
    }
  }

  function readType(type: string, bound: Bound | undefined): Shape {
    if (!type.startsWith('[')) {
      const scalar = scalars.get(type)
      return scalar ? { ...scalar, bound } : structure(type)
    }
    const [item = '', itemName = 'item'] = type.slice(1, -1).split('/')
    return { kind: 'list', item: readType(item, bound), itemName }
  }

  function readOperation(name: string): Operation {
    const [input = '', output = '-', ...marks] = words(operationLines().get(name) ?? '')
    return {
      service,
      name,
      responseName: marks.find(mark => mark.startsWith('>'))?.slice(1) ?? `${name}Response`,
      input: structure(input),
      output: output === '-' ? undefined : structure(output),
      returnsTrue: (output === '-' && service.protocol === 'ec2') || marks.includes('true'),
    }
  }

  const service: Service = {
    ...description,
    operation: name => (operationLines().has(name) ? remember(operations, name, readOperation) : undefined),
    knows: name => operationLines().has(name) || unserved().has(name),
  }
  return service
}

/**
 * The operation a request asks for.
 *
 * @throws Ec2Error MissingAction, InvalidAction for what AWS does not have either, UnsupportedOperation for the rest
 */
export function findOperation(services: readonly Service[], action: string | undefined): Operation {
  if (!action) throw new Ec2Error('MissingAction', 'The request must contain the parameter Action')
  for (const service of services) {
    const operation = service.operation(action)
    if (operation) return operation
  }
  if (services.some(service => service.knows(action))) {
    throw impossible(`The action ${action} is not supported by this endpoint.`)
  }
  throw new Ec2Error('InvalidAction', `The action ${excerpt(action)} is not valid for this web service.`)
}

/**
 * The version a request asks for, which its response's namespace repeats. Any date of the service's life is one: what
 * changed between versions were additions.
 *
 * @throws Ec2Error MissingParameter, NoSuchVersion
 */
export function checkVersion(service: Service, version: string | undefined): string {
  if (!version) throw missing('Version')
  const { oldest, newest } = service.versions
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < oldest || version > newest) {
    const message = `The requested version (${excerpt(version)}) of service ${service.name} does not exist`
    throw new Ec2Error('NoSuchVersion', message)
  }
  return version
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(word => word !== '')
}

function linesByName(text: string): Map<string, string> {
  const lines = text.split('\n').filter(line => line !== '')
  return new Map(
    lines.map(line => {
      const end = `${line} `.indexOf(' ')
      return [line.slice(0, end), line.slice(end + 1)]
    }),
  )
}

function remember<Value>(known: Map<string, Value>, name: string, make: (name: string) => Value): Value {
  let value = known.get(name)
  if (value === undefined) {
    value = make(name)
    known.set(name, value)
  }
  return value
}
