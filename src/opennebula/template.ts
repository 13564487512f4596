// Writes OpenNebula's template syntax (`NAME="value"`, `NAME=[A="1",B="2"]`) so that no value can break out of it.
import { UnsafeValue } from './errors.ts'
import { assertSendable } from './text.ts'

/** A single value. `true` and `false` become YES and NO. */
export type TemplateScalar = string | number | boolean | Substituted
/** A vector attribute; members that are undefined are left out. */
export type TemplateVector = { readonly [name: string]: TemplateScalar | undefined }
/** A list repeats the attribute, as OpenNebula does for DISK, NIC and RULE. */
export type TemplateValue = TemplateScalar | TemplateVector | readonly (TemplateScalar | TemplateVector)[]
/** A template as plain data. Attributes that are undefined are left out. */
export type TemplateData = { readonly [name: string]: TemplateValue | undefined }

/** Text of an operator's template that may hold `$VMID`, `$USER[…]` and the like, which OpenNebula is to replace. */
export class Substituted {
  readonly text: string

  /** @param text never a caller's: `$USER[…]` or `$NETWORK[…]` in it would be looked up for them */
  constructor(text: string) {
    this.text = text
  }
}

/**
 * Writes a template.
 *
 * @throws UnsafeValue where the syntax cannot carry the data: names other than upper-case letters, digits and `_`;
 *   values that end in a backslash (it would eat the closing quote), hold `]]>`, control or non-BMP characters; and
 *   a `$` in a CONTEXT value that is not marked as `Substituted`. User text goes in by `encoded`.
 */
export function writeTemplate(data: TemplateData): string {
  const lines: string[] = []
  for (const [name, value] of Object.entries(data)) {
    if (value === undefined) continue
    for (const one of isList(value) ? value : [value]) lines.push(`${attributeName(name)}=${writeValue(name, one)}`)
  }
  return lines.join('\n')
}

function writeValue(name: string, value: TemplateScalar | TemplateVector): string {
  return isVector(value) ? writeVector(name, value) : quoted(name, value)
}

function writeVector(name: string, vector: TemplateVector): string {
  const substitutes = name === 'CONTEXT'
  const members: string[] = []
  for (const [member, value] of Object.entries(vector)) {
    if (value === undefined) continue
    if (substitutes && typeof value === 'string' && value.includes('$')) {
      throw new UnsafeValue(`${name}/${member} holds a $, which OpenNebula would replace`)
    }
    members.push(`${attributeName(member)}=${quoted(`${name}/${member}`, value)}`)
  }
  return `[${members.join(',')}]`
}

function attributeName(name: string): string {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(name)) throw new UnsafeValue('An attribute name is not made of A-Z, 0-9 and _')
  return name
}

function quoted(name: string, value: TemplateScalar): string {
  const text = scalarText(name, value)
  assertSendable(text, name)
  if (text.endsWith('\\')) throw new UnsafeValue(`${name} ends in a backslash`)
  if (text.includes(']]>')) throw new UnsafeValue(`${name} holds ]]>`)
  return `"${text.replaceAll('"', '\\"')}"`
}

function scalarText(name: string, value: TemplateScalar): string {
  if (value instanceof Substituted) return value.text
  if (typeof value === 'boolean') return value ? 'YES' : 'NO'
  if (typeof value === 'string') return value
  const digits = String(value)
  if (!/^-?[0-9]+(\.[0-9]+)?$/.test(digits)) throw new UnsafeValue(`${name} is not a plain number`)
  return digits
}

function isVector(value: TemplateScalar | TemplateVector): value is TemplateVector {
  return typeof value === 'object' && !(value instanceof Substituted)
}

function isList(value: TemplateValue): value is readonly (TemplateScalar | TemplateVector)[] {
  return Array.isArray(value)
}

/**
 * Any JSON value (so any text: emoji, quotes, control characters) in characters that are safe in a template:
 * base64url of its UTF-8 JSON.
 */
export function encoded(value: unknown): string {
  return new TextEncoder().encode(JSON.stringify(value)).toBase64({ alphabet: 'base64url', omitPadding: true })
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })

/**
 * Undoes `encoded`; takes base64 of JSON as well.
 * @returns undefined for anything else: everyone can write attributes on their own objects, so this is no error
 */
export function decoded(text: string): unknown {
  try {
    const bytes = Uint8Array.fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'))
    const value: unknown = JSON.parse(utf8.decode(bytes))
    return value
  } catch {
    return undefined
  }
}
