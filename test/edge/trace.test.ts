// The line of a request: what failed is told as an error, and only that.
import { afterEach, expect, it, vi } from 'vitest'
import { logRequest, newTrace } from '../../src/edge/trace.ts'

afterEach(() => vi.restoreAllMocks())

it.each([
  [200, {}, 'log'],
  [403, {}, 'log'],
  // econe-upload asks whether files may go to R2 past the Worker, and is told so
  [501, {}, 'log'],
  [503, {}, 'error'],
  [200, { stream: 'broken' }, 'error'],
] as const)('%i %j is a line of console.%s', (status, outcome, level) => {
  const lines = { log: vi.spyOn(console, 'log'), error: vi.spyOn(console, 'error') }
  for (const line of Object.values(lines)) line.mockImplementation(() => undefined)
  logRequest(newTrace(), status, outcome, {})
  expect(lines[level]).toHaveBeenCalledOnce()
  expect(lines[level === 'log' ? 'error' : 'log']).not.toHaveBeenCalled()
})
