// The inner layer of a streamed answer: an OpenNebula document escaped into a string, read object by object.
//
// It is read as it is: `&lt;` opens a tag, and only the values that a shape asks for are unescaped. Escaping makes
// markup and the text of a CDATA section look alike, so everything is tokenised; nothing is found by searching for a
// tag. OpenNebula writes elements, text and CDATA sections; attributes, comments and the like are not accepted.
import { MalformedAnswer } from './errors.ts'
import {
  type Attribute,
  addAttribute,
  begin,
  type DocumentType,
  type Draft,
  emptyAttributes,
  finish,
  type Plan,
  put,
  type StructPlan,
  type Vector,
} from './shape.ts'
import { unescapeXml } from './text.ts'

/** Characters of an escaped object. OpenNebula's are some KB; a network with 65,000 leases has 12 MB. */
const MAX_OBJECT = 16 * 1024 * 1024
const MAX_NAMES = 1000

const TAG = '&lt;'
const TAG_END = '&gt;'
const CDATA = '&lt;![CDATA['
const CDATA_END = ']]&gt;'

// Codes of the characters that tell markup apart.
const AMPERSAND = 38
const BANG = 33
const SLASH = 47
const BRACKET = 93
const G = 103
const L = 108

/** Thrown when the text ends before the object does; the object is read again once there is more. */
const INCOMPLETE = new MalformedAnswer('the document is cut off')

type Tag = 'start' | 'end' | 'empty' | 'cdata'
type Place = 'before' | 'inside' | 'after'

/** The name of an element, and its end tag. */
interface Name {
  readonly text: string
  readonly end: string
}

/** A document that comes in pieces: a pool of objects or a single one. */
export class EscapedDocument<T> {
  /** Whether the document was read to its end. */
  ended = false
  readonly #type: DocumentType<T>
  readonly #names = new Map<string, Name>()
  #text = ''
  #at = 0
  /** What is before was read for good; reading begins again here when the text was incomplete. */
  #kept = 0
  #place: Place = 'before'
  /** Name in the tag that was read last. */
  #name: Name = { text: '', end: '' }
  /** No new try before there is this much text: it keeps a big object in small chunks from costing a square. */
  #wanted = 0
  #last = false

  constructor(type: DocumentType<T>) {
    this.#type = type
  }

  /** Takes the next piece of the text, no entity broken; undefined when there is no more. */
  append(piece: string | undefined): void {
    if (piece === undefined) this.#last = true
    else this.#text = this.#text.slice(this.#kept) + piece
    this.#kept = piece === undefined ? this.#kept : 0
  }

  /**
   * The next object; undefined when there is none, or none yet.
   * @throws MalformedAnswer
   */
  next(): T | undefined {
    const size = this.#text.length - this.#kept
    if (size < this.#wanted && !this.#last) return undefined
    this.#at = this.#kept
    try {
      return this.#step()
    } catch (error) {
      if (error !== INCOMPLETE || this.#last) throw error
      if (size > MAX_OBJECT) throw new MalformedAnswer('an object is too large')
      this.#wanted = 2 * (this.#text.length - this.#kept)
      return undefined
    }
  }

  #step(): T | undefined {
    if (this.#place === 'before') {
      const tag = this.#tag()
      if (tag === 'start' && this.#name.text === this.#type.element) return this.#object('after')
      if (tag === 'end' || this.#name.text !== this.#type.pool)
        throw new MalformedAnswer(`the document is no ${this.#type.pool}`)
      this.#keep(tag === 'empty' ? 'after' : 'inside')
    }
    while (this.#place === 'inside') {
      const tag = this.#tag()
      if (tag === 'start' && this.#name.text === this.#type.element) return this.#object('inside')
      if (tag === 'start') this.#skip(this.#name)
      if (tag === 'end') this.#assertName(this.#type.pool)
      this.#keep(tag === 'end' ? 'after' : 'inside')
    }
    this.#finish()
    return undefined
  }

  #object(place: Place): T {
    const draft = this.#struct(this.#type.plan, this.#type.element)
    this.#keep(place)
    return this.#type.finished(draft)
  }

  #keep(place: Place): void {
    this.#kept = this.#at
    this.#wanted = 0
    this.#place = place
  }

  #finish(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw new MalformedAnswer('text after the document')
    this.#kept = this.#text.length
    this.ended = this.#last
  }

  /** Reads the members of a structure, to its end tag. */
  #struct(plan: StructPlan, name: string): Draft {
    const draft = begin(plan)
    for (let tag = this.#tag(); tag !== 'end'; tag = this.#tag()) {
      if (tag === 'cdata') continue
      const field = plan.fields.get(this.#name.text)
      if (field) put(draft, field, this.#field(field.plan, this.#name, tag))
      else if (tag === 'start') this.#skip(this.#name)
    }
    this.#assertName(name)
    return finish(draft, plan)
  }

  #field(plan: Plan, name: Name, tag: Tag): unknown {
    switch (plan.kind) {
      case 'leaf':
        return plan.parse(tag === 'empty' ? '' : this.#leaf(name), name.text)
      case 'struct':
        return tag === 'empty' ? finish(begin(plan), plan) : this.#struct(plan, name.text)
      case 'attributes':
        return tag === 'empty' ? emptyAttributes() : this.#attributes(name.text)
    }
  }

  #attributes(name: string): Record<string, Attribute> {
    const set = emptyAttributes()
    for (let tag = this.#tag(); tag !== 'end'; tag = this.#tag()) {
      if (tag === 'cdata') continue
      const { text } = this.#name
      addAttribute(set, text, tag === 'empty' ? '' : this.#attribute(this.#name))
    }
    this.#assertName(name)
    return set
  }

  /** Reads text, or a vector where elements are inside. */
  #attribute(name: Name): string | Vector {
    const simple = this.#simpleLeaf(name)
    if (simple !== undefined) return simple
    let text = this.#characters()
    let vector: Record<string, string> | undefined
    for (let tag = this.#tag(); tag !== 'end'; tag = this.#tag()) {
      vector ??= {}
      const member = this.#name
      vector[member.text] = tag === 'empty' ? '' : this.#leaf(member)
      text += this.#characters()
    }
    this.#assertName(name.text)
    return vector ?? text
  }

  /** Reads the text directly inside an element, to its end tag. */
  #leaf(name: Name): string {
    const simple = this.#simpleLeaf(name)
    if (simple !== undefined) return simple
    let text = this.#characters()
    for (let tag = this.#tag(); tag !== 'end'; tag = this.#tag()) {
      if (tag === 'start') this.#skip(this.#name)
      text += this.#characters()
    }
    this.#assertName(name.text)
    return text
  }

