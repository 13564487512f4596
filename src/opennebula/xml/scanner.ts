// The text of a document that comes in pieces and is escaped once, taken token by token where it stands.
//
// Escaping makes markup and the text of a CDATA section look alike, so everything is tokenised; nothing is found by
// searching for a tag. Of what is incomplete only the beginning of a token is held.
import { MalformedAnswer } from '../errors.ts'

/** Expectations that may fail before they are put to the text in a slower way. */
const MAX_MISSES = 100

export const TAG = '&lt;'
export const TAG_END = '&gt;'
const CDATA = '&lt;![CDATA['
const CDATA_END = ']]&gt;'

// Codes of the characters that tell markup apart.
export const AMPERSAND = 38
export const BANG = 33
export const SLASH = 47
const OPENING_BRACKET = 91
const CLOSING_BRACKET = 93
export const G = 103
const L = 108

/** An element by its name, and by its start tag behind `&lt;`. */
export interface StartTag {
  readonly name: string
  readonly start: string
}

/** What the text may go on in the middle of. */
export type Inside = 'cdata' | 'start' | 'end'

/** The text that came, how far it is read, and what can be told and taken there. */
export class Scanner {
  /** What came and is not read yet, from `at` on. */
  text = ''
  at = 0
  /** Where the text goes on, when that is not between two tokens: in a CDATA section, or in a tag that is passed by. */
  inside: Inside | undefined
  #misses = 0

  /** Takes the next piece of the text, no entity broken. */
  append(piece: string): void {
    this.text = this.at === this.text.length ? piece : this.text.slice(this.at) + piece
    this.at = 0
  }

  /** Takes text again that it has let go. */
  restart(text: string): void {
    this.text = text
    this.at = 0
  }

  /** Where the next tag begins; the end of the text where there is none. */
  nextTag(): number {
    const { text, at } = this
    if (text.charCodeAt(at) === AMPERSAND && text.charCodeAt(at + 1) === L) return at
    const tag = text.indexOf(TAG, at)
    return tag < 0 ? text.length : tag
  }

  /**
   * Whether the text goes on so. Nearly always it does, and `indexOf` knows that quickest; where it does not, that
   * searches all of the text, which is not done more than so many times.
   */
  isAt(from: number, expected: string): boolean {
    if (this.#misses === MAX_MISSES) return this.text.slice(from, from + expected.length) === expected
    const is = this.text.indexOf(expected, from) === from
    if (!is) this.#misses++
    return is
  }

  /** Takes the start tag that is next if it is this one. Given as a whole: two arguments make all of reading a tenth slower. */
  takeStart({ name, start }: StartTag): boolean {
    const { text } = this
    const from = this.at + TAG.length
    // What is not here is mostly seen by three characters.
    if (text.charCodeAt(from) !== name.charCodeAt(0)) return false
    if (text.charCodeAt(from + name.length) !== AMPERSAND) return false
    if (text.charCodeAt(from + name.length - 1) !== name.charCodeAt(name.length - 1)) return false
    if (!this.isAt(from, start)) return false
    this.at = from + start.length
    return true
  }

  /**
   * Takes the inside and the end of an element that holds nothing but text without entities or one CDATA section of such
   * text, as nearly all do; undefined, and nothing taken, for any other.
   *
   * @param endTag the element's
   */
  takeSimple(endTag: string): string | undefined {
    const { text, at } = this
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
    if (!this.isAt(end, endTag)) return undefined
    this.at = end + endTag.length
    return text.slice(from, to)
  }

  /**
   * Takes the beginning of a CDATA section.
   * @returns false where it is not complete
   * @throws MalformedAnswer for other markup, and where no section may be
   */
  enterCdata(mayBeHere: boolean): boolean {
    if (this.text.length < this.at + CDATA.length) return false
    if (!mayBeHere || !this.text.startsWith(CDATA, this.at)) {
      throw new MalformedAnswer('markup that OpenNebula does not write')
    }
    this.inside = 'cdata'
    this.at += CDATA.length
    return true
  }

  /** Goes to the end of the CDATA section, or of what came of it. @returns whether it ends here */
  toSectionEnd(): boolean {
    const end = this.#sectionEnd()
    this.at = end < 0 ? this.#beforeBrackets() : end
    return end >= 0
  }

  /** Takes the end of the CDATA section, which is next. */
  leaveCdata(): void {
    this.inside = undefined
    this.at += CDATA_END.length
  }

  /** Where the CDATA section ends, if here. Brackets are looked at last: they may be many, and so may `>`. */
  #sectionEnd(): number {
    const { text } = this
    let { at } = this
    for (;;) {
      const end = text.indexOf(TAG_END, at)
      if (end < 0) return end
      if (end - 2 >= this.at && text.startsWith(']]', end - 2)) return end - 2
      at = end + TAG_END.length
    }
  }

  /** Where the text may be divided: before brackets that may be the beginning of a section's end. */
  #beforeBrackets(): number {
    const { text } = this
    let at = text.length
    while (at > this.at && at > text.length - 2 && text.charCodeAt(at - 1) === CLOSING_BRACKET) at--
    return at
  }
}
