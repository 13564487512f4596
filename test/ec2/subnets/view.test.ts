// Networks as subnets: what an owner wrote on one is bounded, and what is on its way out is none.
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/ec2/core/context.ts'
import type { Network } from '../../../src/ec2/core/documents.ts'
import { isSubnet, toSubnet, viewSubnet } from '../../../src/ec2/subnets/view.ts'
import { defaultVpc } from '../../../src/ec2/vpcs/view.ts'
import { blockText } from '../../../src/lib/cidr.ts'
import { NETWORK_STATE } from '../../../src/opennebula/states.ts'

const context = {
  account: { id: '000000000002', user: { id: 2, name: 'helen' } },
  operators: new Set([0]),
  settings: { region: 'here', zones: ['here-a'], zoneClusters: new Map(), addressNetwork: 1 },
} as unknown as Context

type Range = Partial<Network['AR_POOL']['AR'][number]>

const range = (IP: string | undefined, SIZE: number): Range => ({ AR_ID: 0, IP, SIZE })

const network = (ranges: readonly Range[], more: Partial<Network> = {}): Network =>
  ({
    ...{ ID: 7, NAME: 'a network', UID: 0, GID: 0, USED_LEASES: 0, STATE: NETWORK_STATE.READY, TEMPLATE: {} },
    ...{ AR_POOL: { AR: ranges }, CLUSTERS: { ID: [0] } },
    ...more,
  }) as Network

const shown = (of: Network) => toSubnet(viewSubnet(of, context), false, context)
const blockOf = (ranges: readonly Range[], TEMPLATE: Network['TEMPLATE'] = {}, more: Partial<Network> = {}) =>
  shown(network(ranges, { TEMPLATE, ...more })).CidrBlock

describe('the block of a subnet', () => {
  const ranges = [range('10.0.0.10', 20)]

  it('is what its owner wrote, where its ranges are in that', () => {
    expect(blockOf(ranges, { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '255.255.224.0' })).toBe('10.0.0.0/19')
    expect(blockOf(ranges, { NETWORK_MASK: '255.255.0.0' })).toBe('10.0.0.0/16')
    expect(blockOf([], { NETWORK_ADDRESS: '10.7.0.9', NETWORK_MASK: '255.255.255.0' })).toBe('10.7.0.0/24')
  })

  it.each([
    { NETWORK_ADDRESS: '10.1.0.0', NETWORK_MASK: '255.255.255.0' },
    { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '255.255.255.240' },
    { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '0.0.0.0' },
    { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '255.0.255.0' },
    { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '</cidrBlock>' },
    { NETWORK_ADDRESS: '10.0.0.0' },
  ])('is the smallest around its ranges, whatever else is written: %j', template => {
    expect(blockOf(ranges, template)).toBe('10.0.0.0/27')
  })

  it('is of its own ranges for a reservation, which has the words of its parent', () => {
    const words = { NETWORK_ADDRESS: '10.0.0.0', NETWORK_MASK: '255.255.224.0' }
    expect(blockOf(ranges, words, { PARENT_NETWORK_ID: 0 })).toBe('10.0.0.0/27')
  })

  it('is none where there are no IPv4 addresses, and none that anybody could have', () => {
    const none = [range(undefined, 5), range('fe80::1', 5), range('255.255.255.250', 10), range('10.0.0.1', 0)]
    for (const each of none) expect(blockOf([each])).toBeUndefined()
    expect(blockOf([range('10.0.0.1', 2 ** 40)])).toBeUndefined()
  })
})

describe('a subnet', () => {
  it('is pending until its network is ready, and none any more when that is on its way out', () => {
    const states = [undefined, ...Object.values(NETWORK_STATE), 6]
    const found = states.map(STATE => {
      const of = network([range('10.0.0.1', 9)], { STATE })
      return isSubnet(of, context) ? shown(of).State : 'none'
    })
    const gone = ['none', 'none']
    expect(found).toEqual(['available', 'pending', 'available', 'pending', ...gone, 'failed', 'available'])
  })

  it("is the caller's own or the operator's, and has no public addresses", () => {
    const ranges = [range('10.0.0.1', 9)]
    const is = (more: Partial<Network>, of = ranges) => isSubnet(network(of, more), context)
    expect([is({ UID: 0 }), is({ UID: 2, GID: 1 }), is({ UID: 3, GID: 1 }), is({ UID: 3 })]).toEqual([
      ...[true, true, false],
      // In oneadmin's group by hand
      true,
    ])
    expect([is({ ID: 1 }), is({ UID: 2, PARENT_NETWORK_ID: 1 }), is({ UID: 2, PARENT_NETWORK_ID: 0 })]).toEqual([
      ...[false, false, true],
    ])
    const single = [range('10.0.0.1', 1)]
    expect([is({ UID: 2, PARENT_NETWORK_ID: 0 }, single), is({}, single)]).toEqual([false, true])
  })

  it('has no less than no free address', () => {
    const free = (ranges: readonly Range[], USED_LEASES: number) =>
      shown(network(ranges, { USED_LEASES })).AvailableIpAddressCount
    expect(free([range('10.0.0.1', 9), range('10.0.1.1', 1)], 4)).toBe(6)
    expect(free([range('10.0.0.1', 9)], 12)).toBe(0)
    expect(free([], 0)).toBe(0)
  })
})

describe('the blocks of the VPC', () => {
  const blocks = (...ips: readonly (string | undefined)[]) =>
    defaultVpc(
      ips.map(ip => viewSubnet(network([range(ip, 9)]), context)),
      context,
    ).blocks.map(blockText)

  it("are AWS's where there is no subnet", () => {
    expect(blocks()).toEqual(['172.31.0.0/16'])
    expect(blocks(undefined)).toEqual(['172.31.0.0/16'])
  })

  it('are one around its subnets, as far as these are addresses of one kind', () => {
    expect(blocks('10.0.0.1')).toEqual(['10.0.0.0/28'])
    expect(blocks('10.0.0.1', '10.255.0.1')).toEqual(['10.0.0.0/8'])
    expect(blocks('192.168.1.1', '10.0.0.1', '192.168.200.1')).toEqual(['192.168.0.0/16', '10.0.0.0/28'])
    expect(blocks('198.51.100.1', '203.0.113.1')).toEqual(['198.51.100.0/28', '203.0.113.0/28'])
    expect(blocks('198.51.100.1', '198.51.101.1')).toEqual(['198.51.100.0/23'])
  })
})
