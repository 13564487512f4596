// What of the documentation follows from the code is as the code has it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { limitsPage } from '../docs/write.ts'

test('docs/limits.md has every limit of the table: `npm run docs` writes it', () => {
  expect(readFileSync(join(import.meta.dirname, '..', 'docs', 'limits.md'), 'utf8')).toBe(limitsPage())
})
