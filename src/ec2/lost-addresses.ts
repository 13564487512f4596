// Addresses whose allocation came to no end: a reservation of which nobody was told is given back when it shows.
import { WHOSE } from '../opennebula/calls.ts'
import type { Network } from '../opennebula/documents.ts'
import { type AddressGoal, isAssociated, reservedFrom } from './address.ts'
import { noteAddress } from './address-steps.ts'
import type { Pending, Progress, Tools } from './goals.ts'

/**
 * A reservation that a request is about to ask for, written down before it does. A repeat of the request asks for
 * another one, as EC2 has it: should the answer be lost, this one is nobody's.
 */
export interface ReservationGoal {
  readonly kind: 'reservation'
  readonly goal: 'discard'
  /** Its name in OpenNebula, which no other has. */
  readonly id: string
  /** What asks for it: the lock by this name is held meanwhile. */
  readonly request: string
  /** Whether that has ended, and told its caller that there is no address. */
  readonly lost?: boolean
}

/** For so long a call whose connection broke may take effect; milliseconds. */
const AFTERMATH = 10 * 60 * 1000

/** Gives back what shows of these reservations. One that somebody has found, and uses, is not lost. */
export async function discardReservations(goals: readonly Pending<ReservationGoal>[], tools: Tools): Promise<Progress> {
  if (goals.length === 0) return { reached: [], added: [] }
  const { one, now } = tools
  const found = new Map<string, Network>()
  for await (const network of one.networks({ whose: WHOSE.OWN })) found.set(network.NAME, network)
  const added = goals.flatMap(({ id }): AddressGoal[] => {
    const network = found.get(id)
    const address = network && reservedFrom(network.PARENT_NETWORK_ID, network)
    return address && !isAssociated(address) ? [{ kind: 'address', number: network.ID, goal: 'release' }] : []
  })
  // Released for all to see from now on, and deleted as soon as OpenNebula does
  await one.multicall(added.map(({ number }) => noteAddress(number, { goal: 'release' })))
  return { reached: goals.filter(({ id, since }) => found.has(id) || now() - since > AFTERMATH), added }
}
