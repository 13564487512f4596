// Writes ec2.ts anew: `npm run model`, after a change of the list of actions or of the AWS SDK.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { actions } from '../actions.ts'
import { generate } from './generator.ts'

writeFileSync(fileURLToPath(import.meta.resolve('./ec2.ts')), generate(actions))
