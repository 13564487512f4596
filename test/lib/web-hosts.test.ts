import { describe, expect, it } from 'vitest'
import { isHost, isPublicHost } from '../../src/lib/web-hosts.ts'

const hostname = (host: string) => new URL(`http://${host}/`).hostname

describe('a host that may be on the Internet', () => {
  it.each([
    'images.example.org',
    'images.example.org.',
    '8.8.8.8',
    '134744072',
    '[2606:4700::1]',
    'a.internal.example.org',
  ])('%s is one', host => expect(isPublicHost(hostname(host))).toBe(true))

  it.each([
    ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '0', '0.0.0.0'],
    ...['10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.0.1', '169.254.169.254', '0xa9fea9fe', '100.64.0.1'],
    ...['192.0.0.8', '198.18.0.1', '203.0.113.1', '224.0.0.1', '255.255.255.255'],
    ...[
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[fe80::1]',
      '[fc00::1]',
      '[fd12::1]',
    ],
    ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001::1]', '[2001:db8::1]', '[ff02::1]', '[fec0::1]'],
    ...['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'frontend', 'frontend.', 'one.local', 'one.lan'],
    ...['metadata.google.internal', 'metadata.google.internal.', 'router.home.arpa', '１２７.0.0.1', '127。0。0。1'],
  ])('%s is none', host => expect(isPublicHost(hostname(host))).toBe(false))
})

describe('the host of an address', () => {
  it.each([
    ['images.example.org', 'https://images.example.org/', true],
    ['images.example.org', 'https://images.example.org:443/', true],
    ['images.example.org:443', 'https://images.example.org/', true],
    ['images.example.org', 'https://images.example.org:8443/', false],
    ['images.example.org:8443', 'https://images.example.org:8443/', true],
    ['images.example.org', 'https://images.example.org./', false],
    ['images.example.org', 'https://images.example.org.evil.example/', false],
  ])('%s is that of %s: %s', (host, url, is) => expect(isHost(host, new URL(url))).toBe(is))
})
