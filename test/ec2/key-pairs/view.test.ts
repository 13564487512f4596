// EC2_KEYPAIRS: econe’s entries, ours, both together, and attributes that cannot be read.
import { describe, expect, it } from 'vitest'
import {
  CorruptKeyPairs,
  changedKeyPairs,
  type KeyPair,
  readKeyPairs,
  writeKeyPairs,
} from '../../../src/ec2/key-pairs/view.ts'
import { limits } from '../../../src/limits.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'
import { econe, ed25519, rsa } from './fixtures.ts'

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).toBase64()
/** As econe's Ruby read it: base64 with or without line breaks, then JSON. */
const asEconeReads = (attribute: string) =>
  new Response(Uint8Array.fromBase64(attribute)).json<Record<string, unknown>>()

const created: KeyPair = {
  name: 'made',
  id: 'key-0123456789abcdef0',
  type: 'rsa',
  publicKey: `${rsa.publicKey} made`,
  fingerprint: rsa.createdFingerprint,
  created: new Date('2026-11-23T10:20:30.456Z'),
  tags: new Map([
    ['Name', 'Schlüssel 🔑'],
    ['__proto__', '"]\\\n'],
  ]),
}
const imported: KeyPair = {
  name: '__proto__',
  id: 'key-fedcba98765432100',
  type: 'ed25519',
  publicKey: `${ed25519.publicKey} __proto__`,
  fingerprint: ed25519.fingerprint,
  created: new Date(0),
  tags: new Map(),
}
const both = new Map([created, imported].map(pair => [pair.name, pair]))

const econePair: KeyPair = {
  name: 'old "key"',
  // sha256sum of `econe key pair old "key"`
  id: 'key-d1bc66bec0b71ffd6',
  type: 'rsa',
  publicKey: `${rsa.publicKey} old _key_`,
  fingerprint: rsa.importedFingerprint,
  created: undefined,
  tags: new Map(),
}

describe('no key pairs', () => {
  it.each([undefined, '', ' \n', 'e30=', 'e30=\n', encode({})])('are what %j holds', attribute => {
    expect(readKeyPairs(attribute)).toEqual(new Map())
  })

  it('are written as what econe wrote for none', () => {
    expect(writeKeyPairs(new Map())).toBe('e30=')
  })
})

describe('key pairs of econe', () => {
  it('are shown as AWS shows imported ones', () => {
    expect(readKeyPairs(econe)).toEqual(new Map([[econePair.name, econePair]]))
  })

  it('are read whatever became of the line breaks', () => {
    expect(readKeyPairs(econe.replaceAll('\n', ''))).toEqual(readKeyPairs(econe))
    expect(readKeyPairs(econe.replaceAll('\n', ' '))).toEqual(readKeyPairs(econe))
  })

  it('have an id that follows from the name alone', () => {
    const pairs = readKeyPairs(
      encode({ one: { public_key: rsa.publicKey }, two: { public_key: rsa.publicKey, fingerprint: 'x' } }),
    )
    const again = readKeyPairs(encode({ one: { public_key: ed25519.publicKey } }))
    expect(pairs.get('one')?.id).toMatch(/^key-[0-9a-f]{17}$/)
    expect(pairs.get('one')?.id).not.toBe(pairs.get('two')?.id)
    expect(again.get('one')?.id).toBe(pairs.get('one')?.id)
  })

  it('keep the id, and get the right fingerprint for econe too, once they are written', async () => {
    const attribute = writeKeyPairs(readKeyPairs(econe))
    expect(readKeyPairs(attribute)).toEqual(readKeyPairs(econe))
    expect((await asEconeReads(attribute))[econePair.name]).toMatchObject({
      fingerprint: rsa.importedFingerprint,
      public_key: econePair.publicKey,
    })
  })

  it('may have any text as comment', () => {
    const attribute = encode({ 'a\nb': { public_key: `${ed25519.publicKey} a\nb`, fingerprint: 'x' } })
    expect(readKeyPairs(attribute).get('a\nb')?.publicKey).toBe(`${ed25519.publicKey} a_b`)
  })
})

