// That reading holds what was asked for and nothing else: in threads whose memory is a fraction of what they read.
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

const READER = join(import.meta.dirname, 'opennebula/fixtures/large.ts')
/** MiB */
const MEMORY = 48

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
    const resourceLimits = { maxOldGenerationSizeMb: MEMORY, maxYoungGenerationSizeMb: 8 }
    const thread = new Worker(READER, { workerData: what, resourceLimits })
    // An error event, as of a thread whose memory is used up, rejects
    expect(await once(thread, 'message')).toEqual([objects])
  })
})
