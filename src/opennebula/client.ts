// The OpenNebula client: what the rest of the Worker asks and tells a front-end, as one user, for one EC2 request.
import { idOf, outcomeOf, textOf } from './answer-values.ts'
import type { ReadCall, WriteCall } from './calls/common.ts'
import type { Documents, Reads } from './calls/reads.ts'
import { VERSION } from './calls/system.ts'
import type { OneError, OneFault } from './errors.ts'
import type { Changed, OneWriter } from './one.ts'
import { Reader } from './reader.ts'
import type { SharedAnswers } from './shared-answers.ts'
import { asUnavailable, type Meter, readingAnswer, type Sending, type Transport } from './transport.ts'
import { readAnswer, readMulticallAnswer } from './xml/answers.ts'
import type { Flaw } from './xml/flaw.ts'
import { type Item, readAnswers, type Shelves } from './xml/stream.ts'
import { type Outcome, writeMethodCall } from './xml/xmlrpc.ts'

export interface OpenNebulaOptions<D extends Documents> {
  readonly reads: Reads<D>
  readonly transport: Transport
  /** The session string, asked for at each request. */
  readonly session: () => string | Promise<string>
  readonly meter: Meter
  /** Where objects are remembered that were read of this front-end; absent where all are read every time. */
  readonly shelves?: Shelves | undefined
  /** Where identical reads meet; absent where each is made. */
  readonly shared?: SharedAnswers
  /** Is told of every object that is left out of an answer because it cannot be read. */
  readonly onFlaw?: ((flaw: Flaw) => void) | undefined
}

/** A front-end, as one user sees it. */
export class OpenNebula<D extends Documents = Documents> extends Reader<D> implements OneWriter<D> {
  readonly #transport: Transport
  readonly #session: () => string | Promise<string>
  readonly #meter: Meter
  readonly #shelves: Shelves | undefined
  readonly #shared: SharedAnswers | undefined
  readonly #onFlaw: (flaw: Flaw) => void

  constructor({ reads, transport, session, meter, shelves, shared, onFlaw = () => {} }: OpenNebulaOptions<D>) {
    super(reads)
    this.#transport = transport
    this.#session = session
    this.#meter = meter
    this.#shelves = shelves
    this.#shared = shared
    this.#onFlaw = onFlaw
  }

  async version(): Promise<string> {
    const sending = this.#reading([VERSION])
    const answer = await this.#transport.text(writeMethodCall(VERSION, [await this.#session()]), sending)
    return readingAnswer(sending, async () => textOf(outcomeOf(await readAnswer(answer, VERSION))))
  }

  async call({ method, params }: WriteCall): Promise<number> {
    const sending = this.#changing([method])
    const answer = await this.#transport.text(writeMethodCall(method, [await this.#session(), ...params]), sending)
    return readingAnswer(sending, async () => outcomeOf(idOf(await readAnswer(answer, method))))
  }

  async multicall(calls: readonly WriteCall[]): Promise<Outcome<number>[]> {
    if (calls.length === 0) return []
    const methods = calls.map(call => call.method)
    const sending = this.#changing(methods)
    const answer = await this.#transport.text(await this.#write(calls), sending)
    return readingAnswer(sending, async () => (await readMulticallAnswer(answer, methods)).map(idOf))
  }

  async changeAndRead<T>(calls: readonly WriteCall[], read: ReadCall<T>): Promise<Changed<T>> {
    const objects: T[] = []
    const errors: (OneError | OneFault)[] = []
    for await (const items of this.answers<T>([...calls, read])) {
      for (const { call, error, flaw, object } of items) {
        if (error && call === calls.length) throw error
        if (error) errors.push(error)
        else if (!flaw) objects.push(object)
      }
    }
    return { objects, errors }
  }

  async *answers<T>(calls: readonly (ReadCall<T> | WriteCall)[]): AsyncGenerator<Item<T>[]> {
    if (calls.length === 0) return
    const sending = this.#reading(calls.map(({ method }) => method))
    const body = await this.#write(calls)
    const send = () => this.#transport.stream(body, sending)
    const isRead = calls.every(({ changes }) => !changes)
    const chunks = await (isRead && this.#shared ? this.#shared.stream(body, send) : send())
    try {
      for await (const items of readAnswers(chunks, calls, this.#shelves)) {
        for (const { flaw } of items) if (flaw) this.#onFlaw(flaw)
        yield items
      }
    } catch (error) {
      throw asUnavailable(error, sending)
    }
  }

  /** One call as it is, several as a multicall. */
  async #write(calls: readonly (ReadCall<unknown> | WriteCall)[]): Promise<string> {
    const session = await this.#session()
    const [only, another] = calls
    if (only?.changes === false && !another) return writeMethodCall(only.method, [session, ...only.params])
    const list = calls.map(({ method, params }) => ({ methodName: method, params: [session, ...params] }))
    return writeMethodCall('system.multicall', [list])
  }

  #reading(methods: readonly string[]): Sending {
    return { meter: this.#meter, repeatable: true, methods }
  }

  #changing(methods: readonly string[]): Sending {
    return { meter: this.#meter, repeatable: false, methods }
  }
}
