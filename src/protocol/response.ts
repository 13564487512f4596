// Writes responses and errors as AWS does: XML from typed output, by AWS's schemas, streamed where a list is.
import { isLasting, lastsWithText } from '../lib/lasting.ts'
import { ownText } from '../lib/own-text.ts'
import { groupsOf } from '../lib/transformed.ts'
import { escapeXml } from '../lib/xml-text.ts'
import type { Ec2Error } from './errors.ts'
import type { Operation, ScalarType, Service, Shape, Structure } from './model.ts'
import { type Packed, pack, unpack } from './packed-text.ts'

/**
 * An output of AWS's type whose lists may also be async iterables; the response then streams as they yield. That goes
 * for the lists of the output itself, such as `Reservations`, and not for those further down.
 */
export type Streamed<Output> = {
  [Name in keyof Output]: NonNullable<Output[Name]> extends readonly (infer Item)[]
    ? Output[Name] | AsyncIterable<Item>
    : Output[Name]
}

export interface ResponseContext {
  readonly requestId: string
  /** The API version that was asked for; the namespace repeats it. */
  readonly version: string
}

type Write = (value: unknown) => string

interface MemberWriter {
  readonly name: string
  readonly open: string
  readonly close: string
  readonly write: Write
  /** Writes one item of a list with its element. */
  readonly writeItem: Write
}

/** About as many characters go out at once when a response streams. */
const pieceLength = 64 * 1024

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const encoder = new TextEncoder()

/**
 * Writes an output. What is undefined is left out, an empty list is an empty element, and what the schema does not have
 * is not sent.
 *
 * A streamed list is read as fast as the client takes it, and given up when the client goes away. The first piece is
 * waited for, so what fails in it is thrown here; a later failure breaks the connection off, where a client could take
 * a document that ends well-formed for the whole.
 */
export async function writeResponse(
  operation: Operation,
  output: object | undefined,
  { requestId, version }: ResponseContext,
): Promise<Response> {
  const pieces = document(operation, output ?? {}, escapeXml(requestId), escapeXml(version))
  const first = await pieces.next()
  return new Response(first.done ? first.value : stream(first.value, pieces), { headers: headers(requestId) })
}

