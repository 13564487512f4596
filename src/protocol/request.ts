// Reads the parameters of a request into the typed input of its operation, by AWS's schemas.
import { isXmlText } from '../lib/xml-text.ts'
import { limits } from '../limits.ts'
import { repeated, tooMany, unknownParameter } from './complaints.ts'
import type { ErrorCode } from './errors.ts'
import { type Manners, manners } from './manners.ts'
import type { Bound, List, Operation, Scalar, ScalarType, Shape, Structure } from './model.ts'
import type { ParameterList } from './parameters.ts'

/** A value of an input. Members have the names that AWS's types give them, and are absent where nothing was sent. */
export type Value = string | number | boolean | Date | Uint8Array | readonly Value[] | StructureValue

export interface StructureValue {
  readonly [member: string]: Value
}

/** Parameters of the protocol rather than of an action, `X-Amz-…` aside. */
const commonParameters: ReadonlySet<string> = new Set([
  'Action',
  'Version',
  'AWSAccessKeyId',
  'Signature',
  'SignatureMethod',
  'SignatureVersion',
  'Timestamp',
  'Expires',
  'SecurityToken',
  'AUTHPARAMS',
])

/** Steps of a dotted name, more than any schema has. */
const maxDepth = 16

/** What was sent under one beginning of dotted names. */
interface Node {
  /** That beginning. */
  readonly path: string
  readonly values: string[]
  readonly children: Map<string, Node>
}

/**
 * Reads the input of a request. A list is understood in every form that clients send: `Name.1`, counted from 0 or with
 * gaps, `Name.member.1`, and `Name` alone, once or repeated. Parameters may come in any order.
 *
 * What is longer than a value may be goes no further than here.
 *
 * @throws Ec2Error MissingParameter, UnknownParameter, InvalidParameterValue, with the parameter's full name; of STS and IAM
 *   ValidationError, MalformedInput
 */
export function parseInput(operation: Operation, parameters: ParameterList): StructureValue {
  const own = parameters.filter(([name]) => !commonParameters.has(name) && !/^x-amz-/i.test(name))
  const say = manners[operation.service.protocol]()
  const input = readStructure(operation.input, plant(own), say)
  say.end()
  return input
}

function plant(parameters: ParameterList): Node {
  const root = newNode('')
  for (const [name, value] of parameters) {
    const steps = name.split('.', maxDepth + 1)
    if (steps.length > maxDepth) throw unknownParameter(name)
    let node = root
    let end = -1
    for (const step of steps) {
      end += 1 + step.length
      const next = node.children.get(step) ?? newNode(name.slice(0, end))
      node.children.set(step, next)
      node = next
    }
    node.values.push(value)
  }
  return root
}

function newNode(path: string, ...values: string[]): Node {
  return { path, values, children: new Map() }
}

function read(shape: Shape, node: Node, say: Manners): Value {
  switch (shape.kind) {
    case 'scalar':
      return readScalar(shape, node, say)
    case 'list':
      return readList(shape, node, say)
    case 'structure':
      return readStructure(shape, node, say)
  }
}

function readStructure(shape: Structure, node: Node, say: Manners): StructureValue {
  const [text] = node.values
  if (text !== undefined) throw say.malformed(node.path, text, 'It has members and no value of its own.')
  const input: Record<string, Value> = {}
  let understood = 0
  for (const { name, queryName, required, shape: memberShape } of shape.members) {
    const sent = node.children.get(queryName)
    if (sent) {
      input[name] = read(memberShape, sent, say)
      understood += 1
    } else if (required) {
      say.missing(node.path === '' ? queryName : `${node.path}.${queryName}`)
    }
  }
  if (understood < node.children.size) {
    const names = new Set(shape.members.map(member => member.queryName))
    for (const [name, sent] of node.children) if (!names.has(name)) throw unknownParameter(firstName(sent))
  }
  return input
}

function readList({ item }: List, node: Node, say: Manners): readonly Value[] {
  const items = itemsOf(node)
  checkLength(items, node)
  return items.map(sent => read(item, sent, say))
}

/** Lists with a limit of their own, by the name that they have in a request. */
const lengths: ReadonlyMap<string, { readonly most: number; readonly code: ErrorCode }> = new Map([
  ['BlockDeviceMapping', limits.blockDevices],
])

/** @throws Ec2Error with the limit's code */
function checkLength({ length }: readonly Node[], { path }: Node): void {
  const { most, code } = lengths.get(path) ?? limits.listMembers
  if (length > most) throw tooMany(path, length, most, code)
}

