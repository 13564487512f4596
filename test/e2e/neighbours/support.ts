// A healthy tenant (helen) and a hostile one (rival, with OpenNebula's own API at hand) in one cloud.
import { EC2Client } from '@aws-sdk/client-ec2'
import { type Answer, type Param, client as rpcClient } from '../../sandbox/rpc.ts'
import { credentials } from '../cloud.ts'
import type { Cloud } from '../stage.ts'

export const ec2Of = ({ endpoint }: Cloud, user = 'helen') =>
  new EC2Client({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

/** Calls OpenNebula itself as a user, whose password is the name. @returns the answer's value, a number where it is an id */
export function oneOf({ one }: Cloud, user = 'rival') {
  const send = rpcClient(one, `${user}:${user}`)
  return async (method: string, ...params: Param[]): Promise<number> => {
    const { ok, value }: Answer = await send(method, ...params)
    if (!ok) throw new Error(`${method}: ${value}`)
    return Number(value)
  }
}

type One = ReturnType<typeof oneOf>

/** Lets everybody use an object. */
export const publish = (one: One, kind: 'template' | 'image' | 'secgroup' | 'vn' | 'vm', id: number) =>
  one(`one.${kind}.chmod`, id, -1, -1, -1, 1, -1, -1, 1, -1, -1)

/** The code of the error that some work ends with; undefined where it does not. */
export const codeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  )