describe('key pairs of ours', () => {
  it('come back as they were', () => {
    expect(readKeyPairs(writeKeyPairs(both))).toEqual(both)
  })

  it('come back without a date and with names that objects use themselves', () => {
    const names = ['constructor', 'toString', '10', '9', 'ключ', '"', '\\', 'x'.repeat(255)]
    const pairs = new Map(names.map(name => [name, { ...imported, name, created: undefined }]))
    expect(readKeyPairs(writeKeyPairs(pairs))).toEqual(pairs)
  })

  it('are written in letters that need no quoting', () => {
    expect(writeKeyPairs(both)).toMatch(/^[A-Za-z0-9+/]+=*$/)
  })

  it('are understood by econe', async () => {
    expect((await asEconeReads(writeKeyPairs(both)))['made']).toMatchObject({
      fingerprint: rsa.createdFingerprint,
      public_key: `${rsa.publicKey} made`,
    })
  })

  it('survive econe’s adding and removing others', async () => {
    const { made } = await asEconeReads(writeKeyPairs(both))
    const pairs = readKeyPairs(encode({ made, added: { fingerprint: 'x', public_key: `${rsa.publicKey} added` } }))
    expect([...pairs.keys()]).toEqual(['made', 'added'])
    expect(pairs.get('made')).toEqual(created)
  })

  it('are econe’s when econe made them anew under the same name', () => {
    const pairs = readKeyPairs(encode({ made: { fingerprint: 'x', public_key: `${ed25519.publicKey} made` } }))
    expect(pairs.get('made')).toMatchObject({ type: 'ed25519', fingerprint: ed25519.fingerprint, created: undefined })
  })

  it('are the same whichever is read first: tags of one are not those of another', () => {
    const pairs = readKeyPairs(writeKeyPairs(both))
    expect(pairs.get('__proto__')?.tags.size).toBe(0)
    expect(pairs.get('made')?.tags.get('__proto__')).toBe('"]\\\n')
  })
})

const own = {
  id: created.id,
  type: 'rsa',
  public_key: created.publicKey,
  fingerprint: created.fingerprint,
  created: '2026-11-23T10:20:30.456Z',
  tags: {},
}
const goodEntry = { good: { public_key: ed25519.publicKey, fingerprint: 'x' } }

