// Recognises objects whose text is known: where a document goes on with exactly the text that an object was read from, it is
// that object, and ends where that text ends.
//
// Nothing is searched for: equality is the proof, of the text or of its digest. What is inside of volatile elements, which nobody
// reads, may differ: it is passed by as in any object. Of an object that turns out to be another, what was compared is read again.
//
// That is of use only where something has stayed as it was. Where one object of an answer after the other has changed, most of the
// others are read at once, and what is known of them is left: it may count another time.
import { makeLast } from '../../lib/lasting.ts'
import { ownText } from '../../lib/own-text.ts'
import { limits } from '../../limits.ts'
import { MalformedAnswer } from '../errors.ts'
import type { DocumentType } from './document-type.ts'
import type { Known, Shelf } from './memory.ts'
import type { Draft, StructPlan } from './plan.ts'
import { digestOf, type Runs } from './proof.ts'
import type { Scanner } from './scanner.ts'
import { shareWith } from './siblings.ts'
import type { Skipper } from './skipper.ts'

/** Digits of a number and the character behind them, at most: numbers are of 31 bits. */
const MAX_DIGITS = 11
/** What changes every time is remembered every so many times, and where all of an answer has changed one in so many is compared. */
const SELDOM = 16
/** So many changed objects one behind the other stand for all of an answer. */
const MANY_CHANGED = 16
const MOST = limits.documentText.most

/** What is known of an object that begins; that more of its text is needed to tell; or nothing. */
export type Recognised = Known | 'more' | undefined

/** Compares objects with what is known, and remembers those that were read. */
export class Recogniser {
  readonly #scanner: Scanner
  readonly #skipper: Skipper
  readonly #shelf: Shelf
  readonly #plan: StructPlan
  /** How an object begins. */
  readonly #header: string
  #doing: 'comparing' | 'reading' | undefined
  /** The object's text that the scanner has let go, how long it is, and where in the scanner's text the rest begins. */
  #held: string[] = []
  #length = 0
  #from = 0
  /** What it is compared with: how far, and whether that is inside of a volatile element. */
  #known: Known | undefined
  #run = 0
  #at = 0
  #isInside = false
  /** Whether the object that is next was taken for another already. */
  #isMistaken = false
  /** How many times in a row the object that is read was found changed, and whether to remember it. */
  #changes = 0
  #isWorthIt = true
  /** How many objects began, and how many known ones in a row were others, or are every time. */
  #begun = 0
  #changedLast = 0
  /** The one that was remembered before. */
  #sibling: Draft | undefined
  /** Where the insides of volatile elements begin and, behind the end tag, end; in turns. */
  #cuts: number[] = []

  constructor(
    scanner: Scanner,
    skipper: Skipper,
    { element, plan }: Pick<DocumentType<unknown>, 'element' | 'plan'>,
    shelf: Shelf,
  ) {
    this.#scanner = scanner
    this.#skipper = skipper
    this.#shelf = shelf
    this.#plan = plan
    this.#header = `&lt;${element}&gt;&lt;ID&gt;`
  }

  get isComparing(): boolean {
    return this.#doing === 'comparing'
  }

  /** To be told before the scanner lets go of what is read. */
  hold(): void {
    if (!this.#doing) return
    const { text, at } = this.#scanner
    this.#held.push(text.slice(this.#from, at))
    this.#length += at - this.#from
    this.#from = 0
    if (this.#length > MOST) this.#giveUp()
  }

  /** Begins to compare the object that is next, if there is one. */
  compareNext(): Recognised {
    if (this.#isMistaken) {
      this.#isMistaken = false
      return undefined
    }
    this.#changes = 0
    this.#isWorthIt = true
    if (this.#changedLast === 0 && this.#beginLikely()) return this.compare()
    const { text, at } = this.#scanner
    const header = this.#header
    if (!text.startsWith(header, at)) return header.startsWith(text.slice(at, at + header.length)) ? 'more' : undefined
    const from = at + header.length
    const end = text.indexOf('&', from)
    if (end < 0) return text.length - from < MAX_DIGITS ? 'more' : undefined
    if (end - from >= MAX_DIGITS) return undefined
    this.#begun++
    const known = this.#shelf.get(Number(text.slice(from, end)))
    if (known?.plan !== this.#plan) return undefined
    if (!known.object) {
      this.#changes = ++known.changes
      this.#changedLast++
      this.#isWorthIt = isWorthIt(this.#changes)
      return undefined
    }
    if (this.#changedLast >= MANY_CHANGED && this.#begun % SELDOM !== 1) {
      this.#isWorthIt = false
      return undefined
    }
    this.#known = known
    this.#begin('comparing')
    return this.compare()
  }

  /** Begins with what came behind the object before the last time, where that is next: it need not be looked up. */
  #beginLikely(): boolean {
    const { likely } = this.#shelf
    const first = likely?.proof.runs?.[0]
    if (first === undefined || likely?.plan !== this.#plan) return false
    const { text, at } = this.#scanner
    if (!isSame(text, at, first.length, first, 0)) return false
    this.#shelf.useLikely()
    this.#begun++
    this.#known = likely
    this.#begin('comparing')
    this.#scanner.at += first.length
    this.#at = first.length
    return true
  }

  /** Notes that an object is another. It is compared no more until it is worth it to remember what it is. */
  #changed({ id, plan, changes }: Known): void {
    this.#changedLast++
    this.#changes = changes + 1
    this.#isWorthIt = isWorthIt(this.#changes)
    this.#shelf.set(id, { plan, changes: this.#changes })
  }

  /** Goes on comparing. Where that fails, the scanner is at the object's beginning again. */
  compare(): Recognised {
    const scanner = this.#scanner
    const known = this.#known
    for (;;) {
      if (this.#isInside && !this.#passVolatile()) return this.isComparing ? 'more' : undefined
      if (!known) return undefined
      const { lengths, runs } = known.proof
      const most = lengths[this.#run] ?? 0
      const { text, at } = scanner
      const length = Math.min(most - this.#at, text.length - at)
      if (runs && !isSame(text, at, length, runs[this.#run] ?? '', this.#at)) return this.mistake()
      scanner.at += length
      this.#at += length
      if (this.#at < most) return 'more'
      this.#run++
      this.#at = 0
      if (this.#run === lengths.length) return this.#proved(known)
      this.#cut()
      this.#isInside = true
      this.#skipper.depth = 1
    }
  }

  /** The object, all of whose text has come. */
  #proved(known: Known): Known | undefined {
    const { digest } = known.proof
    if (digest !== undefined && digestOf(this.#runs()) !== digest) return this.mistake()
    known.changes = 0
    this.#changedLast = 0
    this.forget()
    return known
  }

  /** @returns whether the element has ended */
  #passVolatile(): boolean {
    try {
      if (!this.#skipper.skip()) return false
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error
      this.mistake()
      return false
    }
    this.#cut()
    this.#isInside = false
    return true
  }

  /** Goes back to where the object began, which is to be read. */
  mistake(): undefined {
    this.#isMistaken = true
    if (!this.isComparing) return
    if (this.#known) this.#changed(this.#known)
    const scanner = this.#scanner
    if (this.#held.length === 0) scanner.at = this.#from
    else scanner.restart(this.#held.join('') + scanner.text.slice(this.#from))
    scanner.inside = undefined
    this.#skipper.depth = 0
    this.forget()
  }

  /** Notes that what is next is read, and is to be remembered unless it is another every time. */
  read(): void {
    this.#isMistaken = false
    this.#known = undefined
    // What began before is another element, such as the one around all
    if (this.#isWorthIt) this.#begin('reading')
    else this.forget()
  }

  /** Notes where the inside of a volatile element begins, or where one has ended, behind its end tag. */
  cut(): void {
    if (this.#doing === 'reading') this.#cut()
  }

  #cut(): void {
    this.#cuts.push(this.#length + this.#scanner.at - this.#from)
  }

  /** The text of the object but for the insides of volatile elements. */
  #runs(): Runs {
    const { text, at } = this.#scanner
    const rest = text.slice(this.#from, at)
    const whole = this.#held.length === 0 ? rest : this.#held.join('') + rest
    const ends = [0, ...this.#cuts, whole.length]
    const runs: string[] = []
    for (let run = 0; run < ends.length; run += 2) runs.push(whole.slice(ends[run], ends[run + 1]))
    return runs
  }

  /** Whether what is passed by is inside of a volatile element. */
  get isInVolatile(): boolean {
    return this.#cuts.length % 2 === 1
  }

  /**
   * Remembers an object that has come to its end.
   * @param held what its values are counted with
   */
  remember(object: Draft, held: number): void {
    if (this.#doing === 'reading' && this.#length + this.#scanner.at - this.#from <= MOST) this.#keep(object, held)
    this.forget()
  }

  #keep(object: Draft, held: number): void {
    const { ID: id } = object
    const form = this.#shelf.form(this.#length + this.#scanner.at - this.#from, held)
    if (!form || typeof id !== 'number') return
    const runs = this.#runs()
    const lengths = runs.map(run => run.length)
    const proof = form === 'text' ? { lengths, runs: runs.map(ownText) } : { lengths, digest: digestOf(runs) }
    const own = shareWith(form === 'digest' ? this.#sibling : undefined, object)
    if (form === 'digest') this.#sibling = object
    makeLast(object, form === 'text')
    this.#shelf.set(id, { id, object, proof, plan: this.#plan, held, own, changes: this.#changes })
  }

  /** Lets go of the object that was compared or read. */
  forget(): void {
    this.#doing = undefined
    this.#held = []
  }

  /** An object is longer than any that is remembered. */
  #giveUp(): void {
    if (this.isComparing) this.mistake()
    else this.forget()
  }

  #begin(doing: 'comparing' | 'reading'): void {
    this.#doing = doing
    this.#held = []
    this.#length = 0
    this.#from = this.#scanner.at
    this.#run = 0
    this.#at = 0
    this.#isInside = false
    this.#cuts = []
  }
}

/** Whether a text has the same `length` characters at one place as a run at another. */
const isSame = (text: string, at: number, length: number, run: string, from: number): boolean =>
  text.slice(at, at + length) === (length === run.length ? run : run.slice(from, from + length))

/** Whether to remember what has changed so many times in a row: ever more seldom. */
const isWorthIt = (changes: number): boolean => (changes & (changes - 1)) === 0 || changes % SELDOM === 0
