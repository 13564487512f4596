// What is wanted of a document, captured as it goes by: the elements that are open, and the object that they make up.
//
// Nothing is held but what was asked for, and of that no more than may be: a value that is too long counts as absent, and
// an object with too much in it cannot be read.
import { ownText } from '../../lib/own-text.ts'
import { limits } from '../../limits.ts'
import { MalformedAnswer } from '../errors.ts'
import { addAttribute, emptyRecord, finish, put } from './draft.ts'
import { Frame } from './frame.ts'
import type { Place } from './place.ts'
import type { Draft } from './plan.ts'
import type { Skipper } from './skipper.ts'

/** Characters that every value of an object is counted with, besides its own: an empty one takes memory too. */
const PER_VALUE = 32
/** Characters that one takes at most where it is escaped twice: `&amp;quot;`. */
const ESCAPED = 10

/** The elements that are being read, and what they hold. */
export class Capture {
  /** The element that is being read, inside of the others. */
  frame: Frame
  /** The object that is being read. */
  draft: Draft | undefined
  /** The object that was read. */
  object: Draft | undefined
  /** The elements that are being read, the document itself first; the last one is `frame` too. */
  readonly #open: Frame[]
  readonly #skipper: Skipper
  /** How much is held of the object that is being read, or was, in characters. */
  held = 0
  /** How many elements are open around it. */
  #around = 0

  /** @param skipper passes by what is given up */
  constructor(document: Place, skipper: Skipper) {
    this.frame = new Frame(document)
    this.#open = [this.frame]
    this.#skipper = skipper
  }

  /** Whether no element is open: what comes is beside the document's. */
  get isOutside(): boolean {
    return this.#open.length === 1
  }

  /** Begins an element that is wanted. */
  begin(place: Place): void {
    const frame = new Frame(place)
    if (!this.draft && place.kind === 'struct') {
      this.draft = frame.members
      this.#around = this.#open.length
      this.held = 0
    }
    this.#open.push(frame)
    this.frame = frame
  }

  /** Ends the element that was begun last, and hands what it holds on. Throws MalformedAnswer for what must be in it. */
  end(): void {
    const { place, members, text } = this.frame
    this.#pop(1)
    if (place.kind === 'struct') this.#endStruct(place, members)
    else if (members) this.#put(place, members)
    else if (place.kind !== 'around') this.putText(place, text)
  }

  #endStruct(place: Place, members: Draft | undefined): void {
    const plan = place.field?.plan
    if (plan?.kind !== 'struct' || !members) return
    finish(members, plan)
    if (this.#open.length > this.#around) {
      this.#hold(0)
      this.#put(place, members)
    } else {
      this.object = members
      this.draft = undefined
    }
  }

  /** Gives up the object that is being read, the rest of which is passed by. @returns its number, where that was read */
  abandon(): number | undefined {
    const id = this.draft?.['ID']
    this.#leave(this.#around)
    this.draft = undefined
    return typeof id === 'number' ? id : undefined
  }

  /** Takes the text of an element inside of the one that is being read. */
  putText(place: Place, text: string): void {
    const { name, field } = place
    const { frame } = this
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
    this.#put(place, plan?.kind === 'leaf' ? plan.parse(ownText(text), name) : ownText(text))
  }

  /** Adds what is between two places of a text to that of a leaf or an attribute, escaped as it is. */
  collect(frame: Frame, text: string, from: number, to: number): void {
    const { kind, most } = frame.place
    if (frame.members || !(kind === 'leaf' || kind === 'attribute')) return
    frame.escaped += text.slice(from, to)
    if (frame.escaped.length > ESCAPED * most) this.#giveUp(frame)
  }

  /** Unescapes what was collected, which has come to its end. @returns whether there is not too much of it */
  unescape(frame: Frame, undo: (escaped: string) => string): boolean {
    const { escaped } = frame
    frame.escaped = ''
    frame.text += undo(escaped)
    if (frame.text.length <= frame.place.most) return true
    this.#giveUp(frame)
    return false
  }

  #pop(count: number): void {
    this.#open.length -= count
    this.frame = this.#open[this.#open.length - 1] ?? this.frame
  }

  /** Gives up the elements that are being read but for the first `kept`: the rest of them is passed by. */
  #leave(kept: number): void {
    const count = this.#open.length - kept
    this.#pop(count)
    this.#skipper.depth += count
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
    this.held += characters + PER_VALUE
    if (this.held > limits.documentObject.most) throw new MalformedAnswer('there is too much in it')
  }

  #put({ name, field }: Place, value: unknown): void {
    const { members, place: around } = this.frame
    if (!members || !field) return
    if (around.kind === 'struct') put(members, field, value)
    else if (around.kind === 'attributes') addAttribute(members, name, value)
    else members[name] = value
  }
}
