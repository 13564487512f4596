// Four test projects: `unit` runs inside workerd, `node` beside it (sandbox, contract, CLI), `e2e` over real HTTP, and
// `clients` with the tools of other people, where they are installed.
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

const onNode = ['sandbox', 'cli', 'contract'].map(folder => `test/${folder}/**/*.test.ts`)

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'unit',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...onNode, 'test/e2e/**', 'test/clients/**', 'test/*.test.ts'],
        },
      },
      { test: { name: 'node', include: [...onNode, 'test/*.test.ts'] } },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/setup.ts',
          // Two files at a time, each with a cloud of its own (setup.ts), when the other projects are done
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
