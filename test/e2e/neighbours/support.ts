// A healthy tenant (helen) and a hostile one (rival) in one cloud.
import { EC2Client } from '@aws-sdk/client-ec2'
import { credentials } from '../cloud.ts'
import type { Cloud } from '../stage.ts'

export const ec2Of = ({ endpoint }: Cloud, user = 'helen') =>
  new EC2Client({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

/** The code of the error that some work ends with; undefined where it does not. */
export const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )
