// The inner layer of a streamed answer: an OpenNebula document escaped into a string, read object by object.
//
// It is read as it is: `&lt;` opens a tag, and only the values that a shape asks for are unescaped. OpenNebula writes
// elements, text and CDATA sections; attributes, comments and the like are not accepted.
//
// Tenants write most of it, at any length and depth. So the reader holds what it was asked for (capture.ts) and the
// beginning of one token (scanner.ts): whatever else comes is passed by and let go (skipper.ts), and an object that cannot
// be read is left out by itself.
import { MalformedAnswer } from '../errors.ts'
import { Capture } from './capture.ts'
import type { DocumentType } from './document-type.ts'
import { Flaw } from './flaw.ts'
import type { Frame } from './frame.ts'
import { documentPlace, type Place } from './place.ts'
import { BANG, G, Scanner, SLASH, TAG, TAG_END } from './scanner.ts'
import { Skipper } from './skipper.ts'
import { unescapeSection, unescapeTwice } from './text.ts'

/** A document that comes in pieces: a pool of objects or a single one. */
export class EscapedDocument<T> {
  /** Whether the document was read to its end. */
  ended = false
  readonly #type: DocumentType<T>
  readonly #scanner = new Scanner()
  readonly #skipper: Skipper
  readonly #capture: Capture
  #last = false

  constructor(type: DocumentType<T>) {
    this.#type = type
    this.#skipper = new Skipper(this.#scanner, type.element)
    this.#capture = new Capture(documentPlace(type), this.#skipper)
  }

  /** Takes the next piece of the text, no entity broken; undefined when there is no more. */
  append(piece: string | undefined): void {
    if (piece === undefined) this.#last = true
    else this.#scanner.append(piece)
  }

  /**
   * The next object, or why it is left out; undefined when there is none, or none yet.
   * @throws MalformedAnswer where there is more wrong than an object
   */
  next(): T | Flaw | undefined {
    const capture = this.#capture
    try {
      this.#read()
    } catch (error) {
      if (!(error instanceof MalformedAnswer && capture.draft)) throw error
      return this.#flaw(error.message)
    }
    const { object } = capture
    if (object) {
      capture.object = undefined
      return this.#type.finished(object)
    }
    if (this.#last) this.#end()
    return undefined
  }

  #end(): void {
    const { frame, isOutside } = this.#capture
    const { text, at, inside } = this.#scanner
    const complete = isOutside && frame.before && this.#skipper.depth === 0 && !inside
    if (!complete || at < text.length) throw new MalformedAnswer('the document is cut off')
    this.ended = true
  }

  /** Passes by the rest of the object. */
  #flaw(reason: string): Flaw {
    const id = this.#capture.abandon()
    if (this.#skipper.lost) this.#skipper.depth = 1
    return new Flaw(this.#type.element, id, reason)
  }

  /** Reads on until an object is complete or the text is used up. */
  #read(): void {
    const scanner = this.#scanner
    const skipper = this.#skipper
    const capture = this.#capture
    while (!capture.object) {
      if (skipper.depth > 0 && !skipper.skip()) return
      const { frame } = capture
      if (scanner.inside === 'cdata') {
        if (!this.#readCdata(frame)) return
        continue
      }
      const from = scanner.at
      const tag = scanner.nextTag()
      scanner.at = tag
      if (tag > from) this.#characters(frame, from, tag)
      if (frame !== capture.frame) continue
      if (frame.escaped !== '' && tag < scanner.text.length) {
        if (!capture.unescape(frame, unescapeTwice)) continue
      }
      if (!this.#readTag(frame)) return
    }
  }

  /** Reads the tag that is next. @returns false where it is not complete */
  #readTag(frame: Frame): boolean {
    const { text, at } = this.#scanner
    const first = text.charCodeAt(at + TAG.length)
    if (first === SLASH) return this.#endTag(frame)
    if (first === BANG) return this.#scanner.enterCdata(!this.#capture.isOutside)
    return this.#startTag(frame)
  }

  #startTag(frame: Frame): boolean {
    const scanner = this.#scanner
    const { place, before } = frame
    const guess = before ? before.next : place.first
    if (guess && scanner.takeStart(guess)) {
      frame.before = guess
      this.#begin(guess, false)
      return true
    }
    const { text } = scanner
    const from = scanner.at + TAG.length
    const end = text.indexOf('&', from)
    if (end < 0) return this.#skipper.letGo(from, 'start')
    if (text.charCodeAt(end + 1) !== G) throw new MalformedAnswer('a tag is malformed')
    const empty = text.charCodeAt(end - 1) === SLASH
    const child = place.child(text.slice(from, empty ? end - 1 : end), before)
    if (this.#capture.isOutside && (before || !child.field)) {
      throw new MalformedAnswer(before ? 'text after the document' : `the document is no ${this.#type.pool}`)
    }
    frame.before = child
    scanner.at = end + TAG_END.length
    this.#begin(child, empty)
    return true
  }

  /** Begins an element whose start tag was read, and reads it at once where that is simple. */
  #begin(place: Place, empty: boolean): void {
    const { kind } = place
    if (kind === undefined) {
      if (!empty && this.#scanner.takeSimple(place.end) === undefined) this.#skipper.depth = 1
      return
    }
    if (kind === 'leaf' || kind === 'attribute') {
      const text = empty ? '' : this.#scanner.takeSimple(place.end)
      if (text !== undefined) {
        this.#capture.putText(place, text)
        return
      }
    }
    this.#capture.begin(place)
    if (empty) this.#capture.end()
  }

  #endTag({ place: { end } }: Frame): boolean {
    const scanner = this.#scanner
    if (this.#capture.isOutside) throw new MalformedAnswer('an end tag without a start')
    if (scanner.text.length < scanner.at + end.length) return false
    if (!scanner.isAt(scanner.at, end)) {
      this.#skipper.lost = this.#capture.draft !== undefined
      throw new MalformedAnswer('an end tag where another belongs')
    }
    scanner.at += end.length
    this.#capture.end()
    return true
  }

  /** Takes text outside of tags. */
  #characters(frame: Frame, from: number, to: number): void {
    const { text } = this.#scanner
    if (this.#capture.isOutside && text.slice(from, to).trim() !== '') {
      throw new MalformedAnswer('text where a document belongs')
    }
    this.#capture.collect(frame, text, from, to)
  }

  /** Reads on in a CDATA section. @returns false where its end is still to come */
  #readCdata(frame: Frame): boolean {
    const scanner = this.#scanner
    const capture = this.#capture
    const from = scanner.at
    const ends = scanner.toSectionEnd()
    capture.collect(frame, scanner.text, from, scanner.at)
    if (frame !== capture.frame) return true
    if (!ends) return false
    scanner.leaveCdata()
    if (frame.escaped !== '') capture.unescape(frame, unescapeSection)
    return true
  }
}
