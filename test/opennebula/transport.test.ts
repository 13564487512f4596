import { describe, expect, it } from 'vitest'
import { OneUnavailable } from '../../src/opennebula/errors.ts'
import {
  type FetchLike,
  newMeter,
  type Sending,
  Transport,
  type TransportOptions,
} from '../../src/opennebula/transport.ts'

const URL_WITH_SECRET = 'https://proxy:hunter2@one.example.com/RPC2'
const SECRET = /hunter2|helen:secret|one\.example/

/** A front-end that gives one answer after the other; the last one again and again. */
function frontEnd(...answers: (() => Response | Promise<Response>)[]) {
  const requests: { url: string; init: RequestInit }[] = []
  const fetch: FetchLike = async (url, init) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)]
    requests.push({ url, init })
    if (!answer) throw new Error('no answer')
    return answer()
  }
  return { requests, fetch }
}

const ok =
  (body: BodyInit = 'fine') =>
  () =>
    new Response(body)
const status = (code: number) => () => new Response('<html>helen:secret</html>', { status: code })
const dropped = () => Promise.reject(new TypeError(`cannot connect to ${URL_WITH_SECRET}`))
const hanging = () => new Promise<Response>(() => {})
const cutOff = () =>
  new Response(
    new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(new TextEncoder().encode('half'))
      },
      pull(controller) {
        controller.error(new TypeError('helen:secret connection lost'))
      },
    }),
  )
const stuck = () =>
  new Response(
    new ReadableStream({ type: 'bytes', start: controller => controller.enqueue(new TextEncoder().encode('half')) }),
  )

const reading = (): Sending => ({ meter: newMeter(), repeatable: true, methods: ['one.vm.info'] })
const changing = (): Sending => ({ meter: newMeter(), repeatable: false, methods: ['one.vm.action'] })

function transport(fetch: FetchLike, options: Partial<TransportOptions> = {}) {
  return new Transport({ url: URL_WITH_SECRET, fetch, timeouts: { read: 80, write: 80, body: 80 }, ...options })
}

async function failure(work: Promise<unknown>): Promise<OneUnavailable> {
  const error = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (!(error instanceof OneUnavailable)) throw new Error(`no OneUnavailable but ${String(error)}`)
  expect(`${error.message} ${error.stack}`).not.toMatch(SECRET)
  return error
}

describe('a request', () => {
  it('names the EC2 request that it is for, and none where there is none', async () => {
    const { fetch, requests } = frontEnd(ok(), ok())
    await transport(fetch).text('<call/>', { ...reading(), meter: newMeter({ requestId: 'r-1' }) })
    await transport(fetch).text('<call/>', reading())
    const named = requests.map(({ init }) => new Headers(init.headers).get('x-request-id'))
    expect(named).toEqual(['r-1', null])
  })

  it('is a POST of XML to the URL, its user and password as Basic authentication', async () => {
    const { fetch, requests } = frontEnd(ok())
    expect(await transport(fetch).text('<call/>', reading())).toBe('fine')
    const [request] = requests
    expect(request?.url).toBe('https://one.example.com/RPC2')
    expect(request?.init).toMatchObject({ method: 'POST', body: '<call/>', redirect: 'manual' })
    const headers = new Headers(request?.init.headers)
    expect(headers.get('content-type')).toBe('text/xml; charset=utf-8')
    expect(headers.get('authorization')).toBe(`Basic ${btoa('proxy:hunter2')}`)
    expect(headers.get('cf-access-client-id')).toBeNull()
  })

  it('carries a Cloudflare Access service token where there is one', async () => {
    const { fetch, requests } = frontEnd(ok())
    const access = { clientId: 'id.access', clientSecret: 's3cret' }
    await transport(fetch, { url: 'https://one.example.com/RPC2', access }).text('', reading())
    const headers = new Headers(requests[0]?.init.headers)
    expect(headers.get('cf-access-client-id')).toBe('id.access')
    expect(headers.get('cf-access-client-secret')).toBe('s3cret')
    expect(headers.get('authorization')).toBeNull()
  })

  it('is counted, with the time it takes', async () => {
    const slow = async () => {
      await new Promise(resolve => setTimeout(resolve, 30))
      return new Response('fine')
    }
    const sending = reading()
    const one = transport(frontEnd(slow).fetch)
    await one.text('', sending)
    await one.text('', sending)
    expect(sending.meter.requests).toBe(2)
    expect(sending.meter.ms).toBeGreaterThanOrEqual(50)
  })
})

