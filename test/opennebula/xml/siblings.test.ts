// That objects share what is equal in them, and stay what they are.
import { expect, it } from 'vitest'
import { shareWith } from '../../../src/opennebula/xml/siblings.ts'

const object = (name: string) => ({
  ID: 1,
  NAME: name,
  NOTE: undefined,
  PERMISSIONS: { OWNER: true, GROUP: false },
  DISK: [{ ID: 0, TARGET: 'sda' }],
  NIC: [
    { ID: 0, IP: name },
    { ID: 1, IP: 'x' },
  ],
  EMPTY: [],
  TEMPLATE: Object.assign(Object.create(null) as object, { A: name, B: ['1', '2'] }),
})

it('share what is equal', () => {
  const [one, other] = [object('one'), object('other')]
  expect(shareWith(one, other)).toBeLessThan(shareWith(undefined, object('other')))
  expect(other).toEqual(object('other'))
  expect(one).toEqual(object('one'))
  expect(other.PERMISSIONS).toBe(one.PERMISSIONS)
  expect(other.DISK).toBe(one.DISK)
  expect(other.NIC[0]).not.toBe(one.NIC[0])
  expect(other.NIC[1]).toBe(one.NIC[1])
  expect(Object.getPrototypeOf(other.TEMPLATE)).toBeNull()
})

it('share nothing that only looks alike', () => {
  const list = [
    { A: [1, 2] },
    { A: [1] },
    { A: { 0: 1, 1: 2 } },
    { A: [] },
    { A: {} },
    { A: '1' },
    { A: 1 },
    { A: undefined },
    { A: { B: 1 } },
    { A: { B: 1, C: undefined } },
    { A: { C: 1 } },
  ]
  for (const one of list) {
    for (const other of list) {
      const object = structuredClone(other)
      shareWith(structuredClone(one), object)
      expect(object).toStrictEqual(other)
    }
  }
})
