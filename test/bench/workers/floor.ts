// The least that a Worker can do for an answer: it asks the front-end the same, decodes what comes and lets it go, and answers
// with as many bytes. What an action costs beside it is the project's own.

interface Env {
  readonly ONE_XMLRPC: string
  /** JSON of the bodies of the requests that the action sends, and how many bytes it answers with. */
  readonly CALLS: string
  readonly BYTES: string
}

const ROOM = 64 * 1024
/** As many bytes go out at once. */
const PIECE = 32 * 1024

export default {
  async fetch(request: Request, { ONE_XMLRPC, CALLS, BYTES }: Env): Promise<Response> {
    await request.text()
    let characters = 0
    for (const body of JSON.parse(CALLS) as string[]) characters += await received(ONE_XMLRPC, body)
    if (characters === 0) throw new Error('Nothing came')
    const encoder = new TextEncoder()
    let left = Number(BYTES)
    return new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(encoder.encode('x'.repeat(Math.min(left, PIECE))))
          left -= PIECE
          if (left <= 0) controller.close()
        },
      }),
    )
  },
}

/** The characters of an answer. */
async function received(url: string, body: string): Promise<number> {
  const headers = { 'content-type': 'text/xml; charset=utf-8' }
  const response = await fetch(url, { method: 'POST', headers, body })
  const reader = response.body?.getReader({ mode: 'byob' })
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false })
  let characters = 0
  for (;;) {
    const read = await reader?.read(new Uint8Array(ROOM))
    if (!read?.value || read.done) return characters
    characters += decoder.decode(read.value, { stream: true }).length
  }
}
