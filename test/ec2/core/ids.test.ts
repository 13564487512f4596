// EC2 ids: minted, derived from numbers, read again, and not to be forged.
import { describe, expect, it } from 'vitest'
import { IdMint, numericId, pairId, parseId, parsePairId } from '../../../src/ec2/core/ids.ts'
import { IMAGE } from '../../../src/ec2/images/resource.ts'
import { INSTANCE } from '../../../src/ec2/instances/resource.ts'
import { NETWORK_INTERFACE } from '../../../src/ec2/network-interfaces/resource.ts'
import { SNAPSHOT } from '../../../src/ec2/snapshots/resource.ts'
import { VOLUME } from '../../../src/ec2/volumes/resource.ts'

const mint = new IdMint(['a secret of the unit tests'], 2)

describe('a minted id', () => {
  it('has the form of AWS, and begins with no 0', () => {
    const ids = Array.from({ length: 500 }, () => mint.mint(INSTANCE))
    for (const id of ids) expect(id).toMatch(/^i-[1-9a-f][0-9a-f]{16}$/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('follows from its seed and its kind, under whatever secret: a request that is resumed may find another', () => {
    const id = mint.mint(INSTANCE, 'a 0')
    expect(mint.mint(INSTANCE, 'a 0')).toBe(id)
    expect(mint.mint(INSTANCE, 'a 1')).not.toBe(id)
    expect(mint.mint(IMAGE, 'a 0').slice('ami-'.length)).not.toBe(id.slice('i-'.length))
    expect(new IdMint(['another secret of tests'], 2).mint(INSTANCE, 'a 0')).toBe(id)
  })
})

describe('an earlier secret that still counts', () => {
  const id = mint.mint(IMAGE)
  const rotated = new IdMint(['another secret of tests', 'a secret of the unit tests'], 2)
  const made = new IdMint(['another secret of tests'], 2)

  it('has its ids recognised', () => {
    expect(rotated.idOf(IMAGE, { ID: 7, UID: 2, EC2_ID: mint.attribute(id, 2) })).toBe(id)
    expect(rotated.seenBy(3).idOf(IMAGE, { ID: 7, UID: 2, EC2_ID: mint.attribute(id, 2, 7) })).toBe(id)
    expect(rotated.seenBy(3).idOf(IMAGE, { ID: 8, UID: 2, EC2_ID: mint.attribute(id, 2, 7) })).toBe('ami-00000008')
  })

  it('seals nothing any more', () => {
    expect(rotated.attribute(id, 2, 7)).toBe(made.attribute(id, 2, 7))
    expect(rotated.attribute(id, 2, 7)).not.toBe(mint.attribute(id, 2, 7))
  })
})

describe('the EC2_ID of an object that had no number yet', () => {
  const id = mint.mint(IMAGE)
  const own = { ID: 7, UID: 2, EC2_ID: mint.attribute(id, 2) }

  it('counts for its owner', () => {
    expect(mint.idOf(IMAGE, own)).toBe(id)
    expect(mint.idOf(IMAGE, { ...own, ID: 8 })).toBe(id)
  })

  it('counts for nobody else: the owner could move it to another content', () => {
    expect(mint.seenBy(3).idOf(IMAGE, own)).toBe('ami-00000007')
    expect(mint.seenBy(3).names(IMAGE, { minted: id }, own)).toBe(false)
  })
})

describe('EC2_ID', () => {
  const id = mint.mint(IMAGE)
  const own = { ID: 7, UID: 2, EC2_ID: mint.attribute(id, 2, 7) }

  it('counts for everybody', () => {
    expect(mint.seenBy(3).idOf(IMAGE, own)).toBe(id)
    expect(mint.seenBy(3).names(IMAGE, { minted: id }, own)).toBe(true)
  })

  it('is what its object is shown under, and named by', () => {
    expect(mint.idOf(IMAGE, own)).toBe(id)
    expect(mint.names(IMAGE, { minted: id }, own)).toBe(true)
    expect(mint.names(IMAGE, { number: 7 }, own)).toBe(false)
    expect(mint.names(IMAGE, { number: 7 }, { ID: 7, UID: 2 })).toBe(true)
    // As an object of another kind it has another id
    expect(mint.names(SNAPSHOT, { number: 7 }, own)).toBe(true)
  })

  it.each([
    ['copied on an object of another owner', { ...own, UID: 3 }],
    ['copied on another object of its owner', { ...own, ID: 7, EC2_ID: mint.attribute(id, 2, 8) }],
    ['with the seal of another id', { ...own, EC2_ID: `${mint.mint(IMAGE)}:${own.EC2_ID.split(':')[1]}` }],
    ['without a seal', { ...own, EC2_ID: id }],
    ['with an empty seal', { ...own, EC2_ID: `${id}:` }],
    ['of another kind', { ...own, EC2_ID: mint.attribute(mint.mint(VOLUME), 2) }],
    ['sealed with another secret', { ...own, EC2_ID: new IdMint(['another secret of tests'], 2).attribute(id, 2) }],
  ])('does not count %s', (_, forged) => {
    expect(mint.idOf(IMAGE, forged)).toBe('ami-00000007')
    expect(mint.names(IMAGE, { minted: id }, forged)).toBe(false)
  })

  it('does not count with any one character changed', () => {
    for (let at = 0; at < own.EC2_ID.length; at++) {
      const changed = own.EC2_ID[at] === 'x' ? 'y' : 'x'
      const forged = { ...own, EC2_ID: own.EC2_ID.slice(0, at) + changed + own.EC2_ID.slice(at + 1) }
      expect(mint.idOf(IMAGE, forged), `position ${at}`).toBe('ami-00000007')
    }
  })
})

describe('an id that a caller sends', () => {
  it.each([
    ['i-00000015', { number: 15 }],
    ['i-15', { number: 15 }],
    ['i-0000000000000015', { minted: 'i-0000000000000015' }],
    ['i-2147483647', { number: 2147483647 }],
    ['i-2147483648', { minted: 'i-2147483648' }],
    ['i-1234567890abcdef0', { minted: 'i-1234567890abcdef0' }],
    ['i-abc', { minted: 'i-abc' }],
  ])('%s is %o', (id, parsed) => {
    expect(parseId(INSTANCE, id)).toEqual(parsed)
  })

  it.each(['', 'i-', 'i-xyz', 'ami-15', 'I-15', 'i-1234567890abcdef01', 'i-15 ', 'i-15\n', 'i-１５', 'i--1', '15'])(
    '%j is malformed',
    id => {
      expect(() => parseId(INSTANCE, id)).toThrow(expect.objectContaining({ code: 'InvalidInstanceID.Malformed' }))
    },
  )

  it('is read again whatever number it was made from', () => {
    for (const number of [0, 7, 99_999_999, 100_000_000, 2 ** 31 - 1]) {
      expect(parseId(VOLUME, numericId(VOLUME, number))).toEqual({ number })
    }
    expect(parsePairId(VOLUME, pairId(VOLUME, 15, 2 ** 31 - 1))).toEqual({ whole: 15, part: 2 ** 31 - 1 })
    expect(parsePairId(VOLUME, mint.mint(VOLUME))).toBeUndefined()
    expect(parsePairId(VOLUME, pairId(NETWORK_INTERFACE, 15, 0))).toBeUndefined()
  })
})
