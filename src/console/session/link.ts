// The link that `npm start` prints: temporary credentials for the sandbox in the fragment, which no browser sends anywhere. Browsers keep
// addresses in their histories with fragments and all, whatever a page makes of its own: so nothing that lasts is taken from there.
import { clearRoute } from '../ui/router.ts'
import type { Key } from './session.ts'

const LINK = '#sign-in?'

/** Hosts of this machine. Elsewhere a link could sign its victim in to somebody else's account. */
const LOCAL = ['localhost', '127.0.0.1', '[::1]']

/** The credentials of the link by which the page was opened. The address has it no more afterwards. */
export function takeLink(): Key | undefined {
  const { hash, hostname } = location
  if (!hash.startsWith(LINK)) return undefined
  clearRoute()
  if (!LOCAL.includes(hostname)) return undefined
  const given = Object.fromEntries(new URLSearchParams(hash.slice(LINK.length)))
  const { accessKeyId, secret: secretAccessKey, sessionToken, region, expires } = given
  if (!accessKeyId || !secretAccessKey || !sessionToken || !region) return undefined
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken,
    region,
    stays: true,
    ...(expires && { expires: Number(expires) }),
  }
}
