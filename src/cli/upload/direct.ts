// Parts that go to R2 itself, where the operator lets them: the endpoint says where to, and looks at what came. Else by the door.
import { S3Fault } from '../errors.ts'
import { checkEtag, type Link, type Target } from './door.ts'
import { Passing } from './retry.ts'
import { transmit } from './s3.ts'
import type { Part } from './source.ts'
import type { SendPart } from './transfer.ts'

/** How often in a row R2 may fail: some networks let nobody get there. */
const PATIENCE = 8

/** Errors of an endpoint that has no way to R2, or knows of none. */
const NO_WAY = ['NotImplemented', 'MethodNotAllowed', 'MalformedXML']

/** Errors of a piece that cannot be finished, while another may. */
const AGAIN = ['InvalidPart', 'RequestTimeout']

/** Sends parts past the Worker as long as that goes, and all others by the door. */
export class DirectParts {
  readonly #target: Target
  readonly #uploadId: string
  readonly #byDoor: SendPart
  /** Links that were not used up, by the numbers of parts. */
  readonly #links = new Map<number, Link>()
  #isOpen = true
  #failures = 0

  constructor(target: Target, uploadId: string, byDoor: SendPart) {
    this.#target = target
    this.#uploadId = uploadId
    this.#byDoor = byDoor
  }

  readonly send: SendPart = async (part, onSent, signal) => {
    const link = this.#isOpen ? await this.#linkFor(part) : undefined
    if (!link) return this.#byDoor(part, onSent, signal)
    await this.#put(link, part, onSent, signal)
    const etag = await this.#finish(link, part)
    this.#links.delete(part.number)
    this.#failures = 0
    checkEtag(etag, part)
  }

  /** Where the part goes; undefined where there is no such way. */
  async #linkFor(part: Part): Promise<Link | undefined> {
    const known = this.#links.get(part.number)
    if (known && known.expires > Date.now()) return known
    try {
      const link = await this.#target.beginPart(this.#uploadId, part)
      this.#links.set(part.number, link)
      return link
    } catch (error) {
      if (!(error instanceof S3Fault && NO_WAY.includes(error.code))) throw error
      this.#isOpen = false
      return undefined
    }
  }

  async #put({ url, headers }: Link, part: Part, onSent: (bytes: number) => void, signal: AbortSignal): Promise<void> {
    const { trace, signal: own } = this.#target.session
    trace(`PUT ${url.origin}${url.pathname} (${part.size} bytes)`)
    try {
      const signals = [own, signal]
      const { status } = await transmit(url, {
        method: 'PUT',
        headers: new Headers(headers.map(([name, value]) => [name, value])),
        body: part,
        onSent,
        signals,
        trace,
      })
      // An earlier attempt came through, and its answer did not
      if (status === 200 || status === 412) return
      this.#links.delete(part.number)
      throw new Passing(`R2 refuses part ${part.number} (HTTP ${status})`)
    } catch (error) {
      if (error instanceof Passing && ++this.#failures >= PATIENCE) this.#isOpen = false
      throw error
    }
  }

  async #finish(link: Link, part: Part): Promise<string> {
    try {
      return await this.#target.finishPart(this.#uploadId, link.piece)
    } catch (error) {
      const code = error instanceof S3Fault || error instanceof Passing ? error.code : ''
      // What is not there, or was given up or finished meanwhile, begins anew
      if (AGAIN.includes(code)) {
        this.#links.delete(part.number)
        throw new Passing(`part ${part.number} is not there`, code)
      }
      throw error
    }
  }
}