describe('a read that fails', () => {
  it.each([
    ['a dropped connection', dropped],
    ['HTTP 500', status(500)],
    ['HTTP 503', status(503)],
    ['a body that ends early', cutOff],
  ])('is repeated once after %s', async (_, answer) => {
    const sending = reading()
    expect(await transport(frontEnd(answer, ok()).fetch).text('', sending)).toBe('fine')
    expect(sending.meter.requests).toBe(2)
    expect((await failure(transport(frontEnd(answer).fetch).text('', reading()))).outcome).toBe('none')
  })

  it.each([
    ['HTTP 403', status(403), 'refused'],
    [
      'HTTP 302',
      () => new Response(null, { status: 302, headers: { location: 'https://login.example.com' } }),
      'refused',
    ],
    ['HTTP 404', status(404), 'refused'],
    ['no answer', hanging, 'timeout'],
    ['half an answer and then nothing', stuck, 'timeout'],
    ['too large an answer', ok('x'.repeat(3_000_000)), 'too-large'],
    ['bytes that are no UTF-8', ok(new Uint8Array([0xff])), 'malformed'],
    ['UTF-8 that ends early', ok(new Uint8Array([0xe3, 0x81])), 'malformed'],
  ])('is not repeated after %s', async (_, answer, reason) => {
    const sending = reading()
    const error = await failure(transport(frontEnd(answer, ok()).fetch).text('', sending))
    expect(error).toMatchObject({ reason, outcome: 'none' })
    expect(sending.meter.requests).toBe(1)
  })
})

describe('a change that fails', () => {
  it.each([
    ['a dropped connection', dropped, 'unreachable', 'unknown'],
    ['a body that ends early', cutOff, 'unreachable', 'unknown'],
    ['no answer', hanging, 'timeout', 'unknown'],
    ['half an answer and then nothing', stuck, 'timeout', 'unknown'],
    ['HTTP 500', status(500), 'refused', 'unknown'],
    ['HTTP 502', status(502), 'refused', 'unknown'],
    ['HTTP 504', status(504), 'refused', 'unknown'],
    ['HTTP 403', status(403), 'refused', 'none'],
    ['HTTP 429', status(429), 'refused', 'none'],
    ['HTTP 521, the origin refuses connections', status(521), 'refused', 'none'],
    ['HTTP 522, the origin does not answer', status(522), 'refused', 'unknown'],
    ['HTTP 530, no such origin', status(530), 'refused', 'none'],
    ['bytes that are no UTF-8', ok(new Uint8Array([0xff])), 'malformed', 'unknown'],
  ])('is never repeated: %s', async (_, answer, reason, outcome) => {
    const sending = changing()
    const error = await failure(transport(frontEnd(answer, ok()).fetch).text('', sending))
    expect(error).toMatchObject({ reason, outcome })
    expect(sending.meter.requests).toBe(1)
  })

  it('tells the status', async () => {
    expect((await failure(transport(frontEnd(status(403)).fetch).text('', changing()))).status).toBe(403)
    expect((await failure(transport(frontEnd(dropped).fetch).text('', changing()))).status).toBeUndefined()
  })

  it('is given more time when it is many', async () => {
    const slow = async () => {
      await new Promise(resolve => setTimeout(resolve, 150))
      return new Response('fine')
    }
    const one = transport(frontEnd(slow).fetch)
    expect((await failure(one.text('', changing()))).reason).toBe('timeout')
    expect(await one.text('', { ...changing(), methods: Array.from({ length: 5 }, () => 'one.vm.action') })).toBe(
      'fine',
    )
  })

  it('is told to stop when its time is over', async () => {
    let signal: AbortSignal | null | undefined
    const fetch: FetchLike = (_, init) => {
      signal = init.signal
      return hanging()
    }
    await failure(transport(fetch).text('', changing()))
    expect(signal?.aborted).toBe(true)
  })
})

