// The console: static files for browsers, under strict headers. It has no part on the server; it calls the API like everybody.
import type { Next } from 'hono'
import type { Config } from '../config/variables.ts'
import type { EdgeContext } from './context.ts'
import { servicesOf } from './services.ts'

/** Where its scripts and styles are: names with a hash of what is in them. */
export const CONSOLE_PATH = '/console/'

/** The name of the one policy of Trusted Types: by it answers in XML are read (src/console/api/answer.ts). */
const XML_POLICY = 'answers'

/**
 * Answers what a browser asks for the console; everything else is somebody else's. A request that is signed, or asks for
 * anything in its query, is the API's, whoever sends it.
 */
export async function serveConsole(c: EdgeContext, next: Next): Promise<Response | undefined> {
  const { ASSETS: assets } = c.env
  const { headers, url } = c.req.raw
  const isSigned = headers.has('authorization') || new URL(url).search !== ''
  if (!assets || isSigned || !servicesOf(c.env).config.console) return passed(next)
  return c.req.path === '/' ? servePage(c, assets, next) : serveFile(c, assets, next)
}

async function passed(next: Next): Promise<undefined> {
  await next()
}

/** The page itself, for who can show one. It is told of what only the operator knows. */
async function servePage(c: EdgeContext, assets: Fetcher, next: Next): Promise<Response | undefined> {
  if (!/\btext\/html\b/.test(c.req.header('accept') ?? '')) return passed(next)
  const { config } = servicesOf(c.env)
  const page = await assets.fetch(new URL('/', c.req.url))
  const told = new HTMLRewriter()
    .on('meta[name=regions]', { element: meta => void meta.setAttribute('content', config.region) })
    .transform(page)
  return new Response(told.body, {
    status: page.status,
    headers: {
      ...strict(config),
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept, authorization',
    },
  })
}

async function serveFile(c: EdgeContext, assets: Fetcher, next: Next): Promise<Response | undefined> {
  const file = await assets.fetch(new URL(c.req.path, c.req.url))
  if (!file.ok) return passed(next)
  return new Response(file.body, {
    headers: {
      ...ALWAYS,
      'content-type': file.headers.get('content-type') ?? 'application/octet-stream',
      'cache-control': 'public, max-age=31536000, immutable',
    },
  })
}

const ALWAYS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}

/** What the page may do: run its own scripts, speak to its own origin, and, where uploads go to R2 by themselves, to R2. */
const strict = ({ directUploads }: Config): Record<string, string> => ({
  ...ALWAYS,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${directUploads ? ` ${new URL(directUploads.endpoint).origin}` : ''}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    `trusted-types ${XML_POLICY}`,
  ].join('; '),
  'permissions-policy': REFUSED.map(feature => `${feature}=()`).join(', '),
  'x-frame-options': 'DENY',
})

/** Features of browsers that it has no use for. */
const REFUSED = ['camera', 'geolocation', 'microphone', 'payment', 'usb', 'serial', 'display-capture']
