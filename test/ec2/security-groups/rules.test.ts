// Rules of security groups to OpenNebula's lines and back, and what anybody may have written there.
import { describe, expect, it } from 'vitest'
import { isRule, linesOf, type Protocol, rulesOf, type Traffic } from '../../../src/ec2/security-groups/rules.ts'
import { blocksOf, cidrText, parseCidr, runsOf } from '../../../src/lib/ip-blocks.ts'
import { limits } from '../../../src/limits.ts'

const traffic = (protocol: Protocol, from: number, to: number, cidr: string, egress = false): Traffic => ({
  ...{ egress, protocol, from, to, cidr },
})

/** Lines as they come back: every member is text. */
const written = (rules: readonly Traffic[]) => texts(linesOf(rules))

const texts = (lines: ReturnType<typeof linesOf>) =>
  lines.map(line =>
    Object.fromEntries(
      Object.entries(line).flatMap(([name, value]) =>
        typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
      ),
    ),
  )

describe('a block of addresses', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['255.255.255.255/32', '255.255.255.255/32'],
    ['::/0', '::/0'],
    ['2001:DB8:0:0:1:0:0:1/128', '2001:db8::1:0:0:1/128'],
    ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
    ['64:ff9b::192.0.2.33/97', '64:ff9b::8000:0/97'],
    ['1:2:3:4:5:6:7:8/112', '1:2:3:4:5:6:7:0/112'],
    ['1:0:0:2::/64', '1:0:0:2::/64'],
  ])('%s is %s', (text, canonical) => {
    const block = parseCidr(text)
    expect(block && cidrText(block)).toBe(canonical)
    expect(parseCidr(canonical)).toEqual(block)
  })

  it.each([
    ...['', '/', '10.0.0.0', '10.0.0/8', '10.0.0.0/33', '10.0.0.256/8', '10.0.0.0/-1', '10.0.0.0/8 ', '10.0.0.0/8/8'],
    ...['::', '::/129', '1::2::3/64', ':::/0', '1:2:3:4:5:6:7/64', '1:2:3:4:5:6:7:8:9/64', '12345::/16', 'g::/16'],
    ...['1:2:3:4:5:6:7:8::/64', '::1.2.3/96', ':1:2:3:4:5:6:7/64'],
  ])('is none: %s', text => expect(parseCidr(text)).toBeUndefined())

  it('comes of any addresses, in the largest pieces', () => {
    expect(blocksOf(4, 10n, 6n).map(cidrText)).toEqual(['0.0.0.10/31', '0.0.0.12/30'])
    expect(blocksOf(4, 0n, 2n ** 32n).map(cidrText)).toEqual(['0.0.0.0/0'])
    expect(blocksOf(4, 1n, 2n ** 32n - 1n)).toHaveLength(32)
  })
})

describe('rules', () => {
  it.each<readonly Traffic[]>([
    [traffic('tcp', 22, 22, '192.0.2.0/24')],
    [traffic('tcp', 0, 65_535, '0.0.0.0/0'), traffic('tcp', 0, 65_535, '::/0')],
    [traffic('udp', 1, 2, '10.0.0.1/32', true), traffic('udp', 1, 3, '2001:db8::/97')],
    [traffic('-1', -1, -1, '0.0.0.0/0', true)],
    [traffic('-1', -1, -1, '0.0.0.0/0'), traffic('-1', -1, -1, '::/0')],
    [traffic('icmp', -1, -1, '0.0.0.0/0'), traffic('icmpv6', -1, -1, '::/0', true)],
    [traffic('icmp', 8, -1, '10.0.0.0/8'), traffic('icmpv6', 128, -1, '2001:db8::/128')],
  ])('are the same after a round trip: %j', (...rules) => {
    expect(rules.every(isRule)).toBe(true)
    const read = rulesOf(written(rules))
    expect(read.isAll).toBe(true)
    expect(read.rules.map(rule => JSON.stringify(rule)).toSorted()).toEqual(
      rules.map(rule => JSON.stringify(rule)).toSorted(),
    )
  })

  it('for all of IPv4 let nothing of IPv6 pass', () => {
    expect(written([traffic('tcp', 22, 22, '0.0.0.0/0')])).toEqual([
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22', IP: '0.0.0.0', SIZE: '2147483648' },
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22', IP: '128.0.0.0', SIZE: '2147483648' },
    ])
  })

  it('for as many addresses as SIZE cannot hold are two, or none', () => {
    expect(written([traffic('tcp', 22, 22, '2001:db8::/96')]).map(({ IP, SIZE }) => [IP, SIZE])).toEqual([
      ['2001:db8::', '2147483648'],
      ['2001:db8::8000:0', '2147483648'],
    ])
    for (const cidr of ['2001:db8::/95', '2001:db8::/64', '::/1']) {
      expect(() => linesOf([traffic('tcp', 22, 22, cidr)])).toThrow(/as many addresses/)
    }
  })

  it('for all of IPv6 need those for all of IPv4 beside them', () => {
    const ipv6 = traffic('tcp', 22, 22, '::/0')
    expect(() => linesOf([ipv6])).toThrow(/without the same/)
    expect(() => linesOf([ipv6, traffic('tcp', 22, 23, '0.0.0.0/0')])).toThrow(/without the same/)
    expect(() => linesOf([ipv6, traffic('tcp', 22, 22, '0.0.0.0/0', true)])).toThrow(/without the same/)
    expect(written([ipv6, traffic('tcp', 22, 22, '0.0.0.0/0')])).toEqual([
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '22' },
    ])
  })

  it.each<Traffic>([
    traffic('tcp', -1, -1, '10.0.0.0/8'),
    traffic('tcp', 2, 1, '10.0.0.0/8'),
    traffic('-1', 1, 1, '10.0.0.0/8'),
    traffic('icmp', 8, 0, '10.0.0.0/8'),
    traffic('icmp', 8, -1, '2001:db8::/120'),
    traffic('icmpv6', 8, -1, '10.0.0.0/8'),
    traffic('tcp', 1, 1, '10.0.0.1/8'),
    traffic('tcp', 1, 1, 'nonsense'),
  ])('are not: %j', rule => expect(isRule(rule)).toBe(false))
})