  /**
   * Reads an element that holds nothing but text without entities or one CDATA section of such text, as nearly all do;
   * undefined, and nothing read, for any other.
   */
  #simpleLeaf(name: Name): string | undefined {
    const text = this.#text
    const at = this.#at
    const cdata = text.charCodeAt(at) === AMPERSAND && text.charCodeAt(at + TAG.length) === BANG
    const from = cdata ? at + CDATA.length : at
    // The first entity must be the one that ends the text.
    const entity = text.indexOf('&', from)
    const to = cdata ? entity - 2 : entity
    if (cdata && !(text.charCodeAt(to) === BRACKET && text.charCodeAt(to + 1) === BRACKET)) return undefined
    if (cdata && text.charCodeAt(entity + 1) !== G) return undefined
    const end = cdata ? entity + TAG_END.length : entity
    if (text.charCodeAt(end + 1) !== L || text.charCodeAt(end + TAG.length) !== SLASH) return undefined
    if (text.indexOf(name.end, end) !== end) return undefined
    this.#at = end + name.end.length
    return text.slice(from, to)
  }

  /** Reads text and CDATA sections up to the next other tag. */
  #characters(): string {
    let text = ''
    for (;;) {
      const from = this.#at
      this.#at = this.#seekTag()
      if (this.#at > from) text += innerText(this.#text.slice(from, this.#at))
      if (this.#text.charCodeAt(this.#at + TAG.length) !== BANG) return text
      text += this.#cdata()
    }
  }

  /** Reads the CDATA section that begins here. */
  #cdata(): string {
    const from = this.#at + CDATA.length
    if (this.#text.length < from) throw INCOMPLETE
    if (!this.#text.startsWith(CDATA, this.#at)) throw new MalformedAnswer('markup that OpenNebula does not write')
    const end = this.#text.indexOf(CDATA_END, from)
    if (end < 0) throw INCOMPLETE
    this.#at = end + CDATA_END.length
    return outerText(this.#text.slice(from, end))
  }

  /** Passes by the text before the next tag and reads that tag, a CDATA section as a whole. */
  #tag(): Tag {
    const text = this.#text
    this.#at = this.#seekTag()
    const first = text.charCodeAt(this.#at + TAG.length)
    if (first === BANG) {
      this.#cdata()
      return 'cdata'
    }
    const from = this.#at + TAG.length + (first === SLASH ? 1 : 0)
    const end = text.indexOf('&', from)
    if (end < 0 || end + TAG_END.length > text.length) throw INCOMPLETE
    if (text.charCodeAt(end + 1) !== G) throw new MalformedAnswer('a tag is malformed')
    const empty = text.charCodeAt(end - 1) === SLASH
    this.#name = this.#nameOf(text.slice(from, empty ? end - 1 : end))
    this.#at = end + TAG_END.length
    return first === SLASH ? 'end' : empty ? 'empty' : 'start'
  }

  #nameOf(text: string): Name {
    const known = this.#names.get(text)
    if (known) return known
    if (!/^[A-Za-z_][\w.-]*$/.test(text)) throw new MalformedAnswer('a tag is malformed')
    const name = { text, end: `&lt;/${text}&gt;` }
    if (this.#names.size >= MAX_NAMES) this.#names.clear()
    this.#names.set(text, name)
    return name
  }

  /** Passes by everything up to the end tag of the element whose start tag was read. */
  #skip(name: Name): void {
    if (this.#simpleLeaf(name) !== undefined) return
    const text = this.#text
    let at = this.#at
    for (let depth = 1; depth > 0; ) {
      const tag = text.indexOf(TAG, at)
      const first = text.charCodeAt(tag + TAG.length)
      const end = text.indexOf(first === BANG ? CDATA_END : TAG_END, tag)
      if (tag < 0 || end < 0) throw INCOMPLETE
      if (first === SLASH) depth--
      else if (first !== BANG && text.charCodeAt(end - 1) !== SLASH) depth++
      at = end + TAG_END.length
    }
    this.#at = at
  }

  /** Where the next tag is, entities of the text before it passed by. */
  #seekTag(): number {
    const text = this.#text
    const at = this.#at
    const tag = text.charCodeAt(at) === AMPERSAND && text.charCodeAt(at + 1) === L ? at : text.indexOf(TAG, at)
    if (tag < 0 || tag + TAG.length >= text.length) throw INCOMPLETE
    return tag
  }

  #assertName(name: string): void {
    if (this.#name.text !== name) throw new MalformedAnswer(`</${this.#name.text}> where </${name}> belongs`)
  }
}

/** The text of a CDATA section, escaped once. A carriage return was escaped as well, and is a line end of the document. */
function outerText(escaped: string): string {
  const text = unescapeXml(escaped)
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** Character data, escaped twice. */
function innerText(escaped: string): string {
  return unescapeXml(outerText(escaped))
}
