// New key pairs: known keys byte for byte, new ones by signing with one half and verifying with the other.
import { createPrivateKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { encodeKeyPair, generateKeyPair } from '../../../src/ec2/key-pairs/material.ts'
import { importPublicKey, type KeyType } from '../../../src/ec2/key-pairs/public-key.ts'
import { ed25519, rsa } from './fixtures.ts'

const types: readonly KeyType[] = ['rsa', 'ed25519']
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
const message = new TextEncoder().encode('signed by the private half')

/** A reader of the SSH wire format of its own, so that no error of the code under test hides in it. */
class Wire {
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  take(length: number): Uint8Array<ArrayBuffer> {
    if (this.#at + length > this.#view.byteLength) throw new RangeError('too short')
    const bytes = Uint8Array.from({ length }, (_, index) => this.#view.getUint8(this.#at + index))
    this.#at += length
    return bytes
  }

  field = () => this.take(new DataView(this.take(4).buffer).getUint32(0))
  text = () => new TextDecoder().decode(this.field())
  number = () => BigInt(`0x${this.field().toHex()}`)
  rest = () => this.take(this.#view.byteLength - this.#at)
}

const base64 = (text: string) => Uint8Array.fromBase64(text)

function jwkNumber(number: bigint): string {
  const hex = number.toString(16)
  return Uint8Array.fromHex(hex.padStart(hex.length + (hex.length % 2), '0')).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  })
}

/** Whether the public half, as an OpenSSH line, verifies what the private half signed. */
async function verifies(publicKey: string, signature: ArrayBuffer): Promise<boolean> {
  const [sshName = '', blob = ''] = publicKey.split(' ')
  const wire = new Wire(base64(blob))
  expect(wire.text()).toBe(sshName)
  if (sshName === 'ssh-ed25519') {
    const key = await crypto.subtle.importKey('raw', wire.field(), 'Ed25519', false, ['verify'])
    return crypto.subtle.verify('Ed25519', key, signature, message)
  }
  const [e, n] = [wire.number(), wire.number()]
  expect([e, n.toString(2).length]).toEqual([65537n, 2048])
  const jwk = { kty: 'RSA', e: jwkNumber(e), n: jwkNumber(n) }
  return crypto.subtle.verify(
    RSA,
    await crypto.subtle.importKey('jwk', jwk, RSA, false, ['verify']),
    signature,
    message,
  )
}

async function signedBySeed(seed: Uint8Array): Promise<ArrayBuffer> {
  const pkcs8 = Uint8Array.from([...Uint8Array.fromHex('302e020100300506032b657004220420'), ...seed])
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  return crypto.subtle.sign('Ed25519', key, message)
}

async function signedByPkcs1(pem: string): Promise<ArrayBuffer> {
  const pkcs8 = Uint8Array.from(createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }))
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, RSA, false, ['sign'])
  return crypto.subtle.sign(RSA, key, message)
}

/** An unencrypted file of OpenSSH, taken apart (PROTOCOL.key). */
function readOpenSsh(text: string) {
  const [, body = ''] =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\n(.*)\n-----END OPENSSH PRIVATE KEY-----\n$/s.exec(text) ?? []
  const wire = new Wire(base64(body))
  const magic = new TextDecoder().decode(wire.take(15))
  const [cipher, kdf, kdfOptions] = [wire.text(), wire.text(), wire.text()]
  const count = wire.take(4).toHex()
  const publicBlob = wire.field()
  const secret = wire.field()
  const end = wire.rest().length
  const inner = new Wire(secret)
  const checks = [inner.take(4).toHex(), inner.take(4).toHex()]
  const [type, publicKey, pair, comment] = [inner.text(), inner.field(), inner.field(), inner.text()]
  const padding = inner.rest().toHex()
  return {
    magic,
    cipher,
    kdf,
    kdfOptions,
    count,
    publicBlob,
    end,
    secret,
    checks,
    type,
    publicKey,
    pair,
    comment,
    padding,
  }
}