/** One value; also sent as a list of one, as boto 2 does with the InstanceId of GetConsoleOutput. */
function readScalar({ type, bound }: Scalar, node: Node, say: Manners): Value {
  const [item, ...moreItems] = itemsOf(node)
  const [text, ...moreTexts] = item?.values ?? []
  for (const below of item?.children.values() ?? []) throw unknownParameter(firstName(below))
  if (text === undefined || moreTexts.length > 0 || moreItems.length > 0) {
    throw repeated(node.path)
  }
  return readers[type](text, node.path, say, bound)
}

/** The items of a list, however they were sent, in the order of their numbers. */
function itemsOf(node: Node): Node[] {
  const bare = node.values.map(value => newNode(node.path, value))
  const wrapped = node.children.get('member')
  const numbered = [...node.children].filter(([step]) => step !== 'member')
  for (const [step, sent] of numbered) if (!/^\d{1,9}$/.test(step)) throw unknownParameter(firstName(sent))
  numbered.sort(([a], [b]) => Number(a) - Number(b))
  return [...bare, ...numbered.map(([, sent]) => sent), ...(wrapped ? itemsOf(wrapped) : [])]
}

const INTEGER = /^-?\d{1,16}$/
const FRACTION = /^-?\d{1,16}(\.\d{1,32})?(e[+-]?\d{1,3})?$/i

/** Of a number that its schema says nothing of. */
const ANY: Bound = { most: Infinity }

const readers: Readonly<
  Record<ScalarType, (text: string, path: string, say: Manners, bound: Bound | undefined) => Value>
> = {
  string(text, path, say, bound = limits.text) {
    const { most, hidden = false, least = 0, pattern } = bound
    // AWS's order
    if (pattern !== undefined && !new RegExp(`^${pattern}$`).test(text)) {
      say.breaks(path, text, `satisfy regular expression pattern: ${pattern}`)
    }
    if (text.length < least) say.breaks(path, text, `have length greater than or equal to ${least}`)
    if (text.length > most) say.tooLong(path, hidden ? undefined : text, most)
    if (!isXmlText(text)) throw say.malformed(path, undefined, 'It has a character that XML cannot hold.')
    return text
  },
  number(text, path, say, { least = -Infinity, most, fraction = false } = ANY) {
    const number = Number(text)
    if (fraction && !(FRACTION.test(text) && Number.isFinite(number))) {
      throw say.malformed(path, text, 'Expected a number.')
    }
    if (!fraction && !(INTEGER.test(text) && Number.isSafeInteger(number))) {
      throw say.malformed(path, text, 'Expected an integer.')
    }
    if (number < least) say.breaks(path, number, `have value greater than or equal to ${least}`)
    if (number > most) say.breaks(path, number, `have value less than or equal to ${most}`)
    return number
  },
  boolean(text, path, say) {
    const value = readBoolean(text)
    if (value === undefined) throw say.malformed(path, text, "Expected 'true' or 'false'.")
    return value
  },
  timestamp(text, path, say) {
    const date = readTimestamp(text)
    if (Number.isNaN(date.getTime())) throw say.malformed(path, text, 'Expected a time such as 2016-11-15T00:00:00Z.')
    return date
  },
  blob(text, path, say, { most } = limits.blob) {
    const bytes = readBase64(text)
    if (!bytes) throw say.malformed(path, undefined, 'Expected Base64.')
    if (bytes.byteLength > most) say.tooLong(path, undefined, most)
    return bytes
  },
}

/** As AWS reads one, in large letters or small, or as a number; undefined for anything else. */
export function readBoolean(text: string): boolean | undefined {
  if (/^(true|1)$/i.test(text)) return true
  return /^(false|0)$/i.test(text) ? false : undefined
}

/** Base64, broken into lines or not. A space is a `+` that the client did not encode, and nothing to skip. */
function readBase64(text: string): Uint8Array | undefined {
  try {
    return /\s/.test(text.replace(/[\r\n]/g, '')) ? undefined : Uint8Array.fromBase64(text)
  } catch {
    return undefined
  }
}

const isoTime = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/

/** ISO 8601, in UTC where it names no zone, or seconds since 1970; an invalid Date for anything else. */
function readTimestamp(text: string): Date {
  if (/^\d{1,12}(\.\d{1,9})?$/.test(text)) return new Date(Number(text) * 1000)
  const [, day = '', time = '00:00', zone = 'Z'] = isoTime.exec(text) ?? []
  return isDay(day) ? new Date(`${day}T${time}${zone}`) : new Date(Number.NaN)
}

/** Date takes 30 February for 1 March. */
function isDay(day: string): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** The full name of the first parameter sent under a node. */
function firstName(node: Node): string {
  if (node.values.length > 0) return node.path
  for (const below of node.children.values()) return firstName(below)
  return node.path
}
