// Key pairs made in the browser by WebCrypto: the public key in OpenSSH's form, the private key as a file for ssh.

/** What can be made. */
export type KeyType = 'ed25519' | 'rsa'

export interface MadeKey {
  /** A line for authorized_keys, which ImportKeyPair takes as well. */
  readonly publicKey: string
  /** A PEM file; it is never sent anywhere. */
  readonly privateKey: string
}

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 4096,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
}

/** Makes a key pair. @param comment what stands behind the public key */
export async function makeKey(type: KeyType, comment: string): Promise<MadeKey> {
  return type === 'rsa' ? makeRsa(comment) : makeEd25519(comment)
}

async function makeRsa(comment: string): Promise<MadeKey> {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify'])
  const { e = '', n = '' } = await crypto.subtle.exportKey('jwk', publicKey)
  const blob = joined(field(bytes('ssh-rsa')), field(integer(url64(e))), field(integer(url64(n))))
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  return { publicKey: `ssh-rsa ${blob.toBase64()} ${comment}`, privateKey: pem('PRIVATE KEY', pkcs8, 64) }
}

/** OpenSSH does not read PKCS#8 for Ed25519: its private keys are in a form of its own. */
async function makeEd25519(comment: string): Promise<MadeKey> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('a pair has a private key')
  const { x = '', d = '' } = await crypto.subtle.exportKey('jwk', pair.privateKey)
  const [open, secret] = [url64(x), url64(d)]
  const blob = joined(field(bytes('ssh-ed25519')), field(open))
  return {
    publicKey: `ssh-ed25519 ${blob.toBase64()} ${comment}`,
    privateKey: pem('OPENSSH PRIVATE KEY', opensshKey(blob, open, secret, comment), 70),
  }
}

/** @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
function opensshKey(blob: Uint8Array, open: Uint8Array, secret: Uint8Array, comment: string): Uint8Array {
  const check = crypto.getRandomValues(new Uint8Array(4))
  const inside = joined(
    ...[check, check, field(bytes('ssh-ed25519')), field(open)],
    ...[field(joined(secret, open)), field(bytes(comment))],
  )
  const padding = Uint8Array.from({ length: (8 - (inside.length % 8)) % 8 }, (_, index) => index + 1)
  return joined(
    ...[bytes('openssh-key-v1\0'), field(bytes('none')), field(bytes('none')), field(bytes(''))],
    ...[number(1), field(blob), field(joined(inside, padding))],
  )
}

const bytes = (text: string) => new TextEncoder().encode(text)

const url64 = (text: string) => Uint8Array.fromBase64(text, { alphabet: 'base64url' })

const number = (value: number) => {
  const four = new Uint8Array(4)
  new DataView(four.buffer).setUint32(0, value)
  return four
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Bytes with their length before them. */
const field = (content: Uint8Array) => joined(number(content.length), content)

/** A positive number: one that begins with a bit set has a zero before it. */
const integer = (content: Uint8Array) => ((content[0] ?? 0) >= 0x80 ? joined(new Uint8Array(1), content) : content)

const pem = (label: string, content: Uint8Array, width: number) => {
  const lines = content.toBase64().match(new RegExp(`.{1,${width}}`, 'g')) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
