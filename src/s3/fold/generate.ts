// Writes fold.wasm anew: `npm run fold`, after a change of what it is made of.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { foldModule } from './module.ts'

writeFileSync(fileURLToPath(import.meta.resolve('./fold.wasm')), foldModule())
