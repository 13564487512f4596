// What a browser is given at the Worker's address, under which headers, and what stays the API's.
import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { app } from '../../src/edge/app.ts'
import type { Env } from '../../src/edge/services.ts'

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

const own = (variables: Partial<Env>): Env => ({
  ...(env as Env),
  ...{ ONE_XMLRPC: 'http://localhost/RPC2', ONE_AUTH: 'serveradmin:x', EDGE_SECRET: 'a secret of the unit tests' },
  REGION: 'one-west',
  ...variables,
})

async function ask(path: string, init: RequestInit = { headers: BROWSER }, variables: Partial<Env> = {}) {
  const request = new Request(new URL(path, 'https://ec2.example.com'), init)
  return app.fetch(request, own(variables), createExecutionContext())
}

const isApis = (response: Response) => response.headers.get('content-type')?.startsWith('text/xml')

const policyOf = (response: Response) =>
  Object.fromEntries(
    (response.headers.get('content-security-policy') ?? '').split('; ').map(rule => {
      const [name = '', ...sources] = rule.split(' ')
      return [name, sources.join(' ')]
    }),
  )

describe('the page', () => {
  it('is shown under strict headers, and told the region', async () => {
    const page = await ask('/')
    expect(page.status).toBe(200)
    expect(policyOf(page)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'connect-src': "'self'",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'require-trusted-types-for': "'script'",
      'trusted-types': 'answers',
    })
    expect(Object.fromEntries(page.headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as string,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    const html = await page.text()
    expect(html).toContain('<meta name="regions" content="one-west">')
    expect(html).not.toMatch(/<script[^>]*>[^<]|<style|style=|\son\w+=|https?:\/\/(?!www\.w3\.org)/)
  })

  it('has scripts and styles of its own that never change', async () => {
    const html = await (await ask('/')).text()
    const files = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, path = '']) => path)
    const names = files.map(path => path.replace(/-\w+\./, '.'))
    expect(new Set(names)).toEqual(new Set(['/console/main.js', '/console/styles.css']))
    const types = await Promise.all(
      files.map(async path => {
        const file = await ask(path, {})
        expect(Object.fromEntries(file.headers)).toMatchObject({
          'cache-control': 'public, max-age=31536000, immutable',
          'cross-origin-resource-policy': 'same-origin',
          'x-content-type-options': 'nosniff',
        })
        return file.headers.get('content-type')
      }),
    )
    expect(new Set(types)).toEqual(new Set(['text/css; charset=utf-8', 'text/javascript; charset=utf-8']))
  })

  it('may send bytes to R2 where uploads go there by themselves', async () => {
    const page = await ask('/', undefined, {
      ...{ R2_ENDPOINT: 'https://abc.r2.cloudflarestorage.com', R2_BUCKET: 'econe-staging' },
      ...{ R2_ACCESS_KEY_ID: 'id', R2_SECRET_ACCESS_KEY: 'secret' },
    })
    expect(policyOf(page)['connect-src']).toBe("'self' https://abc.r2.cloudflarestorage.com")
  })

  it('answers HEAD without a body', async () => {
    const page = await ask('/', { method: 'HEAD', headers: BROWSER })
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(await page.text()).toBe('')
  })
})

describe("the API's", () => {
  it.each<[what: string, path: string, init?: RequestInit]>([
    ['who cannot show a page', '/', {}],
    ['a question', '/?Action=DescribeRegions'],
    ['a signature', '/', { headers: { ...BROWSER, authorization: 'AWS4-HMAC-SHA256 Credential=x' } }],
    ['a post', '/', { method: 'POST', headers: BROWSER }],
    ['a file that is not there', '/console/none.js'],
    ['a file that is asked for with a question', '/console/none.js?Action=DescribeRegions'],
    ['another path', '/index.html'],
    ['the path of old clients', '/services/Cloud/'],
  ])('is %s', async (_, path, init) => {
    expect(isApis(await ask(path, init))).toBe(true)
  })

  it('is all of it where the console is off, or was not deployed', async () => {
    expect(isApis(await ask('/', undefined, { CONSOLE: 'off' }))).toBe(true)
    const { ASSETS: _, ...without } = own({})
    const request = new Request('https://ec2.example.com/', { headers: BROWSER })
    expect(isApis(await app.fetch(request, without, createExecutionContext()))).toBe(true)
  })
})
