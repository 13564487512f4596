// Public keys: every accepted form of known keys, known fingerprints, and what is refused.
import { describe, expect, it } from 'vitest'
import { importPublicKey, readPublicKey } from '../../../src/ec2/key-pairs/public-key.ts'
import { concat, field, mpint } from '../../../src/ec2/key-pairs/wire.ts'
import { missing } from '../../../src/protocol/complaints.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'
import { dsa, ecdsa, ed25519, rsa, rsa1032, rsaOfLength } from './fixtures.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const imported = (material: string | Uint8Array) =>
  importPublicKey(typeof material === 'string' ? bytes(material) : material, 'my-key')
const pemBody = (pem: string) => pem.replaceAll(/-----.*-----|\n/g, '')
const blobIn = (line: string) => Uint8Array.fromBase64(line.split(' ')[1] ?? '')
const line = (name: string, blob: Uint8Array) => `${name} ${blob.toBase64()}`

const rsaKey = { type: 'rsa', publicKey: `${rsa.publicKey} my-key`, fingerprint: rsa.importedFingerprint }
const ed25519Key = { type: 'ed25519', publicKey: `${ed25519.publicKey} my-key`, fingerprint: ed25519.fingerprint }

describe('an RSA key is the same', () => {
  it.each([
    ['as an OpenSSH line', rsa.publicKey],
    ['with a comment', `${rsa.publicKey} somebody@example.com on his  laptop`],
    ['with a comment beyond ASCII', `${rsa.publicKey} Jürgen`],
    ['with blanks around and between', `\n  ${rsa.publicKey.replace(' ', ' \t ')}\t\r\n`],
    ['in RFC 4716', rsa.rfc4716],
    ['in RFC 4716 with Windows line breaks', rsa.rfc4716.replaceAll('\n', '\r\n')],
    ['in RFC 4716 without headers', rsa.rfc4716.replace(/Comment.*\n/, '')],
    [
      'in RFC 4716 with long headers',
      rsa.rfc4716.replace(/Comment.*\n/, 'Subject: me\nx-Comment: AAAA\\\nBBBB\\\nCCCC\n'),
    ],
    ['in PEM', rsa.spki],
    ['in PEM with Windows line breaks', rsa.spki.replaceAll('\n', '\r\n')],
    ['in PEM, PKCS #1', rsa.pkcs1],
    ['in DER', Uint8Array.fromBase64(pemBody(rsa.spki))],
    ['in DER in base64', pemBody(rsa.spki)],
    ['in DER in lines of base64', rsa.spki.replaceAll(/-----.*-----\n/g, '')],
  ])('%s', (_, material) => {
    expect(imported(material)).toEqual(rsaKey)
  })
})

describe('an ED25519 key is the same', () => {
  it.each([
    ['as an OpenSSH line', ed25519.publicKey],
    ['with a comment', `${ed25519.publicKey} me\n`],
    ['in RFC 4716', ed25519.rfc4716],
    ['in PEM', ed25519.spki],
    ['in DER in base64', pemBody(ed25519.spki)],
  ])('%s', (_, material) => {
    expect(imported(material)).toEqual(ed25519Key)
  })
})

describe('RSA keys of other lengths', () => {
  it.each(Object.entries(rsaOfLength))('%s bits are taken', (_, [publicKey, fingerprint]) => {
    expect(imported(publicKey)).toEqual({ type: 'rsa', publicKey: `${publicKey} my-key`, fingerprint })
  })

  it('1032 bits are refused', () => {
    expect(() => imported(rsa1032)).toThrow(
      new Ec2Error('InvalidKey.Format', 'Key length 1032 is not supported: RSA keys have 1024, 2048, 3072, 4096 bits'),
    )
  })

  it('1032 bits stay readable where they are kept already', () => {
    expect(readPublicKey(rsa1032, 'old')).toMatchObject({ type: 'rsa', publicKey: `${rsa1032} old` })
  })
})

const exponent = mpint(Uint8Array.of(1, 0, 1))
const rsaBlob = blobIn(rsa.publicKey)
const modulus = rsaBlob.slice(4 + 7 + 7 + 4 + 1)
const rsaLine = (...fields: Uint8Array[]) => line('ssh-rsa', concat([field('ssh-rsa'), ...fields]))

