// The DHCP options that there are, and what each can be: guests are told some of them, so that nothing else passes.
import type { DhcpConfiguration, NewDhcpConfiguration } from '@aws-sdk/client-ec2'
import { parseIp } from '../../lib/ip-blocks.ts'
import { invalid, invalidBecause, missing, tooMany } from '../../protocol/complaints.ts'
import { type Field, field, list, text } from '../core/fields.ts'
import { record } from '../core/record.ts'

/** AWS's name for the servers that the cloud provides: here those of the network that a guest is in. */
export const PROVIDED = 'AmazonProvidedDNS'

/** What an option can be. */
interface Kind {
  readonly most: number
  readonly is: (value: string) => boolean
  /** What is said of a value that it cannot be. */
  readonly expected: string
}

const isIpv4 = (value: string) => !value.includes(':') && parseIp(value) !== undefined
const isIp = (value: string) => parseIp(value) !== undefined

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*\\.?$`, 'i')

/** A name, or several with a space between them: many guests take the list as a whole. @see RFC 1035 for the lengths */
const isNames = (value: string) =>
  value.length <= 255 && value.split(' ').every(name => name.length <= 253 && NAME.test(name))

const isLeaseTime = (value: string) => /^[1-9]\d{2,9}$/.test(value) && Number(value) >= 140 && Number(value) < 2 ** 31

const kinds = {
  'domain-name': { most: 1, is: isNames, expected: 'Expecting domain names.' },
  'domain-name-servers': {
    most: 4,
    is: value => value === PROVIDED || isIp(value),
    expected: `Expecting the IP addresses of up to four servers, or ${PROVIDED}.`,
  },
  'ntp-servers': { most: 8, is: isIp, expected: 'Expecting IP addresses.' },
  'netbios-name-servers': { most: 4, is: isIpv4, expected: 'Expecting IPv4 addresses.' },
  'netbios-node-type': { most: 1, is: value => /^[1248]$/.test(value), expected: 'Expecting 1, 2, 4 or 8.' },
  'ipv6-address-preferred-lease-time': {
    most: 1,
    is: isLeaseTime,
    expected: 'Expecting seconds, between 140 and 2147483647.',
  },
} as const satisfies Readonly<Record<string, Kind>>

/** The name of an option. */
export type OptionName = keyof typeof kinds

/** An option, and what it is. */
export interface DhcpOption {
  readonly key: OptionName
  readonly values: readonly string[]
}

const isName = (key: unknown): key is OptionName => typeof key === 'string' && Object.hasOwn(kinds, key)

const fields = { key: field(isName), values: list(text(255), 8) }
const keptOption = record(fields, 'key', 'values')

/** An option as it is kept: what `optionsFrom` would not have let pass is none. */
const option: Field<DhcpOption> = (value, name, wrong) => {
  const known = keptOption(value, name, wrong)
  return known && isPossible(known) ? known : wrong(value, name)
}

function isPossible({ key, values }: DhcpOption): boolean {
  const { most, is }: Kind = kinds[key]
  return values.length > 0 && values.length <= most && values.every(is)
}

/** The options of a set, each once. */
export const optionList = list(option, Object.keys(kinds).length)

/**
 * The options that a request describes. Several values may stand in one, with commas between them; an option without any is
 * passed by, since clients send those that they do not set.
 * @throws Ec2Error InvalidParameterValue, MissingParameter where there is none
 */
export function optionsFrom(configurations: readonly NewDhcpConfiguration[] = []): DhcpOption[] {
  const options = configurations.map(({ Key, Values = [] }) => ({ key: Key, values: valuesOf(Values) }))
  const set = options.filter(({ values }) => values.length > 0).map(({ key, values }) => checked(key, values))
  const [twice] = set.filter(({ key }, index) => set.findIndex(other => other.key === key) < index)
  if (twice) throw invalidBecause(`The DHCP option '${twice.key}' is specified more than once.`)
  // A name that no option has is said to be so, values or none
  for (const { key } of options) checkName(key)
  if (set.length === 0) throw missing('DhcpConfiguration')
  return set
}

const valuesOf = (values: readonly string[]): string[] =>
  values.flatMap(value => value.split(',').map(each => each.trim())).filter(value => value !== '')

function checkName(key: string | undefined): OptionName {
  if (!isName(key)) throw invalid('DhcpConfiguration.Key', key, 'There is no such DHCP option.')
  return key
}

function checked(name: string | undefined, values: readonly string[]): DhcpOption {
  const key = checkName(name)
  const { most, is, expected }: Kind = kinds[key]
  if (values.length > most) throw tooMany(key, values.length, most)
  const wrong = values.find(value => !is(value))
  if (wrong !== undefined) throw invalid(key, wrong, expected)
  if (values.length > 1 && values.includes(PROVIDED)) throw invalid(key, values.join(','), expected)
  return { key, values }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DhcpConfiguration.html */
export const toConfigurations = (options: readonly DhcpOption[]): DhcpConfiguration[] =>
  options.map(({ key, values }) => ({ Key: key, Values: values.map(Value => ({ Value })) }))
