// The inner layer of a streamed answer: an OpenNebula document escaped into a string, read object by object.
//
// It is read as it is: `&lt;` opens a tag, and only the values that a shape asks for are unescaped. Escaping makes
// markup and the text of a CDATA section look alike, so everything is tokenised; nothing is found by searching for a
// tag. OpenNebula writes elements, text and CDATA sections; attributes, comments and the like are not accepted.
//
// Tenants write most of it, at any length and depth. So the reader holds what it was asked for and the beginning of one
// token: whatever else comes is passed by and let go, and an object that cannot be read is left out by itself.
import { limits } from '../limits.ts'
import { MalformedAnswer } from './errors.ts'
import {
  type AroundPlan,
  addAttribute,
  begin,
  type DocumentType,
  type Draft,
  emptyRecord,
  type FieldPlan,
  fieldOf,
  finish,
  type Plan,
  put,
} from './shape.ts'
import { unescapeXml } from './text.ts'

/** Characters that every value of an object is counted with, besides its own: an empty one takes memory too. */
const PER_VALUE = 32
/** Characters that one takes at most where it is escaped twice: `&amp;quot;`. */
const ESCAPED = 10
/** Names up to here are remembered, up to so many in a place. */
const MAX_NAME = 128
const MAX_NAMES = 500
/** Expectations that may fail before they are put to the text in a slower way. */
const MAX_MISSES = 100
/** Characters of the beginning of a tag that are held until its end comes; what is longer is nothing that is read. */
const MAX_TAG = 512

const TAG = '&lt;'
const TAG_END = '&gt;'
const CDATA = '&lt;![CDATA['
const CDATA_END = ']]&gt;'
const NAME = /^[A-Za-z_:\u0080-\uffff][\w.:\-\u0080-\uffff]*$/

// Codes of the characters that tell markup apart.
const AMPERSAND = 38
const BANG = 33
const SLASH = 47
const OPENING_BRACKET = 91
const CLOSING_BRACKET = 93
const G = 103
const L = 108

/** An object that was left out because it could not be read. */
export class Flaw {
  /** Its element, such as `IMAGE`. */
  readonly kind: string
  /** Its number, where that could be read. */
  readonly id: number | undefined
  /** Why, in words that hold nothing of the object. */
  readonly reason: string

