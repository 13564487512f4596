// A user's key pairs as OpenNebula keeps them: the attribute EC2_KEYPAIRS of the user, in econe's form with additions.
import { createHash } from 'node:crypto'
import { excerpt } from '../../lib/excerpt.ts'
import { isJsonObject, type JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import { tagsOf } from '../core/stored-tags.ts'
import { type Tags, tagItems } from '../core/tags.ts'
import { type KeyType, type PublicKey, readPublicKey } from './public-key.ts'

/** A key pair. The private half is nowhere but with the caller. */
export interface KeyPair {
  readonly name: string
  /** `key-` and 17 hexadecimal digits. */
  readonly id: string
  readonly type: KeyType
  /** One OpenSSH line. */
  readonly publicKey: string
  /** AWS's fingerprint for the way the pair came: made or imported. */
  readonly fingerprint: string
  /** When it was made or imported; unknown of those made by econe. */
  readonly created: Date | undefined
  readonly tags: Tags
}

/** A new key pair of a key. */
export const keyPairOf = (
  { type, publicKey, fingerprint }: PublicKey,
  named: Pick<KeyPair, 'id' | 'name' | 'tags'>,
  { now }: Pick<Context, 'now'>,
): KeyPair => ({ ...named, type, publicKey, fingerprint, created: new Date(now()) })

/** A key pair in the form of EC2's answers, as far as all of them say it. */
export const toKeyPair = ({ name, id, fingerprint, tags }: KeyPair) => ({
  KeyName: name,
  KeyPairId: id,
  KeyFingerprint: fingerprint,
  Tags: tagItems(tags),
})

/**
 * An EC2_KEYPAIRS that cannot be read. Thrown instead of reading what can be, since writing that back would delete the
 * rest. It needs no translation: the caller is told, as IncorrectState with status 400, what to do.
 */
export class CorruptKeyPairs extends Ec2Error {
  /** @param flaw what is wrong, in words that end the sentence "cannot be read: …" */
  constructor(flaw: string) {
    super(
      'IncorrectState',
      `The attribute EC2_KEYPAIRS of your OpenNebula user cannot be read: ${flaw}. ` +
        'Repair or remove it in OpenNebula; no key pair was changed.',
    )
  }
}

/**
 * Reads the attribute: base64 of a JSON object, name → entry.
 *
 * econe wrote `{fingerprint, public_key}` in an entry; ours has `id`, `type`, `created` and `tags` besides. econe's
 * fingerprint is nothing that AWS would show, so for its entries the one of an imported key takes its place, and their
 * id follows from the name.
 * @param attribute the value in the user's template; absent or empty means no key pairs
 * @returns name → key pair. A Map, since a name may be `__proto__`
 * @throws CorruptKeyPairs
 */
export function readKeyPairs(attribute: string | undefined): Map<string, KeyPair> {
  if (!attribute?.trim()) return new Map()
  const entries = Object.entries(checkedObject(decode(attribute), 'it holds no JSON object'))
  return new Map(entries.map(([name, entry]) => [name, readEntry(name, entry)]))
}

/**
 * The value of the attribute once key pairs have changed. They never become more, or longer, than can be read again;
 * those that are too many already may become fewer.
 * @param before as they were read
 * @throws Ec2Error KeyPairLimitExceeded
 */
export function changedKeyPairs(pairs: ReadonlyMap<string, KeyPair>, before: ReadonlyMap<string, KeyPair>): string {
  const { keyPairs, keyPairBytes } = limits
  if (pairs.size > Math.max(keyPairs.most, before.size)) throw tooMany(`${keyPairs.most} key pairs`)
  const attribute = writeKeyPairs(pairs)
  if (attribute.length > keyPairBytes.most && attribute.length > writeKeyPairs(before).length) {
    throw tooMany(`${keyPairBytes.most} bytes of key pairs and their tags`)
  }
  return attribute
}

const tooMany = (most: string) =>
  new Ec2Error('KeyPairLimitExceeded', `The account cannot have more than ${most}. Delete some that are not used.`)

/**
 * The value of the attribute for these key pairs, which econe still understands. Base64's letters, digits, `+`, `/` and
 * `=` need no escaping in a quoted template value.
 */
export function writeKeyPairs(pairs: ReadonlyMap<string, KeyPair>): string {
  const entries = [...pairs.values()].map(({ name, publicKey, fingerprint, id, type, created, tags }) => [
    name,
    { fingerprint, public_key: publicKey, id, type, created, tags: Object.fromEntries(tags) },
  ])
  return new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries))).toBase64()
}

function decode(attribute: string): unknown {
  try {
    const bytes = Uint8Array.fromBase64(attribute)
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes))
  } catch {
    throw new CorruptKeyPairs('it is not JSON in base64')
  }
}

function readEntry(name: string, entry: unknown): KeyPair {
  const fields = checkedObject(entry, `the entry '${excerpt(name)}' is no JSON object`)
  return 'id' in fields ? readOwnEntry(name, fields) : readEconeEntry(name, fields)
}

function readOwnEntry(name: string, entry: JsonObject): KeyPair {
  const flawed = (field: string) => new CorruptKeyPairs(`the entry '${excerpt(name)}' has no usable ${field}`)
  const text = (field: string, form: RegExp): string => {
    const value = entry[field]
    if (typeof value !== 'string' || !form.test(value)) throw flawed(field)
    return value
  }
  const { type, created } = entry
  if (type !== 'rsa' && type !== 'ed25519') throw flawed('type')
  const date = created === undefined ? undefined : new Date(text('created', /^\d{4}-\d\d-\d\dT[\d:.]+Z$/))
  if (Number.isNaN(date?.getTime())) throw flawed('created')
  const tags = Object.entries(checkedObject(entry['tags'], `the entry '${excerpt(name)}' has no usable tags`))
  if (!tags.every(isTag)) throw flawed('tags')
  return {
    name,
    id: text('id', /^key-[0-9a-f]{17}$/),
    type,
    publicKey: text('public_key', /^ssh-(rsa|ed25519) [A-Za-z0-9+/]+={0,2} [A-Za-z0-9 ._@:+/=,()-]*$/),
    fingerprint: text('fingerprint', /^[A-Za-z0-9+/=:]+$/),
    created: date,
    tags: tagsOf(tags),
  }
}

const isTag = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string'

function readEconeEntry(name: string, { public_key: line }: JsonObject): KeyPair {
  // The comment, econe's copy of the name, may be any text.
  const withoutComment = typeof line === 'string' ? line.split(' ', 2).join(' ') : ''
  const key = readPublicKey(withoutComment, name)
  if (key === undefined) throw new CorruptKeyPairs(`the entry '${excerpt(name)}' has no usable public_key`)
  return { name, id: idFromName(name), ...key, created: undefined, tags: new Map() }
}

function idFromName(name: string): string {
  return `key-${createHash('sha256').update(`econe key pair ${name}`).digest('hex').slice(0, 17)}`
}

function checkedObject(value: unknown, flaw: string): JsonObject {
  if (!isJsonObject(value)) throw new CorruptKeyPairs(flaw)
  return value
}
