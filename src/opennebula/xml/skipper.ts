// Passes by what nobody asks for, at any length and depth, and holds nothing of it.
import { BANG, type Inside, type Scanner, SLASH, TAG, TAG_END } from './scanner.ts'

/** Characters of the beginning of a tag that are held until its end comes; what is longer is nothing that is read. */
const MAX_TAG = 512

/** The elements that are open and passed by. */
export class Skipper {
  /** How many, inside of those that are read. */
  depth = 0
  /** Whether end tags did not fit, so that what is passed by ends with the object's own. */
  lost = false
  readonly #scanner: Scanner
  readonly #objectEnd: string

  /** @param element of the objects in the document */
  constructor(scanner: Scanner, element: string) {
    this.#scanner = scanner
    this.#objectEnd = `&lt;/${element}&gt;`
  }

  /** Passes by elements until all that are to be passed by have ended. @returns false where the text is used up before */
  skip(): boolean {
    const scanner = this.#scanner
    while (this.depth > 0) {
      if (scanner.inside === 'cdata') {
        if (!scanner.toSectionEnd()) return false
        scanner.leaveCdata()
      } else if (!this.#passTag()) return false
    }
    this.lost = false
    return true
  }

  /** Lets go of a tag that begins at `from` and is longer than any that is read. @returns false: it is not complete */
  letGo(from: number, which: Inside): false {
    const scanner = this.#scanner
    if (scanner.text.length - from <= MAX_TAG) return false
    if (!scanner.inside && which === 'start') this.depth++
    scanner.inside = which
    // The last character may make it one of an empty element
    scanner.at = scanner.text.length - 1
    return false
  }

  /** Passes by a tag, or the rest of one, and what is before it. @returns false where it is not complete */
  #passTag(): boolean {
    const scanner = this.#scanner
    const { text, inside } = scanner
    const tag = inside ? scanner.at : text.indexOf(TAG, scanner.at)
    scanner.at = tag < 0 ? text.length : tag
    if (tag < 0) return false
    const first = inside ? undefined : text.charCodeAt(tag + TAG.length)
    if (first === BANG) return scanner.enterCdata(true)
    const end = text.indexOf(TAG_END, tag)
    if (end < 0) return this.letGo(tag, first === SLASH ? 'end' : (inside ?? 'start'))
    scanner.at = end + TAG_END.length
    if (inside === 'end' || first === SLASH) this.#passEnd(tag)
    else if (inside === 'start') this.depth -= Number(text.charCodeAt(end - 1) === SLASH)
    else this.depth += Number(text.charCodeAt(end - 1) !== SLASH)
    scanner.inside = undefined
    return true
  }

  #passEnd(tag: number): void {
    if (!this.lost) this.depth--
    else if (this.#scanner.text.startsWith(this.#objectEnd, tag)) this.depth = 0
  }
}
