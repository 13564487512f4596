// That reading holds what was asked for and nothing else: in processes whose memory is a fraction of what they read.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)

const READER = join(import.meta.dirname, 'opennebula/fixtures/large.ts')
/** MiB */
const LIMITS = ['--max-old-space-size=16', '--max-semi-space-size=4']
/** The same with what an isolate remembers, which is 50 MiB. */
const ROOM_TO_REMEMBER = ['--max-old-space-size=96', '--max-semi-space-size=4']

describe('the memory that it takes to read', () => {
  it.each([
    ['an attribute that nobody asks for', 2],
    ['an attribute that is asked for', 2],
    ['text with entities', 2],
    ['a name', 2],
    ['very many names', 2],
    ['a vector of very many members', 2],
    ['very many attributes', 1],
    ['very many users', 2000],
  ])('%s is little', { timeout: 60_000 }, async (what, objects) => {
    // A process whose memory is used up dies, which rejects
    const { stdout } = await execute(process.execPath, [...LIMITS, READER, what])
    expect(stdout).toBe(`${objects}\n`)
  })

  it('is bounded with all that is remembered, of very many objects', { timeout: 60_000 }, async () => {
    const { stdout } = await execute(process.execPath, [...ROOM_TO_REMEMBER, READER, 'very many templates'])
    expect(stdout).toBe('40000\n')
  })
})