/** Writes an error. For EC2 its element has exactly two children: libcloud takes it apart by their number. */
export function writeError(
  service: Service,
  { code, message, status }: Pick<Ec2Error, 'code' | 'message' | 'status'>,
  requestId: string,
): Response {
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`
  const id = escapeXml(requestId)
  const body =
    service.protocol === 'ec2'
      ? `<Response><Errors><Error>${error}</Error></Errors><RequestID>${id}</RequestID></Response>`
      : `<ErrorResponse xmlns="${service.namespace}${service.versions.newest}/"><Error><Type>${
          status < 500 ? 'Sender' : 'Receiver'
        }</Type>${error}</Error><RequestId>${id}</RequestId></ErrorResponse>`
  return new Response(declaration + body, { status, headers: headers(requestId) })
}

function headers(requestId: string): Record<string, string> {
  return {
    'content-type': 'text/xml;charset=UTF-8',
    'x-amzn-requestid': requestId,
    'cache-control': 'no-cache, no-store',
  }
}

/** The document in pieces worth sending; the last is returned, the others are yielded. */
async function* document(
  operation: Operation,
  output: object,
  requestId: string,
  version: string,
): AsyncGenerator<string, string> {
  const { service, name, responseName } = operation
  const root = `<${responseName} xmlns="${service.namespace}${version}/">`
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  const [head, tail] =
    service.protocol === 'ec2'
      ? [`${root}<requestId>${requestId}</requestId>`, '']
      : operation.output
        ? [`${root}<${name}Result>`, `</${name}Result>${metadata}`]
        : [root, metadata]
  let text = `${declaration}${head}${operation.returnsTrue ? '<return>true</return>' : ''}`
  for (const { name, open, close, write, writeItem } of operation.output ? memberWriters(operation.output) : []) {
    const value = memberOf(output, name)
    if (value === undefined || value === null) continue
    if (isAsyncIterable(value)) {
      text += open
      for await (const items of groupsOf(value)) {
        for (const item of items) {
          text += writeItem(item)
          if (text.length < pieceLength) continue
          yield text
          text = ''
        }
      }
      text += close
    } else {
      text += open + write(value) + close
    }
  }
  return `${text}${tail}</${responseName}>`
}

function stream(first: string, pieces: AsyncGenerator<string, string>): ReadableStream<Uint8Array> {
  return new ReadableStream(
    {
      start(controller) {
        controller.enqueue(encoder.encode(first))
      },
      async pull(controller) {
        const { done, value } = await pieces.next()
        controller.enqueue(encoder.encode(value))
        if (done) controller.close()
      },
      async cancel() {
        await pieces.return('')
      },
    },
    { highWaterMark: 0 },
  )
}

const writersOf = new WeakMap<Structure, readonly MemberWriter[]>()

/** The writers of a structure's members, compiled when the structure is first written. */
function memberWriters(structure: Structure): readonly MemberWriter[] {
  let writers = writersOf.get(structure)
  if (!writers) {
    writers = structure.members.map(({ name, xmlName, shape }) => ({
      name,
      open: `<${xmlName}>`,
      close: `</${xmlName}>`,
      write: writer(shape),
      writeItem: shape.kind === 'list' ? itemWriter(shape.itemName, shape.item) : writer(shape),
    }))
    writersOf.set(structure, writers)
  }
  return writers
}

function writer(shape: Shape): Write {
  switch (shape.kind) {
    case 'scalar':
      return scalarWriters[shape.type]
    case 'list':
      return listWriter(itemWriter(shape.itemName, shape.item))
    case 'structure':
      return structureWriter(shape)
  }
}

function structureWriter(structure: Structure): Write {
  let members: readonly MemberWriter[] | undefined
  return value => {
    members ??= memberWriters(structure)
    if (typeof value !== 'object' || value === null) throw unwritable(structure.name, value)
    let text = ''
    for (const { name, open, close, write } of members) {
      const member = memberOf(value, name)
      if (member !== undefined && member !== null) text += open + write(member) + close
    }
    return text
  }
}

function listWriter(writeItem: Write): Write {
  return value => {
    if (!Array.isArray(value)) throw unwritable('a list', value)
    let text = ''
    for (const item of value) text += writeItem(item)
    return text
  }
}

function itemWriter(itemName: string, item: Shape): Write {
  const [open, close, write] = [`<${itemName}>`, `</${itemName}>`, writer(item)]
  const writeItem: Write = value => open + write(value) + close
  return item.kind === 'structure' ? remembering(writeItem) : writeItem
}

/** Keeps the text of objects that will come again. */
function remembering(write: Write): Write {
  const texts = new WeakMap<object, string | Packed>()
  return value => {
    if (typeof value !== 'object' || value === null) return write(value)
    const known = texts.get(value)
    const before = typeof known === 'object' ? unpack(known) : known
    if (before !== undefined) return before
    const text = write(value)
    const kept = lastsWithText(value) ? ownText(text) : isLasting(value) && pack(text)
    if (kept) texts.set(value, kept)
    return text
  }
}

const scalarWriters: Readonly<Record<ScalarType, Write>> = {
  string: value => escapeXml(String(value)),
  number: String,
  boolean: String,
  timestamp(value) {
    if (!(value instanceof Date)) throw unwritable('a timestamp', value)
    return value.toISOString()
  },
  blob(value) {
    if (!(value instanceof Uint8Array)) throw unwritable('a blob', value)
    return value.toBase64()
  },
}

function memberOf(value: object, name: string): unknown {
  return Reflect.get(value, name)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

/** An action's mistake, not the caller's. */
function unwritable(expected: string, value: unknown): TypeError {
  return new TypeError(`an output has ${typeof value} where ${expected} belongs`)
}
