// Public keys: every form that ImportKeyPair accepts, the OpenSSH line they are kept as, and AWS's fingerprints.
import { createHash, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'
import { limits } from '../../limits.ts'
import { missing, tooLong } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { commentFor } from './name.ts'
import { pem } from './text.ts'
import { concat, field, fieldsOf, mpint } from './wire.ts'

/** EC2's `KeyType`. */
export type KeyType = 'rsa' | 'ed25519'

/** A public key as EC2 shows it. */
export interface PublicKey {
  readonly type: KeyType
  /** One OpenSSH line, `ssh-rsa AAAA… name`, without a line break; nothing in it needs escaping in a template. */
  readonly publicKey: string
  readonly fingerprint: string
}

/** The names of the key types in the SSH protocol. */
export const SSH_NAME: Readonly<Record<KeyType, string>> = { rsa: 'ssh-rsa', ed25519: 'ssh-ed25519' }

/** AWS documents 1024, 2048 and 4096; it takes 3072, the length that ssh-keygen makes unasked, as well. */
const RSA_LENGTHS: readonly (number | undefined)[] = [1024, 2048, 3072, 4096]
/** AWS's limit, which is on the base64 that the caller sends. */
const LONGEST_MATERIAL = limits.keyMaterial.most

const PEM_LABEL = { spki: 'PUBLIC KEY', pkcs1: 'RSA PUBLIC KEY' } as const
const BASE64URL = { alphabet: 'base64url' } as const

/**
 * Reads the `PublicKeyMaterial` of ImportKeyPair: an OpenSSH line, RFC 4716, PEM, or DER, bare or in base64.
 *
 * The key type decides the fingerprint: for RSA the MD5 of the DER SubjectPublicKeyInfo, in hexadecimal with colons;
 * for ED25519 the SHA-256 of the SSH blob, in padded base64. The material's own comment gives way to the name.
 * @param material what the caller's base64 decodes to
 * @throws Ec2Error MissingParameter (empty), InvalidParameterValue (too long), InvalidKey.Format. Material is never
 *   repeated in a message: it may be a private key, sent by mistake.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
 */
export function importPublicKey(material: Uint8Array, name: string): PublicKey {
  if (material.length === 0) throw missing('PublicKeyMaterial')
  if (Math.ceil(material.length / 3) * 4 > LONGEST_MATERIAL) {
    throw tooLong('PublicKeyMaterial', undefined, LONGEST_MATERIAL)
  }
  const key = keyFromMaterial(material)
  if (key === undefined) throw invalidFormat('Key is not in valid OpenSSH public key format')
  checkLength(key)
  return describePublicKey(key, name)
}

/** What EC2 shows of an OpenSSH line that is kept already, whatever its length; `undefined` when it is none. */
export function readPublicKey(line: string, name: string): PublicKey | undefined {
  const key = keyFromLine(line)
  return key && describePublicKey(key, name)
}

/** What EC2 shows of an imported public key. */
export function describePublicKey(key: KeyObject, name: string): PublicKey {
  const type = typeOf(key)
  if (type === undefined) throw new TypeError(`no EC2 key type: ${key.asymmetricKeyType}`)
  const blob = blobOf(key)
  return {
    type,
    publicKey: `${SSH_NAME[type]} ${blob.toBase64()} ${commentFor(name)}`,
    fingerprint: type === 'rsa' ? fingerprint('md5', spki(key)) : createHash('sha256').update(blob).digest('base64'),
  }
}

/** A digest as EC2 shows those of RSA keys: `3f:a1:…`. */
export function fingerprint(algorithm: 'md5' | 'sha1', bytes: Uint8Array): string {
  return createHash(algorithm)
    .update(bytes)
    .digest('hex')
    .replace(/..(?=.)/g, '$&:')
}

/** A public key in the SSH wire format: what stands in base64 in an OpenSSH line. */
export function blobOf(key: KeyObject): Uint8Array {
  const jwk = key.export({ format: 'jwk' })
  if (jwk.kty === 'RSA') {
    return concat([field(SSH_NAME.rsa), mpint(component(jwk, 'e')), mpint(component(jwk, 'n'))])
  }
  return concat([field(SSH_NAME.ed25519), field(component(jwk, 'x'))])
}

/** One member of a key (RFC 7518 and 8037) as bytes; numbers are big-endian, without leading zeros. */
export function component(jwk: JsonWebKey, name: 'd' | 'e' | 'n' | 'p' | 'q' | 'qi' | 'x'): Uint8Array {
  const value = jwk[name]
  if (value === undefined) throw new TypeError(`a key without ${name}`)
  return Uint8Array.fromBase64(value, BASE64URL)
}

function keyFromMaterial(material: Uint8Array): KeyObject | undefined {
  const text = latin1(material).replaceAll(/\r\n?/g, '\n').trim()
  if (text.startsWith('ssh-')) return keyFromLine(text)
  const ssh2 = between(text, '---- BEGIN SSH2 PUBLIC KEY ----', '---- END SSH2 PUBLIC KEY ----')
  if (ssh2 !== undefined) return keyFromBlob(fromBase64(withoutHeaders(ssh2)))
  for (const type of ['spki', 'pkcs1'] as const) {
    const body = between(text, `-----BEGIN ${PEM_LABEL[type]}-----`, `-----END ${PEM_LABEL[type]}-----`)
    if (body !== undefined) return keyFromDer(fromBase64(body), type)
  }
  return keyFromDer(fromBase64(text) ?? material, 'spki')
}

/** What stands between two lines, if these are the first and the last. */
function between(text: string, first: string, last: string): string | undefined {
  const whole = text.startsWith(`${first}\n`) && text.endsWith(`\n${last}`)
  return whole ? text.slice(first.length, -last.length) : undefined
}

/** The body of an RFC 4716 file, whose headers (`Tag: value`) go on in the next line after a backslash. */
const withoutHeaders = (body: string) => body.replaceAll(/^[^:\n]+:(?:[^\n]*\\\n)*[^\n]*$/gm, '')

/** A line of an authorized_keys file without options; a second line, as of another key, makes it none. */
function keyFromLine(line: string): KeyObject | undefined {
  const [, sshName, base64 = ''] = /^(\S+)[ \t]+(\S+)(?:[ \t].*)?$/.exec(line) ?? []
  const key = keyFromBlob(fromBase64(base64))
  const type = key && typeOf(key)
  return type !== undefined && SSH_NAME[type] === sshName ? key : undefined
}

/**
 * Only the one canonical encoding is taken: what the key is written as again must be what was read.
 * By way of DER, since Node looks at an exponent or a modulus there, and in a JWK takes whatever it is given.
 */
function keyFromBlob(blob: Uint8Array | undefined): KeyObject | undefined {
  const [sshName, ...numbers] = (blob && fieldsOf(blob)) ?? []
  const jwk = jwkOf(sshName && latin1(sshName), numbers)
  const der = jwk && attempt(() => spki(createPublicKey({ key: jwk, format: 'jwk' })))
  const key = keyFromDer(der, 'spki')
  return key && blob && equal(blob, blobOf(key)) ? key : undefined
}

function jwkOf(sshName: string | undefined, numbers: readonly Uint8Array[]): JsonWebKey | undefined {
  const [first = '', second = ''] = numbers.map(number => number.toBase64({ ...BASE64URL, omitPadding: true }))
  if (sshName === SSH_NAME.rsa) return { kty: 'RSA', e: first, n: second }
  if (sshName === SSH_NAME.ed25519) return { kty: 'OKP', crv: 'Ed25519', x: first }
  return undefined
}

/** What Node is given is made PEM again: its label says that no certificate or private key will do. */
function keyFromDer(der: Uint8Array | undefined, type: keyof typeof PEM_LABEL): KeyObject | undefined {
  const key = der && attempt(() => createPublicKey(pem(PEM_LABEL[type], der)))
  return key && typeOf(key) && equal(der, key.export({ format: 'der', type })) ? key : undefined
}

function checkLength(key: KeyObject): void {
  const length = key.asymmetricKeyDetails?.modulusLength
  if (typeOf(key) === 'rsa' && !RSA_LENGTHS.includes(length)) {
    throw invalidFormat(`Key length ${length} is not supported: RSA keys have ${RSA_LENGTHS.join(', ')} bits`)
  }
}

function typeOf(key: KeyObject): KeyType | undefined {
  const type = key.asymmetricKeyType
  return type === 'rsa' || type === 'ed25519' ? type : undefined
}

const spki = (key: KeyObject): Uint8Array => key.export({ format: 'der', type: 'spki' })

const fromBase64 = (text: string) => attempt((): Uint8Array => Uint8Array.fromBase64(text))

const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes)

const equal = (one: Uint8Array, other: Uint8Array) => one.toHex() === other.toHex()

/** The outcome, or `undefined` where the input is not of the form that was tried. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

const invalidFormat = (message: string) => new Ec2Error('InvalidKey.Format', message)
