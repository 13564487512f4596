// A Worker that does nothing but to pass bytes: those that are sent into R2, and those that are there to who asks.
/** R2 as far as it is used: Node has no types of it. */
interface Env {
  readonly STAGING: {
    get(key: string): Promise<{ readonly body: ReadableStream } | null>
    put(key: string, body: ReadableStream | null): Promise<unknown>
  }
}

export default {
  async fetch(request: Request, { STAGING }: Env): Promise<Response> {
    const { pathname: key } = new URL(request.url)
    if (request.method === 'GET') return new Response((await STAGING.get(key))?.body)
    await STAGING.put(key, request.body)
    return new Response('stored')
  },
}