describe('what is no public key that EC2 takes', () => {
  it('takes the line that the refused ones are variations of', () => {
    expect(imported(rsaLine(exponent, mpint(modulus)))).toEqual(rsaKey)
  })

  it.each<[string, string | Uint8Array]>([
    ['DSA', dsa],
    ['ECDSA', ecdsa.publicKey],
    ['ECDSA in PEM', ecdsa.spki],
    ['rubbish', 'rubbish'],
    ['blanks', ' \n'],
    ['zeros', new Uint8Array(300)],
    ['a private key in PKCS #8', ed25519.pkcs8],
    ['an OpenSSH private key', ed25519.openSsh],
    ['a PuTTY key', ed25519.ppk],
    ['a line of base64 without its type', rsa.publicKey.slice(8)],
    ['a line encoded twice', bytes(rsa.publicKey).toBase64()],
    ['options in front', `no-pty ${rsa.publicKey}`],
    ['two keys', `${rsa.publicKey}\n${ed25519.publicKey}`],
    ['the other type in front', rsa.publicKey.replace('ssh-rsa', 'ssh-ed25519')],
    ['a type alone', 'ssh-rsa'],
    ['a line cut short', rsa.publicKey.slice(0, -4)],
    ['a field too many', rsaLine(exponent, mpint(modulus), field('x'))],
    ['a byte too many', line('ssh-rsa', concat([rsaBlob, Uint8Array.of(0)]))],
    ['no modulus', rsaLine(exponent)],
    ['no fields', line('ssh-rsa', new Uint8Array())],
    ['a negative modulus', rsaLine(exponent, field(modulus))],
    ['a number longer than need be', rsaLine(field(Uint8Array.of(0, 1, 0, 1)), mpint(modulus))],
    ['an exponent of 1', rsaLine(mpint(Uint8Array.of(1)), mpint(modulus))],
    ['an even exponent', rsaLine(mpint(Uint8Array.of(4)), mpint(modulus))],
    ['an ED25519 key of 31 bytes', line('ssh-ed25519', concat([field('ssh-ed25519'), field(new Uint8Array(31))]))],
    ['RFC 4716 without its end', rsa.rfc4716.replace(/---- END.*/, '')],
    ['PEM with the wrong label', rsa.spki.replaceAll('PUBLIC KEY', 'RSA PUBLIC KEY')],
    ['PEM with another at its end', rsa.spki + ed25519.spki],
    ['DER with a byte too many', concat([Uint8Array.fromBase64(pemBody(rsa.spki)), Uint8Array.of(0)])],
    ['DER cut short', Uint8Array.fromBase64(pemBody(rsa.spki)).slice(0, -1)],
  ])('%s', (_, material) => {
    expect(() => imported(material)).toThrow(
      new Ec2Error('InvalidKey.Format', 'Key is not in valid OpenSSH public key format'),
    )
  })

  it('is not repeated, since it may be a private key', () => {
    expect(() => imported(rsa.pem)).toThrow(/^(?!.*MII).*Length exceeds maximum of 2048\.$/s)
  })

  it('is missing when empty', () => {
    expect(() => imported('')).toThrow(missing('PublicKeyMaterial'))
  })

  it('may have 2048 characters in base64', () => {
    const padded = (length: number) => `${ed25519.publicKey} `.padEnd(length, 'x')
    expect(imported(padded(1536))).toEqual(ed25519Key)
    expect(() => imported(padded(1537))).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterValue',
        message: 'The value for parameter PublicKeyMaterial is invalid. Length exceeds maximum of 2048.',
      }),
    )
  })
})

/** What becomes of material that differs from a good one: the key, or the code of the error. */
function outcome(material: Uint8Array): string {
  try {
    return importPublicKey(material, 'my-key').publicKey
  } catch (error) {
    if (error instanceof Ec2Error) return error.code
    throw error
  }
}

describe.each([
  ['an ED25519 line', bytes(ed25519.publicKey), ed25519Key.publicKey],
  ['RSA in DER', Uint8Array.fromBase64(pemBody(rsa.spki)), rsaKey.publicKey],
])('%s with any one byte changed', (_, material, publicKey) => {
  it('is refused or another key, and never a failure', () => {
    const outcomes = Array.from(material, (byte, index) => outcome(material.with(index, byte ^ 1)))
    expect(outcome(material)).toBe(publicKey)
    expect(outcomes).not.toContain(publicKey)
    expect(outcomes).toContain('InvalidKey.Format')
  })
})

it('gives a name that could break a line or a template as a harmless comment', () => {
  const { publicKey } = importPublicKey(bytes(ed25519.publicKey), 'a"\\\nssh-rsa $USER')
  expect(publicKey).toBe(`${ed25519.publicKey} a___ssh-rsa _USER`)
})