describe('the time of the whole request', () => {
  const until = (ms: number) => ({ meter: newMeter({ deadline: Date.now() + ms }), methods: ['one.vm.action'] })

  it('bounds each of its calls by what is left', async () => {
    const one = transport(frontEnd(hanging).fetch, { timeouts: { read: 5000, write: 5000, body: 5000 } })
    const began = Date.now()
    expect(await failure(one.text('', { ...until(60), repeatable: true }))).toMatchObject({ reason: 'timeout' })
    expect(await failure(one.text('', { ...until(60), repeatable: false }))).toMatchObject({ outcome: 'unknown' })
    expect(Date.now() - began).toBeLessThan(2000)
  })

  it('bounds an answer that hangs half-way', async () => {
    const one = transport(frontEnd(stuck).fetch, { timeouts: { read: 5000, write: 5000, body: 5000 } })
    const began = Date.now()
    expect((await failure(one.text('', { ...until(60), repeatable: true }))).reason).toBe('timeout')
    expect(Date.now() - began).toBeLessThan(2000)
  })

  it('sends nothing when it is over', async () => {
    const { fetch, requests } = frontEnd(ok())
    const error = await failure(transport(fetch).text('', { ...until(-1), repeatable: false }))
    expect(error).toMatchObject({ reason: 'timeout', outcome: 'none', methods: 'one.vm.action' })
    expect(requests).toEqual([])
  })
})

describe('a streamed answer', () => {
  const texts = async (chunks: AsyncIterable<Uint8Array>) => {
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of chunks) text += decoder.decode(chunk, { stream: true })
    return text
  }

  it('has no bound to its size', async () => {
    const big = 'x'.repeat(5_000_000)
    expect(await texts(await transport(frontEnd(ok(big)).fetch).stream('', reading()))).toHaveLength(big.length)
  })

  it('is asked for again when it does not begin', async () => {
    const sending = reading()
    const one = transport(frontEnd(status(502), ok()).fetch)
    expect(await texts(await one.stream('', sending))).toBe('fine')
    expect(sending.meter.requests).toBe(2)
  })

  it.each([
    ['ends early', cutOff, 'unreachable'],
    ['does not go on', stuck, 'timeout'],
  ])('that %s is an error after what came', async (_, answer, reason) => {
    const chunks = await transport(frontEnd(answer, ok()).fetch).stream('', reading())
    const iterator = chunks[Symbol.asyncIterator]()
    expect(await iterator.next()).toMatchObject({ value: new TextEncoder().encode('half') })
    expect(await failure(iterator.next())).toMatchObject({ reason, outcome: 'none' })
  })

  /** So many pieces of so many bytes, 25 ms apart. */
  const dripping = (pieces: number, bytes: number) => {
    let left = pieces
    return new ReadableStream({
      type: 'bytes',
      async pull(controller) {
        await new Promise(resolve => setTimeout(resolve, 25))
        controller.enqueue(new TextEncoder().encode('x'.repeat(bytes)))
        if (--left === 0) controller.close()
      },
    })
  }

  it('may take longer as a whole than any stretch of it', async () => {
    const stream = await transport(frontEnd(ok(dripping(8, 16 * 1024))).fetch).stream('', reading())
    expect(await texts(stream)).toBe('x'.repeat(8 * 16 * 1024))
  })

  it('that drips is given up', async () => {
    const stream = await transport(frontEnd(ok(dripping(1000, 1))).fetch).stream('', reading())
    expect(await failure(texts(stream))).toMatchObject({ reason: 'timeout', outcome: 'none' })
  })

  it('is let go when the reader leaves', async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<string>()
    const body = new ReadableStream({
      type: 'bytes',
      pull: controller => controller.enqueue(new TextEncoder().encode('x')),
      cancel: () => resolve('cancelled'),
    })
    const chunks = await transport(frontEnd(ok(body)).fetch).stream('', reading())
    for await (const _ of chunks) break
    expect(await cancelled).toBe('cancelled')
  })
})
