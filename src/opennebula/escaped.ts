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
  emptyRecord,
  type FieldPlan,
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
const OPENING_BRACKET = 91
const CLOSING_BRACKET = 93
const G = 103
const L = 108

/** Thrown when the text ends before the object does; the object is read again once there is more. */
const INCOMPLETE = new MalformedAnswer('the document is cut off')

type Tag = 'start' | 'end' | 'empty' | 'cdata'
type Stage = 'before' | 'inside' | 'after'

/**
 * An element by its place in the document. Objects of a kind are alike: what came after an element the last time
 * nearly always comes again, and a comparison with that is cheaper than to look every name up.
 */
class Place {
  readonly name: string
  /** The start tag behind `&lt;`, and the end tag. */
  readonly start: string
  readonly end: string
  /** What is read of it, if anything. */
  readonly field: FieldPlan | undefined
  readonly #inside = new Map<string, Place>()
  /** The element that came first inside, and the one that came after, the last time. */
  first: Place | undefined
  next: Place | undefined

  constructor(name: string, field: FieldPlan | undefined) {
    this.name = name
    this.start = `${name}&gt;`
    this.end = `&lt;/${name}&gt;`
    this.field = field
  }

  /** The element of this name inside. */
  child(name: string): Place {
    const known = this.#inside.get(name)
    if (known) return known
    if (!/^[A-Za-z_][\w.-]*$/.test(name)) throw new MalformedAnswer('a tag is malformed')
    const plan = this.field?.plan
    const child = new Place(name, plan?.kind === 'struct' ? plan.fields.get(name) : undefined)
    if (this.#inside.size >= MAX_NAMES) this.#inside.clear()
    this.#inside.set(name, child)
    return child
  }
}

/** The place around a document: a pool of a type or one object of it. */
function documentPlace<T>({ element, pool, plan }: DocumentType<T>): Place {
  const structOf = (...list: FieldPlan[]): StructPlan => ({
    kind: 'struct',
    fields: new Map(list.map(field => [field.name, field])),
    list,
    blank: {},
  })
  const object: FieldPlan = { name: element, many: false, plan }
  const objects: FieldPlan = { name: pool, many: false, plan: structOf(object) }
  return new Place('', { name: '', many: false, plan: structOf(object, objects) })
}

/** A document that comes in pieces: a pool of objects or a single one. */
export class EscapedDocument<T> {
  /** Whether the document was read to its end. */
  ended = false
  readonly #type: DocumentType<T>
  #text = ''
  #at = 0
  /** What is before was read for good; reading begins again here when the text was incomplete. */
  #kept = 0
  #stage: Stage = 'before'
  /** The document's place, then that of the pool. */
  #around: Place
  /** The element whose start tag was read last. */
  #place: Place
  /** No new try before there is this much text: it keeps a big object in small chunks from costing a square. */
  #wanted = 0
  #last = false

  constructor(type: DocumentType<T>) {
    this.#type = type
    this.#around = documentPlace(type)
    this.#place = this.#around
  }

  /** Takes the next piece of the text, no entity broken; undefined when there is no more. */
  append(piece: string | undefined): void {
    if (piece === undefined) {
      this.#last = true
    } else {
      this.#text = this.#text.slice(this.#kept) + piece
      this.#kept = 0
    }
  }

  /**
   * The next object; undefined when there is none, or none yet.
   * @throws MalformedAnswer
   */
  next(): T | undefined {
    if (this.#text.length - this.#kept < this.#wanted && !this.#last) return undefined
    this.#at = this.#kept
    try {
      return this.#step()
    } catch (error) {
      if (error !== INCOMPLETE || this.#last) throw error
      const left = this.#text.length - this.#kept
      if (left > MAX_OBJECT) throw new MalformedAnswer('an object is too large')
      this.#wanted = 2 * left
      return undefined
    }
  }

  #step(): T | undefined {
    if (this.#stage === 'before') {
      const tag = this.#tag(this.#around)
      const { name, field } = this.#place
      if (tag === 'cdata' || !field) throw new MalformedAnswer(`the document is no ${this.#type.pool}`)
      if (name === this.#type.element) return this.#object('after', tag)
      this.#around = this.#place
      this.#keep(tag === 'empty' ? 'after' : 'inside')
    }
    while (this.#stage === 'inside') {
      const tag = this.#tag(this.#around)
      const element = tag === 'start' || tag === 'empty'
      if (element && this.#place.field) return this.#object('inside', tag)
      if (tag === 'start') this.#skip(this.#place)
      this.#keep(tag === 'end' ? 'after' : 'inside')
    }
    this.#finish()
    return undefined
  }

  #object(stage: Stage, tag: Tag): T {
    const draft = this.#struct(this.#type.plan, this.#place, tag)
    this.#keep(stage)
    return this.#type.finished(draft)
  }

  #keep(stage: Stage): void {
    this.#kept = this.#at
    this.#wanted = 0
    this.#stage = stage
  }

  #finish(): void {
    if (this.#text.slice(this.#at).trim() !== '') throw new MalformedAnswer('text after the document')
    this.#kept = this.#text.length
    this.ended = this.#last
  }

  #read(plan: Plan, place: Place, tag: Tag): unknown {
    switch (plan.kind) {
      case 'leaf':
        return plan.parse(tag === 'empty' ? '' : this.#leaf(place), place.name)
      case 'struct':
        return this.#struct(plan, place, tag)
      case 'attributes':
        return this.#attributes(place, tag)
    }
  }

  /** Reads the members of a structure, to its end tag. */
  #struct(plan: StructPlan, place: Place, tag: Tag): Draft {
    const draft = begin(plan)
    if (tag === 'empty') return finish(draft, plan)
    let before: Place | undefined
    for (;;) {
      const tag = this.#tag(place, before)
      if (tag === 'end') return finish(draft, plan)
      if (tag === 'cdata') continue
      before = this.#place
      const { field } = before
      if (field) put(draft, field, this.#read(field.plan, before, tag))
      else if (tag === 'start') this.#skip(before)
    }
  }

  #attributes(place: Place, tag: Tag): Record<string, Attribute> {
    const set = emptyRecord<Attribute>()
    if (tag === 'empty') return set
    let before: Place | undefined
    for (;;) {
      const tag = this.#tag(place, before)
      if (tag === 'end') return set
      if (tag === 'cdata') continue
      before = this.#place
      addAttribute(set, before.name, tag === 'empty' ? '' : this.#attribute(before))
    }
  }

  /** Reads text, or a vector where elements are inside. */
  #attribute(place: Place): string | Vector {
    const simple = this.#simpleLeaf(place)
    if (simple !== undefined) return simple
    let text = this.#characters()
    let vector: Record<string, string> | undefined
    let before: Place | undefined
    for (;;) {
      const tag = this.#tag(place, before)
      if (tag === 'end') return vector ?? text
      before = this.#place
      vector ??= emptyRecord<string>()
      vector[before.name] = tag === 'empty' ? '' : this.#leaf(before)
      text += this.#characters()
    }
  }

