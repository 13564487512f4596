// Whose requests the bench sends.
import { createHash } from 'node:crypto'

export const USER = 'helen'
export const REGION = 'us-east-1'

/** Under which session tokens are sealed. */
export const BENCH_SECRET = 'a secret of the bench'

/** econe's own scheme: the user's name, and the hash of the password as the user pool has it. */
export const credentials = {
  accessKeyId: USER,
  secretAccessKey: createHash('sha256').update(USER).digest('hex'),
}
