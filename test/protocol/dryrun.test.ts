// What DryRun is answered with.
import { expect, it } from 'vitest'
import { stopDryRun } from '../../src/protocol/dryrun.ts'

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
