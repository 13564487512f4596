// New key pairs, and their private keys in the forms that CreateKeyPair answers: PEM and PuTTY's PPK.
import { createHash, createHmac, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { commentFor } from './name.ts'
import {
  blobOf,
  component,
  describePublicKey,
  fingerprint,
  type KeyType,
  type PublicKey,
  SSH_NAME,
} from './public-key.ts'
import { asText, base64Lines, pem } from './text.ts'
import { concat, field, mpint } from './wire.ts'

/** EC2's `KeyFormat`. */
export type KeyFormat = 'pem' | 'ppk'

/** A key pair of which the caller gets the private half, once. */
export interface GeneratedKeyPair extends PublicKey {
  /** The private key, unencrypted. It is never stored. */
  readonly material: string
}

const RSA_BITS = 2048

/**
 * Makes a key pair: RSA of 2048 bits, or ED25519.
 *
 * RSA takes some 0.1 s of CPU, more than the free plan gives a request outside a Durable Object.
 * @param name the key pair's name, which becomes the comment of both halves
 */
export function generateKeyPair(type: KeyType, format: KeyFormat, name: string): GeneratedKeyPair {
  return encodeKeyPair(newPrivateKey[type](), format, name)
}

const newPrivateKey: Readonly<Record<KeyType, () => KeyObject>> = {
  rsa: () => generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey,
  ed25519: () => generateKeyPairSync('ed25519').privateKey,
}

/**
 * A private key as CreateKeyPair answers it.
 *
 * Its fingerprint, for RSA, is not the one that importing the public half would give: AWS takes the SHA-1 of the
 * private key in DER (PKCS #8), in hexadecimal with colons.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
 */
export function encodeKeyPair(privateKey: KeyObject, format: KeyFormat, name: string): GeneratedKeyPair {
  const imported = describePublicKey(createPublicKey(privateKey), name)
  const { type } = imported
  return {
    ...imported,
    fingerprint: type === 'rsa' ? fingerprint('sha1', pkcs8(privateKey)) : imported.fingerprint,
    material: (format === 'ppk' ? ppk : asPem[type])(privateKey, commentFor(name), type),
  }
}

const pkcs8 = (key: KeyObject): Uint8Array => key.export({ format: 'der', type: 'pkcs8' })

/** Every form ends with a line break: OpenSSH refuses its own format without it. */
const asPem: Readonly<Record<KeyType, (privateKey: KeyObject, comment: string) => string>> = {
  rsa: privateKey => privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
  ed25519: openSsh,
}

/** @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function openSsh(privateKey: KeyObject, comment: string): string {
  const jwk = privateKey.export({ format: 'jwk' })
  const publicBlob = blobOf(createPublicKey(privateKey))
  const check = randomBytes(4)
  const pair = field(concat([component(jwk, 'd'), component(jwk, 'x')]))
  const secret = padded(concat([check, check, publicBlob, pair, field(comment)]))
  const numberOfKeys = Uint8Array.of(0, 0, 0, 1)
  const unencrypted = [field('none'), field('none'), field('')]
  const file = [
    new TextEncoder().encode('openssh-key-v1\0'),
    ...unencrypted,
    numberOfKeys,
    field(publicBlob),
    field(secret),
  ]
  return pem('OPENSSH PRIVATE KEY', concat(file), 70)
}

/** Filled up to blocks of eight bytes with 1, 2, 3… */
function padded(bytes: Uint8Array): Uint8Array {
  const missing = -bytes.length & 7
  return concat([bytes, Uint8Array.from({ length: missing }, (_, index) => index + 1)])
}

/**
 * PuTTY's format in version 2, which every PuTTY since 2002 reads; version 3 differs, unencrypted, in the MAC alone.
 * @see https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html
 */
function ppk(privateKey: KeyObject, comment: string, type: KeyType): string {
  const [algorithm, encryption] = [SSH_NAME[type], 'none']
  const publicBlob = blobOf(createPublicKey(privateKey))
  const privateBlob = ppkPrivateBlob(privateKey, type)
  const key = createHash('sha1').update('putty-private-key-file-mac-key').digest()
  const protectedParts = [algorithm, encryption, comment, publicBlob, privateBlob].map(field)
  const mac = createHmac('sha1', key).update(concat(protectedParts)).digest('hex')
  const publicLines = base64Lines(publicBlob, 64)
  const privateLines = base64Lines(privateBlob, 64)
  return asText([
    `PuTTY-User-Key-File-2: ${algorithm}`,
    `Encryption: ${encryption}`,
    `Comment: ${comment}`,
    `Public-Lines: ${publicLines.length}`,
    ...publicLines,
    `Private-Lines: ${privateLines.length}`,
    ...privateLines,
    `Private-MAC: ${mac}`,
  ])
}

/** What the public half does not say already. */
function ppkPrivateBlob(privateKey: KeyObject, type: KeyType): Uint8Array {
  const jwk = privateKey.export({ format: 'jwk' })
  if (type === 'ed25519') return field(component(jwk, 'd'))
  const numbers = (['d', 'p', 'q', 'qi'] as const).map(name => mpint(component(jwk, name)))
  return concat(numbers)
}
