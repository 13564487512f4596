// Writes ec2.ts anew: `node src/ec2/model/generate.ts`, after a change of served.ts or of the AWS SDK.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { generate } from './generator.ts'

writeFileSync(fileURLToPath(import.meta.resolve('./ec2.ts')), generate())
