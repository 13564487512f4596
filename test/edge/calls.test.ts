// A data point of every request, where there is a dataset: never a reason for a request to fail.
import { afterEach, expect, it, vi } from 'vitest'
import { countCall } from '../../src/edge/calls.ts'
import { newTrace } from '../../src/edge/trace.ts'

const writeDataPoint = vi.fn<AnalyticsEngineDataset['writeDataPoint']>()
const CALLS = { writeDataPoint }

afterEach(() => {
  vi.restoreAllMocks()
  writeDataPoint.mockReset()
})

it('is of whom, what and how long', () => {
  const trace = { ...newTrace(), action: 'RunInstances', key: 'AKIAHELEN', user: 'helen' }
  Object.assign(trace.meter, { requests: 2, calls: 7, ms: 40 })
  vi.spyOn(Date, 'now').mockReturnValue(trace.began + 90)
  countCall({ CALLS }, trace, 400, { error: 'InvalidAMIID.NotFound' })
  expect(writeDataPoint.mock.calls).toEqual([
    [
      {
        indexes: ['AKIAHELEN'],
        blobs: ['RunInstances', 'AKIAHELEN', 'helen', 'InvalidAMIID.NotFound', 'opennebula'],
        doubles: [400, 90, 2, 7, 40],
      },
    ],
  ])
})

it('is there of strangers too, and nowhere without a dataset', () => {
  countCall({ CALLS }, newTrace(), 403, {})
  expect(writeDataPoint.mock.calls[0]?.[0]).toMatchObject({ indexes: [''], blobs: ['', '', '', '', 'opennebula'] })
  expect(() => countCall({}, newTrace(), 200, {})).not.toThrow()
})

it('is told to the log where it cannot be written', () => {
  const error = vi.spyOn(console, 'error').mockReturnValue()
  writeDataPoint.mockImplementation(() => {
    throw new Error('no')
  })
  countCall({ CALLS }, newTrace(), 200, {})
  expect(error.mock.calls.join()).toContain('"event":"uncounted"')
})
