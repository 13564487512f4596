// The outer layer of a streamed answer: XML-RPC's own tags and the text between them, pulled from chunks of bytes.
import { MalformedAnswer } from '../errors.ts'
import { numericReference, unescapeXml } from './text.ts'
import { type AnswerValue, readScalar } from './xmlrpc.ts'

const MAX_SCALAR = 64 * 1024
const MAX_ENTITY = 12
const OPEN = 60
const RETURN = 13
/** Bytes that are decoded at once: longer texts are large objects to the engine, which cost more. */
const DECODED = 64 * 1024

/** Reads an XML-RPC answer tag by tag. Every method throws MalformedAnswer for what does not belong or is cut off. */
export class Envelope {
  readonly #chunks: Iterator<Uint8Array> | AsyncIterator<Uint8Array>
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  /** What of the chunk that came last is not decoded yet. */
  #rest: Uint8Array = new Uint8Array()
  #buffer = ''
  #at = 0

  constructor(chunks: Iterator<Uint8Array> | AsyncIterator<Uint8Array>) {
    this.#chunks = chunks
  }

  /** Reads these tags and nothing else. */
  async expect(...tags: string[]): Promise<void> {
    for (const tag of tags) if ((await this.tag()) !== tag) throw new MalformedAnswer(`no <${tag}> where one belongs`)
  }

  /** The next tag, without its brackets; the XML declaration does not count. */
  async tag(): Promise<string> {
    for (;;) {
      await this.#skipSpace()
      const end = await this.#find('>')
      if (this.#buffer.charCodeAt(this.#at) !== OPEN) throw new MalformedAnswer('text where a tag belongs')
      const tag = this.#buffer.slice(this.#at + 1, end)
      this.#at = end + 1
      if (!tag.startsWith('?')) return tag
    }
  }

  /** A whole small value. */
  async value(): Promise<AnswerValue> {
    await this.expect('value')
    const type = await this.tag()
    const value = type === 'struct' ? await this.struct() : await this.#scalar(type)
    await this.expect('/value')
    return value
  }

  /** Up to `most` values, to the end of the list but for its end tag. */
  async values(most: number): Promise<AnswerValue[]> {
    const values: AnswerValue[] = []
    while (values.length < most) {
      await this.#skipSpace()
      await this.#find('>')
      if (this.#buffer.startsWith('</', this.#at)) break
      values.push(await this.value())
    }
    return values
  }

  /** The members of a struct whose start tag was read. */
  async struct(): Promise<Record<string, AnswerValue>> {
    const members: Record<string, AnswerValue> = {}
    let tag = await this.tag()
    for (; tag === 'member'; tag = await this.tag()) {
      await this.expect('name')
      const name = await this.#scalar('name')
      members[String(name)] = await this.value()
      await this.expect('/member')
    }
    if (tag !== '/struct') throw new MalformedAnswer('a struct without end')
    return members
  }

  /** A piece of the text up to the next tag, no entity broken; undefined once that tag is reached. */
  async piece(): Promise<string | undefined> {
    for (;;) {
      const tag = this.#buffer.indexOf('<', this.#at)
      if (tag === this.#at) return undefined
      const end = tag < 0 ? this.#unbroken() : tag
      if (end > this.#at) {
        const piece = this.#buffer.slice(this.#at, end)
        this.#at = end
        return canonical(piece)
      }
      await this.#more()
    }
  }

  /** Whether there is more of the chunk that came last. */
  get hasMore(): boolean {
    return this.#rest.length > 0
  }

  /** Makes sure that nothing follows. */
  async end(): Promise<void> {
    do await this.#skipSpace(false)
    while (this.#at === this.#buffer.length && (await this.#fill()))
    if (this.#at < this.#buffer.length) throw new MalformedAnswer('text after the end')
  }

  async #scalar(type: string): Promise<string | boolean | number> {
    const end = await this.#find('<')
    const text = unescapeXml(this.#buffer.slice(this.#at, end))
    this.#at = end
    await this.expect(`/${type}`)
    return type === 'name' ? text : readScalar(type, text)
  }

  /** Where the buffer may be divided: before an entity or a line end of which the rest is still to come. */
  #unbroken(): number {
    if (this.#buffer.charCodeAt(this.#buffer.length - 1) === RETURN) return this.#buffer.length - 1
    const entity = this.#buffer.lastIndexOf('&')
    if (entity < this.#at || this.#buffer.indexOf(';', entity) >= 0) return this.#buffer.length
    if (this.#buffer.length - entity > MAX_ENTITY) throw new MalformedAnswer('unknown XML entity')
    return entity
  }

  async #skipSpace(refill = true): Promise<void> {
    for (;;) {
      while (isSpace(this.#buffer.charCodeAt(this.#at))) this.#at++
      if (this.#at < this.#buffer.length || !refill) return
      await this.#more()
    }
  }

  async #find(character: string): Promise<number> {
    for (;;) {
      const found = this.#buffer.indexOf(character, this.#at)
      if (found >= 0) return found
      if (this.#buffer.length - this.#at > MAX_SCALAR) throw new MalformedAnswer('a value is too long')
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    if (!(await this.#fill())) throw new MalformedAnswer('the answer is cut off')
  }

  async #fill(): Promise<boolean> {
    const next = this.hasMore ? { value: this.#rest } : await this.#chunks.next()
    const text = this.#decode(next.done ? undefined : next.value.subarray(0, DECODED))
    if (!next.done) this.#rest = next.value.subarray(DECODED)
    this.#buffer = this.#at === this.#buffer.length ? text : this.#buffer.slice(this.#at) + text
    this.#at = 0
    return !next.done
  }

  #decode(chunk: Uint8Array | undefined): string {
    try {
      return chunk ? this.#decoder.decode(chunk, { stream: true }) : this.#decoder.decode()
    } catch {
      throw new MalformedAnswer('the answer is not UTF-8')
    }
  }
}

function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

/**
 * The same text with line ends, `<`, `>` and `&` in the one form that OpenNebula's library writes and the tokeniser
 * looks for, should a proxy or another library have written them otherwise (`>` bare, `&#60;`).
 */
function canonical(escaped: string): string {
  if (!escaped.includes('#') && !escaped.includes('>') && !escaped.includes('\r')) return escaped
  return escaped
    .replace(/\r\n?/g, '\n')
    .replaceAll('>', '&gt;')
    .replace(/&#[^;&]*;/g, reference => MARKUP[numericReference(reference)] ?? reference)
}

const MARKUP: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }
