// Addresses of networks: which are leased, and which is next.
import type { Vector } from '../protocol/template.ts'
import type { AddressRange, Lease, Network } from '../world/model.ts'

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

/** The index of an address in the range, which may be outside. */
export const indexOf = (range: AddressRange, ip: string): number =>
  ipToNumber(ip) - ipToNumber(range.attributes['IP'] ?? '')

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
    const wanted = ip === undefined ? firstFree(range) : indexOf(range, ip)
    if (wanted === undefined || wanted < 0 || wanted >= range.size || range.leases[wanted]) continue
    takeAddress(range, wanted, owner)
    return addressAt(range, wanted)
  }
  return undefined
}

/** Gives out one address, by its index. */
export function takeAddress(range: AddressRange, index: number, owner: Lease): void {
  range.leases[index] = owner
  range.touched = true
}

/** Frees one address, by its IP. */
export function unlease(network: Network, ip: string): void {
  for (const range of network.ranges) {
    const index = indexOf(range, ip)
    if (range.leases[index]) unleaseIndex(range, index)
  }
}

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
    touched: false,
    leases: {},
    lowestFree: 0,
  }
}

/** The start of `size` free addresses in a row, in any of the ranges. */
export function freeRun(ranges: readonly AddressRange[], size: number, ip: string): Address | undefined {
  for (const range of ranges) {
    const isFree = (start: number): boolean => {
      for (let index = start; index < start + size; index += 1) if (range.leases[index]) return false
      return true
    }
    const from = ip === '' ? range.lowestFree : indexOf(range, ip)
    const to = ip === '' ? range.size - size : Math.min(from, range.size - size)
    for (let start = from; start >= 0 && start <= to; start += 1) if (isFree(start)) return addressAt(range, start)
  }
  return undefined
}
