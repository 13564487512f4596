// DryRun's two answers.
import { expect, it } from 'vitest'
import { stopDryRun, unauthorizedOperation } from '../../src/protocol/dryrun.ts'

it.each([{}, { DryRun: false }, { DryRun: undefined }])('lets %j pass', input => {
  expect(() => stopDryRun(input)).not.toThrow()
})

it('stops a dry run', () => {
  expect(() => stopDryRun({ DryRun: true })).toThrow(
    expect.objectContaining({
      code: 'DryRunOperation',
      message: 'Request would have succeeded, but DryRun flag is set.',
      status: 412,
    }),
  )
})

it('has the error of those who may not', () => {
  expect(unauthorizedOperation()).toMatchObject({
    code: 'UnauthorizedOperation',
    message: 'You are not authorized to perform this operation.',
    status: 403,
  })
})