/** A file of PuTTY's, taken apart, with the MAC that it ought to have. */
async function readPpk(text: string) {
  const form =
    /^PuTTY-User-Key-File-2: (.+)\nEncryption: (.+)\nComment: (.*)\nPublic-Lines: (\d+)\n([^:]+)\nPrivate-Lines: (\d+)\n([^:]+)\nPrivate-MAC: (.+)\n$/
  const [
    ,
    type = '',
    encryption = '',
    comment = '',
    publicLines,
    publicText = '',
    privateLines,
    privateText = '',
    mac,
  ] = form.exec(text) ?? []
  expect([publicText.split('\n').length, privateText.split('\n').length]).toEqual([
    Number(publicLines),
    Number(privateLines),
  ])
  const [publicBlob, privateBlob] = [base64(publicText), base64(privateText)]
  const secret = await crypto.subtle.digest('SHA-1', new TextEncoder().encode('putty-private-key-file-mac-key'))
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-1' }, false, ['sign'])
  const parts = [...[type, encryption, comment].map(part => new TextEncoder().encode(part)), publicBlob, privateBlob]
  const covered = parts.flatMap(part => [0, 0, part.length >> 8, part.length & 255, ...part])
  const expectedMac = new Uint8Array(await crypto.subtle.sign('HMAC', key, Uint8Array.from(covered))).toHex()
  return { type, encryption, comment, publicBlob, privateBlob, mac, expectedMac }
}

describe('a known RSA key', () => {
  const privateKey = createPrivateKey(rsa.pem)

  it('is written in PEM as OpenSSL writes it', () => {
    expect(encodeKeyPair(privateKey, 'pem', 'my-key')).toEqual({
      type: 'rsa',
      material: rsa.pem,
      publicKey: `${rsa.publicKey} my-key`,
      fingerprint: rsa.createdFingerprint,
    })
  })

  it('is written in PPK as PuTTY writes it', () => {
    expect(encodeKeyPair(privateKey, 'ppk', 'my-key')).toEqual({
      type: 'rsa',
      material: rsa.ppk,
      publicKey: `${rsa.publicKey} my-key`,
      fingerprint: rsa.createdFingerprint,
    })
  })
})

describe('a known ED25519 key', () => {
  const privateKey = createPrivateKey(ed25519.pkcs8)

  it('is written in PEM as OpenSSH writes it, but for the random check number', () => {
    const { material, ...shown } = encodeKeyPair(privateKey, 'pem', 'my-key')
    expect(shown).toEqual({
      type: 'ed25519',
      publicKey: `${ed25519.publicKey} my-key`,
      fingerprint: ed25519.fingerprint,
    })
    const { checks, secret, ...ours } = readOpenSsh(material)
    const { checks: _, secret: theirSecret, ...theirs } = readOpenSsh(ed25519.openSsh)
    expect(ours).toEqual(theirs)
    expect(secret.slice(8)).toEqual(theirSecret.slice(8))
    expect(checks[0]).toBe(checks[1])
    expect(material.split('\n').map(line => line.length)).toEqual(ed25519.openSsh.split('\n').map(line => line.length))
  })

  it('is written in PPK as PuTTY writes it', () => {
    expect(encodeKeyPair(privateKey, 'ppk', 'my-key').material).toBe(ed25519.ppk)
  })

  it.each(['', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'abcdefg'])(
    'is padded to blocks with the name %j',
    name => {
      const { secret, padding, comment } = readOpenSsh(encodeKeyPair(privateKey, 'pem', name).material)
      expect(secret.length % 8).toBe(0)
      expect('01020304050607').toMatch(new RegExp(`^${padding}`))
      expect(comment).toBe(name)
    },
  )
})

