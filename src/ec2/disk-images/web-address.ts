// Addresses on the web that OpenNebula is to fetch disks from. It is the operator who says from which hosts, for the front-end
// stands where callers may not.
//
// What can be known is looked at: how the address is written, and where it leads, redirect by redirect. What cannot: whether
// the hosts answer the front-end as they do the Worker, and which numbers DNS gives it for their names.
import { isHost, isPublicHost } from '../../lib/web-hosts.ts'
import { limits } from '../../limits.ts'
import { impossible, invalid, tooLong } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { Settings } from '../core/context.ts'
import { isOwnHost } from './location.ts'

/** An address that may be fetched from. */
export interface WebAddress {
  /** As OpenNebula is told it: in the one way of writing it that everybody reads alike. */
  readonly href: string
  /** Of what is there, as its host says; absent where it does not, or does not answer the Worker. */
  readonly bytes?: number | undefined
}

/**
 * What an address may be written with. The datastore drivers hand it to a shell between single quotes that they do not
 * escape, through an `echo` that knows escapes (`set_downloader_args` in OpenNebula's `libfs.sh`), and to a curl that takes
 * brackets for many addresses at once.
 */
const PLAIN = /^https?:\/\/[\w\-.:[\]]+(?:[/?#][\w\-.~:/?#@&+,=%]*)?$/i

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** How long all answers may take; milliseconds. */
const PATIENCE = 10_000

/**
 * Looks at an address, and follows it as far as it redirects.
 * @param parameter that has it in the request
 * @throws Ec2Error UnsupportedOperation where the operator allows none, InvalidParameterValue for one that is not allowed
 */
export async function checkWebAddress(parameter: string, text: string, settings: Settings): Promise<WebAddress> {
  const url = parsed(parameter, text, settings)
  const refuse = (why: string) => invalid(parameter, text, why)
  if (!isAllowed(url, settings)) throw refuse(`The cloud fetches nothing from '${url.host}'.`)
  const signal = AbortSignal.timeout(PATIENCE)
  const visit = (method: 'GET' | 'HEAD') => answerAt(url, method, { settings, signal, refuse })
  const [head, body] = await Promise.all([visit('HEAD'), visit('GET')])
  const answers = head?.ok && body?.ok
  // One whom any host is good enough has to be reached from outside: by its name alone nobody knows where it is
  if (!answers && !isNamed(url, settings)) throw refuse('There is nothing that can be fetched.')
  return { href: url.href, bytes: answers ? lengthOf(head) : undefined }
}

function parsed(parameter: string, text: string, { importHosts }: Settings): URL {
  if (importHosts.length === 0) {
    throw impossible(
      'This endpoint imports nothing by its address: its operator has to set IMPORT_HOSTS, the hosts that the cloud may fetch from.',
    )
  }
  if (text.length > limits.importUrl.most) throw tooLong(parameter, text, limits.importUrl.most)
  const url = URL.parse(text)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (!url || !isWeb || url.username !== '' || url.password !== '')
    throw invalid(parameter, text, 'It is no http(s) address without credentials.')
  if (!PLAIN.test(text))
    throw invalid(parameter, text, 'Characters besides letters, digits and -._~:/?#@&+,=% are written as %XX.')
  url.hash = ''
  return url
}

/** Whether the operator has written this very host. */
const isNamed = (url: URL, { importHosts }: Settings) => importHosts.some(host => host !== '*' && isHost(host, url))

/** `*` is any host on the Internet; one of an own network has to be written. The Worker's own links are OpenNebula's alone. */
const isAllowed = (url: URL, settings: Settings): boolean =>
  !isOwnHost(url, settings) &&
  (isNamed(url, settings) || (settings.importHosts.includes('*') && isPublicHost(url.hostname)))

interface Visit {
  readonly settings: Settings
  readonly signal: AbortSignal
  readonly refuse: (why: string) => Ec2Error
}

/** What is at the end of all redirects; undefined where it cannot be reached. @throws Ec2Error where one leads away */
async function answerAt(
  start: URL,
  method: 'GET' | 'HEAD',
  { settings, signal, refuse }: Visit,
): Promise<Response | undefined> {
  let url = start
  for (let left: number = limits.importRedirects.most; ; left--) {
    const response = await fetch(url.href, { method, signal, redirect: 'manual', headers: PLAINLY }).catch(
      () => undefined,
    )
    await response?.body?.cancel()
    const location = response?.headers.get('location') ?? undefined
    if (!response || !REDIRECTS.has(response.status) || location === undefined) return response
    const next = URL.parse(location, url.href)
    if (!next || !/^https?:$/.test(next.protocol) || !isAllowed(next, settings))
      throw refuse(`It redirects to '${next?.host || location}', from which the cloud fetches nothing.`)
    if (left === 0) throw refuse(`It redirects more than ${limits.importRedirects.most} times.`)
    url = next
  }
}

/** The length is that of what OpenNebula gets. */
const PLAINLY = { 'accept-encoding': 'identity' }

function lengthOf({ headers }: Response): number | undefined {
  const length = headers.get('content-length') ?? ''
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined
}
