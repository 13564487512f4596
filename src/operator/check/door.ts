// Asks the Worker at its operator's door.
import { operatorProof } from '../../auth/operator-door.ts'
import { signingKeys } from '../../config/derived-keys.ts'
import type { Config } from '../../config/variables.ts'

/** Milliseconds. */
const PATIENCE = 20_000

export interface DoorAnswer {
  readonly status: number
  readonly text: string
}

/** What of a region's configuration leads to its door. */
export type DoorConfig = Pick<Config, 'secrets' | 'path'>

/** Where something is asked. @returns undefined where the Worker's address is none */
export const doorAddress = (asked: string, url: string, { path }: DoorConfig): URL | undefined =>
  URL.parse(path + asked, url) ?? undefined

/** Asks for a path of the door. @throws whatever `fetch` throws */
export async function askDoor(asked: string, address: URL, { secrets }: DoorConfig): Promise<DoorAnswer> {
  // The region is no part of what is proven: it is resolved before the door
  const authorization = await operatorProof(await signingKeys(secrets, 'operator'), asked, Date.now())
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(address, { headers: { authorization }, redirect: 'manual', signal })
  return { status: response.status, text: await response.text() }
}

/** Why the Worker may say that there is nothing. */
export const UNPROVEN =
  'is EDGE_SECRET the one that it has, the clock of this machine right, and the Worker not an older one?'
