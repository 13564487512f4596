// How the text of a variable is read: a number, a word of a few, a host, and what is said of one that is none.
import { ConfigError, type VariableName, type Variables } from './names.ts'

/** Words with white space or commas between them. */
export const words = (text: string) => text.split(/[\s,]+/).filter(Boolean)

export function required(name: VariableName, value: string | undefined): string {
  if (!value) throw new ConfigError(name, 'is not set')
  return value
}

export function number(
  name: VariableName,
  value: string | undefined,
  { otherwise, least = 0 }: { otherwise: number; least?: number },
): number {
  if (!value) return otherwise
  if (!/^\d{1,9}$/.test(value)) throw new ConfigError(name, `must be a whole number, but is "${value}"`)
  if (Number(value) < least) throw new ConfigError(name, `must be ${least} or more, but is "${value}"`)
  return Number(value)
}

/** The number of an object of OpenNebula's, if the variable has one. */
export function optionalNumber(name: VariableName) {
  return ({ [name]: value }: Variables): number | undefined =>
    value ? number(name, value, { otherwise: 0 }) : undefined
}

export function flag(name: VariableName, value: string | undefined, otherwise: boolean): boolean {
  if (!value) return otherwise
  if (value !== 'true' && value !== 'false') {
    throw new ConfigError(name, `must be "true" or "false", but is "${value}"`)
  }
  return value === 'true'
}

/** One of a few words, the first where none is set. */
export function choice<Word extends string>(
  name: VariableName,
  value: string | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  const word = value ? words.find(each => each === value) : words[0]
  if (word !== undefined) return word
  throw new ConfigError(name, `must be ${words.map(each => `"${each}"`).join(' or ')}, but is "${value}"`)
}

export function webUrl(name: VariableName, value: string): string {
  const url = URL.parse(value)
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new ConfigError(name, 'must be an http(s) address')
  return value
}

export function hostName(name: VariableName, text: string): string {
  const url = URL.parse(`https://${text}`)
  const isHost = url !== null && url.href === `https://${url.host}/` && /^[^/@]+$/.test(text)
  if (!isHost) throw new ConfigError(name, `must be names of hosts, with their ports if any, but has "${text}"`)
  return text.toLowerCase()
}
