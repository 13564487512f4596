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
import type { Shelf } from './memory.ts'
import { documentPlace, type Place } from './place.ts'
import { type Recognised, Recogniser } from './recognition.ts'
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
  readonly #recogniser: Recogniser | undefined
  #last = false

  /** @param shelf where objects are remembered that are read, and known again */
  constructor(type: DocumentType<T>, shelf?: Shelf) {
    this.#type = type
    this.#skipper = new Skipper(this.#scanner, type.element)
    this.#capture = new Capture(documentPlace(type), this.#skipper)
    this.#recogniser = shelf && new Recogniser(this.#scanner, this.#skipper, type, shelf)
  }

  /** Takes the next piece of the text, no entity broken; undefined when there is no more. */
  append(piece: string | undefined): void {
    if (piece === undefined) {
      this.#last = true
    } else {
      this.#recogniser?.hold()
      this.#scanner.append(piece)
    }
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
      this.#recogniser?.remember(object, capture.held)
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
    this.#recogniser?.forget()
    if (this.#skipper.lost) this.#skipper.depth = 1
    return new Flaw(this.#type.element, id, reason)
  }

  /** Reads on until an object is complete or the text is used up. */
  #read(): void {
    const scanner = this.#scanner
    const skipper = this.#skipper
    const capture = this.#capture
    const recogniser = this.#recogniser
    if (recogniser?.isComparing && !this.#take(recogniser.compare())) return
    while (!capture.object) {
      if (skipper.depth > 0) {
        if (!skipper.skip()) return
        if (recogniser?.isInVolatile) recogniser.cut()
      }
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

  /** Takes an object that is known. @returns false where more of it is needed to tell */
  #take(found: Recognised): boolean {
    if (found === 'more' && !this.#last) return false
    if (found === 'more') this.#recogniser?.mistake()
    else if (found) {
      const { frame } = this.#capture
      frame.before = frame.place.child(this.#type.element, frame.before)
      this.#capture.object = found.object
    }
    return true
  }

  #startTag(frame: Frame): boolean {
    const scanner = this.#scanner
    const { place, before } = frame
    if (this.#recogniser && place.kind === 'around' && !(before && this.#capture.isOutside)) {
      const found = this.#recogniser.compareNext()
      if (found) return this.#take(found)
      this.#recogniser.read()
    }
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
      if (!empty) this.#passBy(place)
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

  #passBy({ end, isVolatile }: Place): void {
    if (isVolatile) this.#recogniser?.cut()
    if (this.#scanner.takeSimple(end) === undefined) this.#skipper.depth = 1
    else if (isVolatile) this.#recogniser?.cut()
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
