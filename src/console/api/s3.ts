// Requests to the bucket of an account, at the S3 door of the endpoint: one, its answer, or S3's error.
import { readDocument, readError } from './answer.ts'
import type { Api } from './client.ts'
import { ApiError, UNREACHABLE } from './failure.ts'

export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE'
  /** The object that it is about, if it is about one. */
  readonly key?: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Blob
  /** Is told how many bytes of the body are gone. */
  readonly onSent?: (bytes: number) => void
  readonly signal?: AbortSignal
}

/** What came back: the root of the document, if there is one. */
export interface S3Answer {
  readonly status: number
  readonly header: (name: string) => string | null
  readonly root: Element | undefined
}

/** Milliseconds for which nothing may move. */
const STALLED = 90_000

/** The bucket of the account that the API is called by. */
export class Bucket {
  readonly name: string
  readonly #api: Api

  /** @param account 12 digits */
  constructor(api: Api, account: string) {
    this.#api = api
    this.name = `images_${account}`
  }

  /** @throws ApiError for what S3 refuses, and where nobody answers */
  async ask({ key, query = {}, ...request }: S3Request): Promise<S3Answer> {
    const steps = key?.split('/') ?? []
    if (steps.some(step => /^\.\.?$/.test(step))) {
      throw new ApiError('InvalidKey', `No browser can ask for ${key}: it would take it for another address.`, 400)
    }
    const path = [this.name, ...steps].map(encodeURIComponent).join('/')
    const url = `${location.origin}/${path}?${new URLSearchParams(query)}`
    const { method, headers = {} } = request
    const answer = await transmit(url, { ...request, headers: await this.#api.signS3({ method, url, headers }) })
    if (answer.status < 300 && answer.root?.localName !== 'Error') return answer
    const told = readError(answer.root)
    throw new ApiError(
      told?.code ?? UNREACHABLE,
      told?.message ?? `The answer has the status ${answer.status}.`,
      answer.status,
    )
  }

  /** All pages of what the bucket is asked for, where each says with which parameters the next one is. */
  async *pages(request: S3Request, markers: Readonly<Record<string, string>>): AsyncGenerator<Element, void, void> {
    for (let place = {}; ; ) {
      const { root } = await this.ask({ ...request, query: { ...request.query, ...place } })
      if (!root) return
      yield root
      if (textIn(root, 'IsTruncated') !== 'true') return
      place = Object.fromEntries(Object.entries(markers).map(([name, element]) => [name, textIn(root, element)]))
    }
  }
}

interface Transmission extends Pick<S3Request, 'method' | 'body' | 'onSent' | 'signal'> {
  readonly headers: Headers
}

/**
 * Sends what is signed. `fetch` does not tell how much of a body is gone.
 * @throws ApiError where there is no answer, or nothing moves any more; what the signal was aborted with
 */
export function transmit(url: string, { method, headers, body, onSent, signal }: Transmission): Promise<S3Answer> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    let timer = setTimeout(abort, STALLED)
    const moved = () => {
      clearTimeout(timer)
      timer = setTimeout(abort, STALLED)
    }
    request.upload.onprogress = ({ loaded }) => {
      moved()
      onSent?.(loaded)
    }
    request.onloadend = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      const { status, responseText } = request
      if (signal?.aborted) reject(signal.reason)
      else if (status === 0) reject(new ApiError(UNREACHABLE, 'There is no answer.', 0))
      else
        resolve({
          status,
          header: name => request.getResponseHeader(name),
          root: responseText ? readDocument(responseText) : undefined,
        })
    }
    signal?.addEventListener('abort', abort)
    request.open(method, url)
    for (const [name, value] of headers) request.setRequestHeader(name, value)
    request.send(body ?? null)
  })
}

/** The text of an element inside; empty where there is none. */
export const textIn = (element: Element, name: string): string =>
  element.getElementsByTagName(name)[0]?.textContent ?? ''

/** All elements of a name inside. */
export const allIn = (element: Element, name: string): Element[] => [...element.getElementsByTagName(name)]
