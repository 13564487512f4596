// Five test projects: `unit` runs inside workerd, `node` beside it (sandbox, contract, CLI, operator, house), `e2e` over real HTTP,
// `clients` with the tools of other people, and `console` in a browser, where they are installed.
import { statfsSync } from 'node:fs'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { buildConsole } from './src/console/build.ts'

// The Worker has it among its files, wherever it runs
await buildConsole()

/** Where Linux has files in memory, and the room that there has to be for what tests store, in bytes. */
const [MEMORY, ROOM] = ['/dev/shm', 4 * 2 ** 30]

/** Whether there is so much room in a folder. */
function hasRoom(folder: string, bytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= bytes
  } catch {
    return false
  }
}

// What Workers store is synced at each write, which costs tests a tenth of their time on a disk
if (hasRoom(MEMORY, ROOM)) process.env['TMPDIR'] ??= MEMORY

/** A test is as slow as the machine: what ends it is for one that hangs. */
const patience = { testTimeout: 60_000, hookTimeout: 60_000, expect: { poll: { timeout: 30_000 } } }

// Most of what is not logic waits for something: three files more at a time than there are cores
const besides = { maxWorkers: 5, sequence: { groupOrder: 1 }, ...patience }

const onNode = ['sandbox', 'cli', 'operator', 'contract', 'house'].map(folder => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    // What the Worker logs is read where a test fails: of thousands of lines nobody reads one
    silent: 'passed-only',
    projects: [
      {
        // The runtime would tell of every object that a test kills
        plugins: [cloudflareTest({ verbose: false, wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'unit',
          isolate: false,
          // One more than there are cores, for each waits a fifth of its time
          maxWorkers: 3,
          ...patience,
          include: ['test/**/*.test.ts'],
          exclude: [...onNode, 'test/e2e/**', 'test/clients/**', 'test/console/**', 'test/*.test.ts'],
        },
      },
      // Four processes for all files: most would take as long to load what they test as to test it
      { test: { name: 'node', include: [...onNode, 'test/*.test.ts'], isolate: false, ...besides } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/e2e/worker.ts', 'test/e2e/setup.ts'],
          setupFiles: 'test/e2e/noting.ts',
          // Each worker has a cloud of its own (setup.ts), and loads the SDK once
          isolate: false,
          ...besides,
        },
      },
      {
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          globalSetup: 'test/e2e/worker.ts',
          isolate: false,
          ...besides,
        },
      },
      {
        test: {
          name: 'console',
          include: ['test/console/**/*.test.ts'],
          globalSetup: 'test/e2e/worker.ts',
          isolate: false,
          ...besides,
          // Each is a walk through many pages
          testTimeout: 240_000,
        },
      },
    ],
  },
})
