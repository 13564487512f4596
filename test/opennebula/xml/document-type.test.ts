// A kind of document costs nothing before the first of it is read.
import { expect, it } from 'vitest'
import { documentType } from '../../../src/opennebula/xml/document-type.ts'
import { int } from '../../../src/opennebula/xml/shape.ts'

it('is made ready once, when it is read', () => {
  let looks = 0
  const shape = {
    get ID() {
      looks++
      return int
    },
  }
  const type = documentType('THING', shape)
  expect(looks).toBe(0)
  expect([...type.plan.fields.keys()]).toEqual(['ID'])
  const { plan } = type
  expect(type.plan).toBe(plan)
  expect(looks).toBe(1)
})
