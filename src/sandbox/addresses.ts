// Addresses of networks: which are leased, and which is next.
import type { AddressRange, Lease, Network } from './model.ts'
import type { Vector } from './template.ts'

const ipToNumber = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const numberToIp = (value: number): string => [24, 16, 8, 0].map(shift => (value >>> shift) & 255).join('.')

/** The front-end's MAC of an IPv4 address: prefix 02:00 and the address in hex. */
const ipToMac = (ip: string): string =>
  ['02', '00', ...ip.split('.').map(part => Number(part).toString(16).padStart(2, '0'))].join(':')

export interface Address {
  range: AddressRange
  index: number
  ip: string
  mac: string
}

/** The address with that index in the range. */
export const addressAt = (range: AddressRange, index: number): Address => {
  const ip = numberToIp(ipToNumber(range.attributes['IP'] ?? '0.0.0.0') + index)
  return { range, index, ip, mac: ipToMac(ip) }
}

/** All leases of a range, by index. */
export const leasesOf = (range: AddressRange): [index: number, lease: Lease][] =>
  Object.entries(range.leases).map(([index, lease]) => [Number(index), lease])

/** How many addresses of a network are taken. */
export const usedLeases = (network: Network): number =>
  network.ranges.reduce((sum, range) => sum + Object.keys(range.leases).length, 0)

function firstFree(range: AddressRange): number | undefined {
  let index = range.lowestFree
  while (index < range.size && range.leases[index]) index += 1
  range.lowestFree = index
  return index < range.size ? index : undefined
}

/** A free address of the network: the one asked for, or the first. */
export function lease(network: Network, owner: Lease, ip?: string): Address | undefined {
  for (const range of network.ranges) {
    const wanted = ip === undefined ? firstFree(range) : ipToNumber(ip) - ipToNumber(range.attributes['IP'] ?? '')
    if (wanted === undefined || wanted < 0 || wanted >= range.size || range.leases[wanted]) continue
    range.leases[wanted] = owner
    return addressAt(range, wanted)
  }
  return undefined
}

/** Frees one address, by its IP. */
export function unlease(network: Network, ip: string): void {
  for (const range of network.ranges) {
    const index = ipToNumber(ip) - ipToNumber(range.attributes['IP'] ?? '')
    if (range.leases[index]) unleaseIndex(range, index)
  }
}

/** The VMs with an address of the network. */
export const vmsOf = (network: Network): number[] => [...new Set(network.ranges.flatMap(leasedVms))]

const leasedVms = (range: AddressRange): number[] =>
  Object.values(range.leases).flatMap(({ vm }) => (vm === undefined ? [] : [vm]))

/** Frees one address, by its index. */
export function unleaseIndex(range: AddressRange, index: number): void {
  delete range.leases[index]
  range.lowestFree = Math.min(range.lowestFree, index)
}

/** An address range from an AR vector with at least IP and SIZE. */
export const newRange = (asked: Vector, id: number): AddressRange => {
  const ip = asked['IP'] ?? ''
  const size = Number(asked['SIZE'] ?? 1)
  return {
    attributes: { TYPE: 'IP4', MAC: ipToMac(ip), ...asked, AR_ID: String(id), SIZE: String(size) },
    size,
    leases: {},
    lowestFree: 0,
  }
}

/** The start of `size` free addresses in a row. */
export function freeRun(network: Network, size: number, ip: string): Address | undefined {
  for (const range of network.ranges) {
    const isFree = (start: number): boolean => {
      for (let index = start; index < start + size; index += 1) if (range.leases[index]) return false
      return true
    }
    const from = ip === '' ? range.lowestFree : ipToNumber(ip) - ipToNumber(range.attributes['IP'] ?? '')
    const to = ip === '' ? range.size - size : Math.min(from, range.size - size)
    for (let start = from; start >= 0 && start <= to; start += 1) if (isFree(start)) return addressAt(range, start)
  }
  return undefined
}
