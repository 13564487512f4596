import { expect, it } from 'vitest'
import { Ec2Error } from '../../src/protocol/errors.ts'

it('is the caller’s fault unless said otherwise', () => {
  expect(new Ec2Error('InvalidParameterValue', 'no').status).toBe(400)
})
