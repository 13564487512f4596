// Hosts of web addresses: which are the same, and which can only be on somebody's own network.
import { type Cidr, parseCidr, parseIp } from './ip-blocks.ts'
import { once } from './once.ts'

/** Whether `name` or `name:port` is the host of an address: a port that the scheme implies may be written or not. */
export const isHost = (written: string, { protocol, host }: URL): boolean =>
  URL.parse(`${protocol}//${written}`)?.host === host

/** Blocks that are read when a host is first asked about: few requests have one. */
const blocks = (...texts: readonly string[]) => once((): Cidr[] => texts.flatMap(text => parseCidr(text) ?? []))

/**
 * What of IPv4 is nobody's on the Internet.
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 */
const NOT_PUBLIC = blocks(
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  '224.0.0.0/3',
)

/** Of IPv6 only this is: neither what has an IPv4 address in it (`::ffff:127.0.0.1`, `64:ff9b::…`), nor `fe80::`, `fc00::`, */
const PUBLIC_IPV6 = blocks('2000::/3')

/** and of that not what is for documents and tunnels, which lead to IPv4 addresses too. */
const NOT_PUBLIC_IPV6 = blocks('2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20')

/** Ends of names that mean something inside of a network alone. */
const OWN_NAMES = /(?:^|\.)(?:localhost|local|localdomain|internal|intranet|private|corp|home|lan|home\.arpa)$/

/**
 * Whether a host may be one on the Internet, by what it is called: no private, loopback or link-local address, and no name
 * that only an own network has. Where a name leads to only DNS knows.
 *
 * @param hostname of a URL, which has brought all notations of an address into one: `2130706433` and `0x7f.1` are `127.0.0.1`
 */
export function isPublicHost(hostname: string): boolean {
  const [, ipv6] = /^\[(.*)\]$/.exec(hostname) ?? []
  const address = parseIp(ipv6 ?? hostname)
  const isIn = ({ first, prefix, version }: Cidr) => {
    const rest = BigInt((version === 4 ? 32 : 128) - prefix)
    return address !== undefined && address >> rest === first >> rest
  }
  if (ipv6 !== undefined) return PUBLIC_IPV6().some(isIn) && !NOT_PUBLIC_IPV6().some(isIn)
  if (address !== undefined) return !NOT_PUBLIC().some(isIn)
  const name = hostname.toLowerCase().replace(/\.+$/, '')
  return name.includes('.') && !OWN_NAMES.test(name)
}
