// The WebAssembly that folds checks is what the sources say.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { foldModule } from '../../src/s3/fold/module.ts'

it('is written anew by npm run fold', () => {
  const written = readFileSync(join(import.meta.dirname, '../../src/s3/fold/fold.wasm'))
  expect(Buffer.from(foldModule()).equals(written)).toBe(true)
})
