// The link that `npm start` prints: a key of the sandbox in the fragment, which no browser sends anywhere.
import { clearRoute } from '../ui/router.ts'
import type { Key } from './session.ts'

const LINK = '#sign-in?'

/** Hosts of this machine. Elsewhere a link could sign its victim in to somebody else's account. */
const LOCAL = ['localhost', '127.0.0.1', '[::1]']

/** The key of the link by which the page was opened. The address has it no more afterwards. */
export function takeLink(): Key | undefined {
  const { hash, hostname } = location
  if (!hash.startsWith(LINK)) return undefined
  clearRoute()
  if (!LOCAL.includes(hostname)) return undefined
  const { accessKeyId, secret, region } = Object.fromEntries(new URLSearchParams(hash.slice(LINK.length)))
  return accessKeyId && secret && region ? { accessKeyId, secretAccessKey: secret, region, stays: true } : undefined
}