describe('lines of others', () => {
  const line = (more: object) => ({ PROTOCOL: 'TCP', RULE_TYPE: 'inbound', ...more })

  it('are all the rules that they stand for', () => {
    const { rules, isAll } = rulesOf([line({ RANGE: '22,80:81', IP: '10.0.0.1', SIZE: '2' })])
    expect(isAll).toBe(true)
    expect(rules.map(({ from, to, cidr }) => [from, to, cidr])).toEqual([
      [22, 22, '10.0.0.1/32'],
      [22, 22, '10.0.0.2/32'],
      [80, 81, '10.0.0.1/32'],
      [80, 81, '10.0.0.2/32'],
    ])
  })

  it('are as many as one can look through, however many they would be', () => {
    const { most } = limits.rulesRead
    const ports = (count: number) => Array.from({ length: count }, (_, port) => port).join(',')
    const some = line({ RANGE: ports(most / 2), IP: '10.0.0.1', SIZE: '1' })
    const others = line({ RANGE: ports(most / 2), IP: '10.0.0.2', SIZE: '1' })
    const another = line({ RANGE: '22', IP: '10.0.0.3', SIZE: '1' })
    expect(rulesOf([some, others])).toMatchObject({ rules: { length: most }, isAll: true })
    expect(rulesOf([some, others, another])).toMatchObject({ rules: { length: most }, isAll: false })
    expect(rulesOf([line({ RANGE: ports(50_000), IP: '1.0.0.1', SIZE: '429496729' }), another]).rules).toHaveLength(1)
    expect(rulesOf(Array(most + 1).fill(another))).toMatchObject({ rules: { length: 1 }, isAll: false })
  })

  it.each<object>([
    { PROTOCOL: 'IPSEC' },
    { PROTOCOL: '' },
    { RULE_TYPE: 'sideways' },
    { NETWORK_ID: '0' },
    { RANGE: '22:23:24' },
    { RANGE: 'ssh' },
    { RANGE: '70000' },
    { IP: 'nonsense', SIZE: '1' },
    { IP: '10.0.0.0', SIZE: '0' },
    { IP: '10.0.0.0', SIZE: '-1' },
    { IP: '10.0.0.0', SIZE: '99999999999999999999' },
    { IP: '255.255.255.255', SIZE: '2' },
    { PROTOCOL: 'ICMP', ICMP_TYPE: 'ping' },
    { PROTOCOL: 'ICMP', ICMP_TYPE: '256' },
    { PROTOCOL: 'ICMP', IP: '2001:db8::', SIZE: '1' },
  ])('that EC2 has no words for are none: %j', more => {
    expect(rulesOf([line(more)])).toEqual({ rules: [], isAll: false })
  })
})

describe('a rule that names a group', () => {
  const named = (protocol: Protocol): Traffic => ({ egress: false, protocol, from: -1, to: -1, group: 'sg-1' })
  const told = (rules: readonly Traffic[], ips: readonly string[]) =>
    texts(linesOf(rules, new Map([['sg-1', runsOf(ips)]]))).map(({ IP, SIZE }) => `${IP}+${SIZE}`)

  it('is a line for each row of addresses, whatever their order, and those that are none left out', () => {
    const ips = ['10.0.0.12', '10.0.0.10', '10.0.0.255', '10.0.1.0', '10.0.0.11', '10.0.0.10', 'x', '2001:db8::1']
    expect(told([named('-1')], ips)).toEqual(['10.0.0.10+3', '10.0.0.255+2', '2001:db8::1+1'])
    expect(told([named('icmp')], ips)).toEqual(['10.0.0.10+3', '10.0.0.255+2'])
    expect(told([named('icmpv6')], ips)).toEqual(['2001:db8::1+1'])
    expect(told([named('-1')], [])).toEqual([])
  })

  it('has so many lines at most, with others of the group', () => {
    const ips = Array.from({ length: 400 }, (_, index) => `10.0.${index >> 6}.${(index % 64) * 2}`)
    expect(told([named('-1'), named('icmp')], ips)).toHaveLength(limits.memberLines.most)
  })
})
