// The networks of an account, read once for all that an answer shows of them.
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Context } from './context.ts'
import type { Network } from './documents.ts'

/** Reads the account's networks when they are asked for first, and never again. */
export type OwnNetworks = () => Promise<readonly Network[]>

export function ownNetworks({ one }: Pick<Context, 'one'>): OwnNetworks {
  let networks: Promise<readonly Network[]> | undefined
  return () => {
    networks ??= Array.fromAsync(one.networks({ whose: WHOSE.OWN }))
    return networks
  }
}