describe('a new RSA key', () => {
  it('signs what its public half verifies, in PEM', async () => {
    const { material, publicKey, type } = generateKeyPair('rsa', 'pem', 'k')
    expect(type).toBe('rsa')
    expect(material).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/)
    expect(await verifies(publicKey, await signedByPkcs1(material))).toBe(true)
    expect(await verifies(rsa.publicKey, await signedByPkcs1(material))).toBe(false)
  })

  it('signs what its public half verifies, in PPK', async () => {
    const { material, publicKey } = generateKeyPair('rsa', 'ppk', 'k')
    const file = await readPpk(material)
    expect(file).toMatchObject({ type: 'ssh-rsa', encryption: 'none', comment: 'k', mac: file.expectedMac })
    const [open, hidden] = [new Wire(file.publicBlob), new Wire(file.privateBlob)]
    const [, e, n] = [open.text(), open.number(), open.number()]
    const [d, p, q, qi] = [hidden.number(), hidden.number(), hidden.number(), hidden.number()]
    expect([p * q, (qi * q) % p, hidden.rest().length]).toEqual([n, 1n, 0])
    const numbers = { n, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi }
    const jwk = Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, jwkNumber(number)]))
    const key = await crypto.subtle.importKey('jwk', { kty: 'RSA', ...jwk }, RSA, false, ['sign'])
    expect(await verifies(publicKey, await crypto.subtle.sign(RSA, key, message))).toBe(true)
  })

  it('has the SHA-1 of its private half as fingerprint, not what importing the public half gives', async () => {
    const { material, publicKey, fingerprint } = generateKeyPair('rsa', 'pem', 'k')
    const pkcs8 = Uint8Array.from(createPrivateKey(material).export({ format: 'der', type: 'pkcs8' }))
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', pkcs8))
    expect(fingerprint.replaceAll(':', '')).toBe(digest.toHex())
    expect(fingerprint).toMatch(/^([0-9a-f]{2}:){19}[0-9a-f]{2}$/)
    const imported = importPublicKey(new TextEncoder().encode(publicKey), 'k')
    expect(imported.publicKey).toBe(publicKey)
    expect(imported.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/)
  })
})

describe('a new ED25519 key', () => {
  it('signs what its public half verifies, in PEM', async () => {
    const { material, publicKey, type } = generateKeyPair('ed25519', 'pem', 'k')
    expect(type).toBe('ed25519')
    const file = readOpenSsh(material)
    const blob = base64(publicKey.split(' ')[1] ?? '')
    expect(file.publicBlob).toEqual(blob)
    expect(file.pair.slice(32)).toEqual(file.publicKey)
    expect(await verifies(publicKey, await signedBySeed(file.pair.slice(0, 32)))).toBe(true)
    expect(await verifies(ed25519.publicKey, await signedBySeed(file.pair.slice(0, 32)))).toBe(false)
  })

  it('signs what its public half verifies, in PPK', async () => {
    const { material, publicKey } = generateKeyPair('ed25519', 'ppk', 'k')
    const file = await readPpk(material)
    expect(file).toMatchObject({ type: 'ssh-ed25519', encryption: 'none', comment: 'k', mac: file.expectedMac })
    const seed = new Wire(file.privateBlob).field()
    expect(await verifies(publicKey, await signedBySeed(seed))).toBe(true)
  })

  it('has the fingerprint that importing its public half gives', () => {
    const { material: _, ...shown } = generateKeyPair('ed25519', 'pem', 'k')
    expect(importPublicKey(new TextEncoder().encode(shown.publicKey), 'k')).toEqual(shown)
    expect(shown.fingerprint).toMatch(/^[A-Za-z0-9+/]{43}=$/)
  })
})

describe.each(types)('%s', type => {
  it('is another key every time', () => {
    const [one, other] = [generateKeyPair(type, 'pem', 'k'), generateKeyPair(type, 'pem', 'k')]
    expect(one.publicKey).not.toBe(other.publicKey)
    expect(one.fingerprint).not.toBe(other.fingerprint)
    expect(one.material).not.toBe(other.material)
  })

  it('keeps a name that means something to PuTTY’s format out of it', async () => {
    const { material, publicKey } = generateKeyPair(type, 'ppk', 'k\nPublic-Lines: 0\n"$\\')
    const { comment, mac, expectedMac } = await readPpk(material)
    expect(comment).toBe('k_Public-Lines: 0____')
    expect(mac).toBe(expectedMac)
    expect(publicKey.split(' ').slice(2).join(' ')).toBe(comment)
  })
})
