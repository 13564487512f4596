// What is taken from an incoming request, and that nothing of it is normalised.
import { describe, expect, it } from 'vitest'
import { signedRequest } from '../../src/auth/request.ts'

/** A request as the runtime hands it in, whose URL is as it was sent; the constructor would resolve dot segments. */
function incoming(url: string, init: RequestInit = {}): Request {
  return Object.defineProperty(new Request('http://h/', init), 'url', { value: url })
}

const read = (request: Request) => signedRequest(request, new Uint8Array(), [])

describe('the URL', () => {
  it.each([
    ['https://h', '/', ''],
    ['https://h/', '/', ''],
    ['https://h/?', '/', ''],
    ['https://h?a=b', '/', 'a=b'],
    ['https://h/services/Cloud/?a=b?c&d#e?f', '/services/Cloud/', 'a=b?c&d'],
    ['https://h:8443/a/../b/./c//d/%41%2f?x=%ff&y=%41&y=1+2', '/a/../b/./c//d/%41%2f', 'x=%ff&y=%41&y=1+2'],
    ['https://[::1]:8443//', '//', ''],
  ])('%s is taken apart as it is', (url, path, query) => {
    expect(read(incoming(url))).toMatchObject({ path, query })
  })

  it.each([
    ['http://h:8787/', '80'],
    ['https://h/', '443'],
  ])('%s implies port %s', (url, defaultPort) => {
    expect(read(incoming(url)).defaultPort).toBe(defaultPort)
  })
})

describe('the headers', () => {
  it('are known by their lower-case names, repeated ones joined', () => {
    const headers = new Headers({ 'X-Amz-Date': '20261123T101500Z' })
    headers.append('X-Meta', 'a')
    headers.append('x-meta', 'b')
    const taken = read(incoming('https://h/', { headers })).headers
    expect(taken.get('x-amz-date')).toBe('20261123T101500Z')
    expect(taken.get('x-meta')).toBe('a, b')
  })

  it('have the host that was sent, or else that of the URL', () => {
    expect(read(incoming('https://h:8443/', { headers: { host: 'h' } })).headers.get('host')).toBe('h')
    expect(read(incoming('https://h:8443/')).headers.get('host')).toBe('h:8443')
  })

  it.each([
    [{ clientAcceptEncoding: 'identity' }, 'identity'],
    [{ clientAcceptEncoding: '' }, ''],
    [{ colo: 'AMS' }, 'br, gzip'],
    [undefined, 'br, gzip'],
  ])('have the Accept-Encoding of the client: %j', (cf, expected) => {
    const init: RequestInit = { headers: { 'accept-encoding': 'br, gzip' }, ...(cf && { cf }) }
    expect(read(incoming('https://h/', init)).headers.get('accept-encoding')).toBe(expected)
  })
})
