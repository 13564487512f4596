// The private addresses that a request asks for: one primary, and others, wished or any, by the parameters that several
// actions have for it.
import { ipNumber } from '../../lib/ip.ts'
import { limits } from '../../limits.ts'
import { combination, invalid, notTogether } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'

/** As RunInstances and CreateNetworkInterface have them. */
export interface AddressParameters {
  readonly PrivateIpAddress?: string | undefined
  readonly PrivateIpAddresses?:
    | readonly { readonly Primary?: boolean | undefined; readonly PrivateIpAddress?: string | undefined }[]
    | undefined
  readonly SecondaryPrivateIpAddressCount?: number | undefined
}

export interface AskedAddresses {
  /** Any where absent. */
  readonly primary: string | undefined
  /** The wished ones; undefined stands for any. */
  readonly secondary: readonly (string | undefined)[]
}

/** @throws Ec2Error InvalidParameterValue, InvalidParameterCombination, PrivateIpAddressLimitExceeded */
export function askedAddresses(input: AddressParameters): AskedAddresses {
  const { PrivateIpAddresses: listed = [], SecondaryPrivateIpAddressCount: count = 0 } = input
  for (const { PrivateIpAddress } of listed) checkAddress('privateIpAddresses', PrivateIpAddress)
  const primaries = [input.PrivateIpAddress, ...listed.filter(isPrimary).map(each => each.PrivateIpAddress)]
  const [primary, another] = new Set(primaries.filter(ip => ip))
  if (another !== undefined) {
    throw combination('Only one primary private IP address may be specified for a network interface.')
  }
  if (primary !== undefined) checkAddress('privateIpAddress', primary)
  const others = listed.filter(each => !isPrimary(each)).map(each => each.PrivateIpAddress)
  if (others.length > 0 && count > 0) throw notTogether('privateIpAddresses', 'secondaryPrivateIpAddressCount')
  const secondary = count > 0 ? anyAddresses(count) : others
  if (new Set([primary, ...others]).size < 1 + others.length) {
    throw combination('A private IP address may be specified only once for a network interface.')
  }
  checkAddressCount(1 + secondary.length)
  return { primary, secondary }
}

const isPrimary = ({ Primary }: { readonly Primary?: boolean | undefined }): boolean => Primary === true

/** So many addresses, whichever they are. @throws Ec2Error PrivateIpAddressLimitExceeded */
export function anyAddresses(count: number): undefined[] {
  checkAddressCount(count)
  return Array.from({ length: count }, () => undefined)
}

/** @throws Ec2Error InvalidParameterValue for what is no IPv4 address */
export function checkAddress(parameter: string, ip: string | undefined): void {
  if (ip === undefined || ipNumber(ip) === undefined) throw invalid(parameter, ip, 'It is no IPv4 address.')
}

/** @param count of all private addresses of an interface @throws Ec2Error PrivateIpAddressLimitExceeded */
export function checkAddressCount(count: number): void {
  const { most, code } = limits.addressesOfInterface
  if (count > most) throw new Ec2Error(code, `A network interface has at most ${most} private IP addresses.`)
}