describe('an attribute that cannot be read', () => {
  it('is not the entry that the bad ones are variations of', () => {
    expect([...readKeyPairs(encode({ ...goodEntry, bad: own })).keys()]).toEqual(['good', 'bad'])
  })

  it.each([
    ['no base64', '{"a":{}}', 'it is not JSON in base64'],
    ['cut short', econe.slice(0, 400), 'it is not JSON in base64'],
    ['no UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x7b, 0x7d, 0x7d).toBase64(), 'it is not JSON in base64'],
    ['a list', encode([goodEntry]), 'it holds no JSON object'],
    ['null', encode(null), 'it holds no JSON object'],
    ['an entry that is text', encode({ ...goodEntry, bad: 'x' }), "the entry 'bad' is no JSON object"],
    ['an entry that is null', encode({ ...goodEntry, bad: null }), "the entry 'bad' is no JSON object"],
    ['an entry without key', encode({ ...goodEntry, bad: {} }), "the entry 'bad' has no usable public_key"],
    ['a key that is none', encode({ bad: { public_key: 'ssh-rsa AAAA' } }), "the entry 'bad' has no usable public_key"],
    ['an id that is none', encode({ bad: { ...own, id: 'i-1' } }), "the entry 'bad' has no usable id"],
    ['an id that is null', encode({ bad: { ...own, id: null } }), "the entry 'bad' has no usable id"],
    ['an unknown type', encode({ bad: { ...own, type: 'dsa' } }), "the entry 'bad' has no usable type"],
    [
      'a line too many',
      encode({ bad: { ...own, public_key: `${own.public_key}\nx` } }),
      "the entry 'bad' has no usable public_key",
    ],
    [
      'a quote in a key',
      encode({ bad: { ...own, public_key: `${own.public_key}"` } }),
      "the entry 'bad' has no usable public_key",
    ],
    [
      'no fingerprint',
      encode({ bad: { ...own, fingerprint: undefined } }),
      "the entry 'bad' has no usable fingerprint",
    ],
    [
      'a date that is none',
      encode({ bad: { ...own, created: '2026-13-41T00:00:00Z' } }),
      "the entry 'bad' has no usable created",
    ],
    ['a date in words', encode({ bad: { ...own, created: 'today' } }), "the entry 'bad' has no usable created"],
    ['no tags', encode({ bad: { ...own, tags: undefined } }), "the entry 'bad' has no usable tags"],
    ['tags in a list', encode({ bad: { ...own, tags: [] } }), "the entry 'bad' has no usable tags"],
    ['a tag that is a number', encode({ bad: { ...own, tags: { a: 1 } } }), "the entry 'bad' has no usable tags"],
  ])('%s', (_, attribute, flaw) => {
    expect(() => readKeyPairs(attribute)).toThrow(
      expect.objectContaining({
        code: 'IncorrectState',
        status: 400,
        message:
          `The attribute EC2_KEYPAIRS of your OpenNebula user cannot be read: ${flaw}. ` +
          'Repair or remove it in OpenNebula; no key pair was changed.',
      }),
    )
  })

  it('is an error of its own kind, which is an answer to the caller', () => {
    expect(() => readKeyPairs('!')).toThrow(CorruptKeyPairs)
    expect(() => readKeyPairs('!')).toThrow(Ec2Error)
  })
})

describe('the limits of an account', () => {
  const many = (count: number, tags: KeyPair['tags'] = new Map()) =>
    new Map(Array.from({ length: count }, (_, index) => [`k${index}`, { ...created, name: `k${index}`, tags }]))
  const most = limits.keyPairs.most
  const longTags = new Map(Array.from({ length: 50 }, (_, index) => [`${index}`.padEnd(128, '€'), '€'.repeat(256)]))
  const exceeded = (what: string): unknown =>
    expect.objectContaining({
      code: 'KeyPairLimitExceeded',
      status: 400,
      message: `The account cannot have more than ${what}. Delete some that are not used.`,
    })

  it('are so many key pairs, which fit into what is read of a user', () => {
    const attribute = changedKeyPairs(many(most), many(most - 1))
    expect(attribute.length).toBeLessThan(limits.keyPairBytes.most)
    expect(readKeyPairs(attribute).size).toBe(most)
    expect(() => changedKeyPairs(many(most + 1), many(most))).toThrow(exceeded('500 key pairs'))
  })

  it('are so many bytes, with all tags', () => {
    const tagged = (count: number) => many(count, longTags)
    const fits = Math.floor(limits.keyPairBytes.most / writeKeyPairs(tagged(1)).length)
    expect(() => changedKeyPairs(tagged(fits), tagged(fits - 1))).not.toThrow()
    const told = exceeded('786432 bytes of key pairs and their tags')
    expect(() => changedKeyPairs(tagged(fits + 1), tagged(fits))).toThrow(told)
    // A key pair that is there gets more tags
    expect(() => changedKeyPairs(tagged(28), many(28))).toThrow(told)
  })

  it('keep nobody from having fewer', () => {
    const tooMany = many(most + 100)
    expect(readKeyPairs(writeKeyPairs(tooMany))).toEqual(tooMany)
    expect(readKeyPairs(changedKeyPairs(many(most + 99), tooMany)).size).toBe(most + 99)
    expect(readKeyPairs(changedKeyPairs(many(27, longTags), many(28, longTags))).size).toBe(27)
    expect(readKeyPairs(changedKeyPairs(many(28), many(28, longTags))).size).toBe(28)
    expect(() => changedKeyPairs(many(most + 101), tooMany)).toThrow(exceeded('500 key pairs'))
  })
})

describe('the tags of a key pair', () => {
  it('are absent where they can be none, and keep nothing else from being read', () => {
    const tags = { good: 'v', '': 'v', 'aws:x': 'v', long: 'x'.repeat(257), control: '\u0000', half: '\ud83d' }
    const pairs = readKeyPairs(encode({ mine: { ...own, tags } }))
    expect(pairs.get('mine')?.tags).toEqual(new Map([['good', 'v']]))
  })
})