  constructor(kind: string, id: number | undefined, reason: string) {
    this.kind = kind
    this.id = id
    this.reason = reason
  }
}

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
  /** How, and for a text its most characters: here, because they are looked at for every element. */
  readonly kind: Plan['kind'] | undefined
  readonly most: number
  /** The element that came first inside, and the one that came after, the last time. */
  first: Place | undefined = undefined
  next: Place | undefined = undefined
  #inside: Map<string, Place> | undefined = undefined
  #remembered = true

  constructor(name: string, field: FieldPlan | undefined) {
    this.name = name
    this.start = `${name}&gt;`
    this.end = `&lt;/${name}&gt;`
    this.field = field
    this.kind = field?.plan.kind
    this.most = field && 'most' in field.plan ? field.plan.most : Number.POSITIVE_INFINITY
  }

  /** The element of this name inside, which came after another. Throws MalformedAnswer for what is no name. */
  child(name: string, before: Place | undefined): Place {
    const child = this.#inside?.get(name) ?? this.#newChild(name)
    // What is not remembered must not be held by what is
    if (!child.#remembered) return child
    if (!before) this.first = child
    else if (before.#remembered) before.next = child
    return child
  }

  #newChild(name: string): Place {
    if (!NAME.test(name)) throw new MalformedAnswer('a tag is malformed')
    const child = new Place(own(name), this.field && fieldOf(this.field.plan, name))
    this.#inside ??= new Map()
    if (this.#remembered && name.length <= MAX_NAME && this.#inside.size < MAX_NAMES) this.#inside.set(name, child)
    else child.#remembered = false
    return child
  }
}

/** The place around a document: a pool of a type or one object of it. */
function documentPlace<T>({ element, pool, plan }: DocumentType<T>): Place {
  const around = (...fields: FieldPlan[]): AroundPlan => ({
    kind: 'around',
    fields: new Map(fields.map(field => [field.name, field])),
  })
  const object: FieldPlan = { name: element, many: false, plan }
  const objects: FieldPlan = { name: pool, many: false, plan: around(object) }
  return new Place('', { name: '', many: false, plan: around(object, objects) })
}

/** An element that is being read. */
class Frame {
  readonly place: Place
  /** The element that came last inside. */
  before: Place | undefined = undefined
  /** What it holds; a vector's once the attribute turns out to be one. */
  members: Draft | undefined
  /** Its text, and what of that is still to be unescaped. */
  text = ''
  escaped = ''
  /** Characters of all members of a vector. */
  size = 0

  constructor(place: Place) {
    this.place = place
    const plan = place.field?.plan
    if (plan?.kind === 'struct') this.members = begin(plan)
    else this.members = plan?.kind === 'attributes' ? emptyRecord() : undefined
  }
}

/** A document that comes in pieces: a pool of objects or a single one. */
export class EscapedDocument<T> {
  /** Whether the document was read to its end. */
  ended = false
  readonly #type: DocumentType<T>
  /** What came and is not read yet: of what was incomplete only the beginning of a token. */
  #text = ''
  #at = 0
  #last = false
  #misses = 0

  /** The elements that are being read, the document itself first; the last one is `#frame` too. */
  readonly #open: Frame[]
  #frame: Frame
  /** How many elements, inside of those, are open and passed by. */
  #depth = 0
  /** Where the text goes on, when that is not between two tokens: in a CDATA section, or in a tag that is passed by. */
  #inside: 'cdata' | 'start' | 'end' | undefined
  /** Whether end tags did not fit, so that what is passed by ends with the object's own. */
  #lost = false

  /** The object that is being read; how many elements are open around it; and how much of it is held, in characters. */
  #draft: Draft | undefined
  #around = 0
  #held = 0
  /** The object that was read. */
  #object: Draft | undefined

  constructor(type: DocumentType<T>) {
    this.#type = type
    this.#frame = new Frame(documentPlace(type))
    this.#open = [this.#frame]
  }

  /** Takes the next piece of the text, no entity broken; undefined when there is no more. */
  append(piece: string | undefined): void {
    if (piece === undefined) {
      this.#last = true
    } else {
      this.#text = this.#at === this.#text.length ? piece : this.#text.slice(this.#at) + piece
      this.#at = 0
    }
  }

  /**
   * The next object, or why it is left out; undefined when there is none, or none yet.
   * @throws MalformedAnswer where there is more wrong than an object
   */
  next(): T | Flaw | undefined {
    try {
      this.#read()
    } catch (error) {
      if (!(error instanceof MalformedAnswer && this.#draft)) throw error
      return this.#flaw(this.#draft, error.message)
    }
    const object = this.#object
    if (object) {
      this.#object = undefined
      return this.#type.finished(object)
    }
    if (this.#last) this.#end()
    return undefined
  }

  #end(): void {
    const complete = this.#open.length === 1 && this.#frame.before && this.#depth === 0 && !this.#inside
    if (!complete || this.#at < this.#text.length) throw new MalformedAnswer('the document is cut off')
    this.ended = true
  }

  /** Passes by the rest of the object. */
  #flaw({ ID }: Draft, reason: string): Flaw {
    this.#leave(this.#around)
    if (this.#lost) this.#depth = 1
    this.#draft = undefined
    return new Flaw(this.#type.element, typeof ID === 'number' ? ID : undefined, reason)
  }

  /** Reads on until an object is complete or the text is used up. */
  #read(): void {
    while (!this.#object) {
      if (this.#depth > 0 && !this.#skip()) return
      const frame = this.#frame
      if (this.#inside === 'cdata') {
        if (!this.#readCdata(frame)) return
        continue
      }
      const from = this.#at
      const tag = this.#seekTag()
      this.#at = tag
      if (tag > from) this.#characters(frame, from, tag)
      if (frame !== this.#frame) continue
      if (frame.escaped !== '' && tag < this.#text.length) {
        if (!this.#unescape(frame, innerText)) continue
      }
      if (!this.#readTag(frame)) return
    }
  }

  /** Where the next tag begins; the end of the text where there is none. */
  #seekTag(): number {
    const text = this.#text
    const at = this.#at
    if (text.charCodeAt(at) === AMPERSAND && text.charCodeAt(at + 1) === L) return at
    const tag = text.indexOf(TAG, at)
    return tag < 0 ? text.length : tag
  }

  /** Reads the tag that is next. @returns false where it is not complete */
  #readTag(frame: Frame): boolean {
    const first = this.#text.charCodeAt(this.#at + TAG.length)
    if (first === SLASH) return this.#endTag(frame)
    if (first === BANG) return this.#startCdata()
    return this.#startTag(frame)
  }

  #startTag(frame: Frame): boolean {
    const { place, before } = frame
    const guess = before ? before.next : place.first
    if (guess && this.#is(guess)) {
      frame.before = guess
      this.#begin(guess, false)
      return true
    }
    const text = this.#text
    const from = this.#at + TAG.length
    const end = text.indexOf('&', from)
    if (end < 0) return text.length - from > MAX_TAG && this.#skipTag('start')
    if (text.charCodeAt(end + 1) !== G) throw new MalformedAnswer('a tag is malformed')
    const empty = text.charCodeAt(end - 1) === SLASH
    const child = place.child(text.slice(from, empty ? end - 1 : end), before)
    if (this.#open.length === 1 && (before || !child.field)) {
      throw new MalformedAnswer(before ? 'text after the document' : `the document is no ${this.#type.pool}`)
    }
    frame.before = child
    this.#at = end + TAG_END.length
    this.#begin(child, empty)
    return true
  }

  /** Whether the start tag here is the one expected, which is then read. */
  #is({ name, start }: Place): boolean {
    const text = this.#text
    const from = this.#at + TAG.length
    // What is not here is mostly seen by three characters.
    if (text.charCodeAt(from) !== name.charCodeAt(0)) return false
    if (text.charCodeAt(from + name.length) !== AMPERSAND) return false
    if (text.charCodeAt(from + name.length - 1) !== name.charCodeAt(name.length - 1)) return false
    if (!this.#isAt(from, start)) return false
    this.#at = from + start.length
    return true
  }

  /**
   * Whether the text goes on so. Nearly always it does, and `indexOf` knows that quickest; where it does not, that
   * searches all of the text, which is not done more than so many times.
   */
  #isAt(from: number, expected: string): boolean {
    if (this.#misses === MAX_MISSES) return this.#text.slice(from, from + expected.length) === expected
    const is = this.#text.indexOf(expected, from) === from
    if (!is) this.#misses++
    return is
  }

  /** Begins an element whose start tag was read, and reads it at once where that is simple. */
  #begin(place: Place, empty: boolean): void {
    const { kind } = place
    if (kind === undefined) {
      if (!empty && this.#simpleLeaf(place) === undefined) this.#depth = 1
      return
    }
    if (kind === 'leaf' || kind === 'attribute') {
      const text = empty ? '' : this.#simpleLeaf(place)
      if (text !== undefined) {
        this.#putText(place, text)
        return
      }
    }
    const frame = new Frame(place)
    if (!this.#draft && kind === 'struct') {
      this.#draft = frame.members
      this.#around = this.#open.length
      this.#held = 0
    }
    this.#open.push(frame)
    this.#frame = frame
    if (empty) this.#close()
  }

  #endTag({ place: { end } }: Frame): boolean {
    if (this.#open.length === 1) throw new MalformedAnswer('an end tag without a start')
    if (this.#text.length < this.#at + end.length) return false
    if (!this.#isAt(this.#at, end)) {
      this.#lost = this.#draft !== undefined
      throw new MalformedAnswer('an end tag where another belongs')
    }
    this.#at += end.length
    this.#close()
    return true
  }

  /** Ends the element that was read last, and hands what it holds on. */
  #close(): void {
    const { place, members, text } = this.#frame
    this.#pop(1)
    if (place.kind === 'struct') this.#closeStruct(place, members)
    else if (members) this.#put(place, members)
    else if (place.kind !== 'around') this.#putText(place, text)
  }

  #closeStruct(place: Place, members: Draft | undefined): void {
    const plan = place.field?.plan
    if (plan?.kind !== 'struct' || !members) return
    finish(members, plan)
    if (this.#open.length > this.#around) {
      this.#hold(0)
      this.#put(place, members)
    } else {
      this.#object = members
      this.#draft = undefined
    }
  }

  #pop(count: number): void {
    this.#open.length -= count
    this.#frame = this.#open[this.#open.length - 1] ?? this.#frame
  }

  /** Gives up the elements that are being read but for the first `kept`: the rest of them is passed by. */
  #leave(kept: number): void {
    const count = this.#open.length - kept
    this.#pop(count)
    this.#depth += count
  }

  /** A text of which there is more than may be: its element counts as absent, a vector as a whole. */
  #giveUp(frame: Frame): void {
    const level = this.#open.indexOf(frame)
    const isMember = this.#open[level - 1]?.place.kind === 'attribute'
    const given = isMember ? level - 1 : level
    const place = this.#open[given]?.place
    this.#leave(given)
    if (place) this.#putInstead(place)
  }

  /** Of a value that is too long its place is taken by another, where its absence would be taken for an answer. */
  #putInstead(place: Place): void {
    const plan = place.field?.plan
    if (plan?.kind === 'attribute' && plan.instead !== undefined) this.#put(place, plan.instead)
  }

  #hold(characters: number): void {
    this.#held += characters + PER_VALUE
    if (this.#held > limits.documentObject.most) throw new MalformedAnswer('there is too much in it')
  }

  #putText(place: Place, text: string): void {
    const { name, field } = place
    const frame = this.#frame
    if (frame.place.kind === 'attribute') {
      frame.members ??= emptyRecord()
      frame.size += name.length + text.length + PER_VALUE
      if (frame.size > frame.place.most) {
        this.#giveUp(frame)
        return
      }
    }
    if (text.length > place.most) {
      this.#putInstead(place)
      return
    }
    this.#hold(text.length)
    const plan = field?.plan
    this.#put(place, plan?.kind === 'leaf' ? plan.parse(own(text), name) : own(text))
  }

  #put({ name, field }: Place, value: unknown): void {
    const { members, place: around } = this.#frame
    if (!members || !field) return
    if (around.kind === 'struct') put(members, field, value)
    else if (around.kind === 'attributes') addAttribute(members, name, value)
    else members[name] = value
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
    if (!this.#isAt(end, place.end)) return undefined
    this.#at = end + place.end.length
    return text.slice(from, to)
  }

  /** Takes text outside of tags. */
  #characters(frame: Frame, from: number, to: number): void {
    if (this.#open.length === 1 && this.#text.slice(from, to).trim() !== '') {
      throw new MalformedAnswer('text where a document belongs')
    }
    this.#collect(frame, from, to)
  }

  /** Adds text to that of a leaf or an attribute, escaped as it is. */
  #collect(frame: Frame, from: number, to: number): void {
    const { kind, most } = frame.place
    if (frame.members || !(kind === 'leaf' || kind === 'attribute')) return
    frame.escaped += this.#text.slice(from, to)
    if (frame.escaped.length > ESCAPED * most) this.#giveUp(frame)
  }

  /** Unescapes what was collected, which has come to its end. @returns whether there is not too much of it */
  #unescape(frame: Frame, undo: (escaped: string) => string): boolean {
    const { escaped } = frame
    frame.escaped = ''
    frame.text += undo(escaped)
    if (frame.text.length <= frame.place.most) return true
    this.#giveUp(frame)
    return false
  }

  #startCdata(): boolean {
    if (this.#text.length < this.#at + CDATA.length) return false
    const isCdata = this.#text.startsWith(CDATA, this.#at)
    if (!isCdata || this.#open.length === 1) throw new MalformedAnswer('markup that OpenNebula does not write')
    this.#inside = 'cdata'
    this.#at += CDATA.length
    return true
  }

  /** Reads on in a CDATA section. @returns false where its end is still to come */
  #readCdata(frame: Frame): boolean {
    const from = this.#at
    const end = this.#sectionEnd()
    this.#at = end < 0 ? this.#beforeBrackets() : end
    this.#collect(frame, from, this.#at)
    if (frame !== this.#frame) return true
    if (end < 0) return false
    this.#inside = undefined
    this.#at += CDATA_END.length
    if (frame.escaped !== '') this.#unescape(frame, outerText)
    return true
  }

  /** Where the CDATA section ends, if here. Brackets are looked at last: they may be many, and so may `>`. */
  #sectionEnd(): number {
    const text = this.#text
    let at = this.#at
    for (;;) {
      const end = text.indexOf(TAG_END, at)
      if (end < 0) return end
      if (end - 2 >= this.#at && text.startsWith(']]', end - 2)) return end - 2
      at = end + TAG_END.length
    }
  }

  /** Where the text may be divided: before brackets that may be the beginning of a section's end. */
  #beforeBrackets(): number {
    const text = this.#text
    let at = text.length
    while (at > this.#at && at > text.length - 2 && text.charCodeAt(at - 1) === CLOSING_BRACKET) at--
    return at
  }

  /** Passes by elements until all that are to be passed by have ended. @returns false where the text is used up before */
  #skip(): boolean {
    while (this.#depth > 0) {
      if (this.#inside === 'cdata') {
        const end = this.#sectionEnd()
        this.#at = end < 0 ? this.#beforeBrackets() : end + CDATA_END.length
        if (end < 0) return false
        this.#inside = undefined
      } else if (!this.#passTag()) return false
    }
    this.#lost = false
    return true
  }

  /** Passes by a tag, or the rest of one, and what is before it. @returns false where it is not complete */
  #passTag(): boolean {
    const text = this.#text
    const tag = this.#inside ? this.#at : text.indexOf(TAG, this.#at)
    this.#at = tag < 0 ? text.length : tag
    if (tag < 0) return false
    const first = this.#inside ? undefined : text.charCodeAt(tag + TAG.length)
    if (first === BANG) return this.#startCdata()
    const end = text.indexOf(TAG_END, tag)
    if (end < 0)
      return text.length - tag > MAX_TAG && this.#skipTag(first === SLASH ? 'end' : (this.#inside ?? 'start'))
    this.#at = end + TAG_END.length
    if (this.#inside === 'end' || first === SLASH) this.#passEnd(tag)
    else if (this.#inside === 'start') this.#depth -= Number(text.charCodeAt(end - 1) === SLASH)
    else this.#depth += Number(text.charCodeAt(end - 1) !== SLASH)
    this.#inside = undefined
    return true
  }

  #passEnd(tag: number): void {
    if (!this.#lost) this.#depth--
    else if (this.#text.startsWith(`&lt;/${this.#type.element}&gt;`, tag)) this.#depth = 0
  }

  /** Lets go of a tag that is longer than any that is read. The last character may make it one of an empty element. */
  #skipTag(which: 'cdata' | 'start' | 'end'): false {
    if (!this.#inside && which === 'start') this.#depth++
    this.#inside = which
    this.#at = this.#text.length - 1
    return false
  }
}

/** The same text without the rest of what it is a part of: the engine would keep all of the answer for a few values. */
function own(text: string): string {
  return text.length < 13 ? text : ` ${text}`.slice(1)
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
