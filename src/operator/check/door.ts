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

/** @throws whatever `fetch` throws */
export async function askDoor(address: URL, { secrets }: Pick<Config, 'secrets'>): Promise<DoorAnswer> {
  const authorization = await operatorProof(await signingKeys(secrets, 'operator'), address.pathname, Date.now())
  const signal = AbortSignal.timeout(PATIENCE)
  const response = await fetch(address, { headers: { authorization }, redirect: 'manual', signal })
  return { status: response.status, text: await response.text() }
}

/** Why the Worker may say that there is nothing. */
export const UNPROVEN =
  'is EDGE_SECRET the one that it has, the clock of this machine right, and the Worker not an older one?'