  /** Reads the text directly inside an element, to its end tag. */
  #leaf(place: Place): string {
    const simple = this.#simpleLeaf(place)
    if (simple !== undefined) return simple
    let text = this.#characters()
    for (;;) {
      const tag = this.#tag(place)
      if (tag === 'end') return text
      if (tag === 'start') this.#skip(this.#place)
      text += this.#characters()
    }
  }

  /**
   * Reads an element that holds nothing but text without entities or one CDATA section of such text, as nearly all do;
   * undefined, and nothing read, for any other.
   */
  #simpleLeaf(place: Place): string | undefined {
    const text = this.#text
    const at = this.#at
    const markup = text.charCodeAt(at) === AMPERSAND
    const cdata = markup && text.charCodeAt(at + 4) === BANG && text.charCodeAt(at + 5) === OPENING_BRACKET
    const from = cdata ? at + CDATA.length : at
    // The first entity must be the one that ends the text.
    const entity = text.indexOf('&', from)
    if (entity < 0) return undefined
    const to = cdata ? entity - 2 : entity
    if (cdata && !(text.charCodeAt(to) === CLOSING_BRACKET && text.charCodeAt(to + 1) === CLOSING_BRACKET))
      return undefined
    if (cdata && text.charCodeAt(entity + 1) !== G) return undefined
    const end = cdata ? entity + TAG_END.length : entity
    if (text.charCodeAt(end + 1) !== L || text.charCodeAt(end + TAG.length) !== SLASH) return undefined
    if (text.indexOf(place.end, end) !== end) return undefined
    this.#at = end + place.end.length
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

  /**
   * Passes by the text before the next tag and reads that tag, a CDATA section as a whole.
   * @param around the element it is in
   * @param before the element that came before it there
   */
  #tag(around: Place, before?: Place): Tag {
    this.#at = this.#seekTag()
    const first = this.#text.charCodeAt(this.#at + TAG.length)
    if (first === BANG) {
      this.#cdata()
      return 'cdata'
    }
    if (first === SLASH) return this.#endTag(around)
    const guess = before ? before.next : around.first
    return guess && this.#is(guess) ? 'start' : this.#startTag(around, before)
  }

  /** Whether the start tag here is the one expected, which is then read. */
  #is(guess: Place): boolean {
    const text = this.#text
    const from = this.#at + TAG.length
    const { name, start } = guess
    // The first look at three characters keeps `indexOf` from searching all of the text for what is not here.
    if (text.charCodeAt(from) !== name.charCodeAt(0)) return false
    if (text.charCodeAt(from + name.length) !== AMPERSAND) return false
    if (text.charCodeAt(from + name.length - 1) !== name.charCodeAt(name.length - 1)) return false
    if (text.indexOf(start, from) !== from) return false
    this.#place = guess
    this.#at = from + start.length
    return true
  }

  #startTag(around: Place, before: Place | undefined): Tag {
    const text = this.#text
    const from = this.#at + TAG.length
    const end = text.indexOf('&', from)
    if (end < 0 || end + TAG_END.length > text.length) throw INCOMPLETE
    if (text.charCodeAt(end + 1) !== G) throw new MalformedAnswer('a tag is malformed')
    const empty = text.charCodeAt(end - 1) === SLASH
    this.#place = around.child(text.slice(from, empty ? end - 1 : end))
    if (before) before.next = this.#place
    else around.first = this.#place
    this.#at = end + TAG_END.length
    return empty ? 'empty' : 'start'
  }

  #endTag({ name, end }: Place): Tag {
    if (this.#text.length < this.#at + end.length) throw INCOMPLETE
    if (!this.#text.startsWith(end, this.#at)) throw new MalformedAnswer(`no </${name}> where one belongs`)
    this.#at += end.length
    return 'end'
  }

  /** Passes by everything up to the end tag of the element whose start tag was read. */
  #skip(place: Place): void {
    if (this.#simpleLeaf(place) !== undefined) return
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
}

/** The text of a CDATA section, escaped once. An escaped carriage return is a line end of the inner document. */
function outerText(escaped: string): string {
  const text = unescapeXml(escaped)
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
}

/** Character data, escaped twice. */
function innerText(escaped: string): string {
  return unescapeXml(outerText(escaped))
}
