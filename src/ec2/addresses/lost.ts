// Addresses whose allocation came to no end: a reservation of which nobody was told is given back when it shows.
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Network } from '../../opennebula/documents.ts'
import { LATE_WITHIN, type Pending, type Progress, RUNS_FOR, type TaskKind, type Tools } from '../core/tasks.ts'
import { ADDRESSES_LOCK } from './resource.ts'
import { noteAddress } from './task.ts'
import { type AddressTask, isAssociated, reservedFrom } from './view.ts'

/**
 * A reservation that a request is about to ask for, written down before it does. A repeat of the request asks for
 * another one, as EC2 has it: should the answer be lost, this one is nobody's.
 */
export interface ReservationTask {
  readonly kind: 'reservation'
  /** Its name in OpenNebula, which no other has. */
  readonly id: string
  /** What asks for it: the lock by this name is held meanwhile. */
  readonly request: string
  /** Whether that has ended, and told its caller that there is no address. */
  readonly lost?: boolean
}

export const reservationTasks: TaskKind<ReservationTask> = {
  kind: 'reservation',
  id: ({ id }) => id,
  locks: ({ request }) => [request, ADDRESSES_LOCK],
  restsUntil: ({ lost, since }) => (lost ? undefined : since + RUNS_FOR),
  reconcile,
}

/** Gives back what shows of these reservations. One that somebody has found, and uses, is not lost. */
async function reconcile(tasks: readonly Pending<ReservationTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const found = new Map<string, Network>()
  for await (const network of one.networks({ whose: WHOSE.OWN })) found.set(network.NAME, network)
  const releases = tasks.flatMap(({ id }): AddressTask[] => {
    const network = found.get(id)
    const address = network && reservedFrom(network.PARENT_NETWORK_ID, network)
    return address && !isAssociated(address) ? [{ kind: 'address', number: network.ID, wanted: 'release' }] : []
  })
  // Released for all to see from now on, and deleted as soon as OpenNebula does
  await one.multicall(releases.map(({ number }) => noteAddress(number, { wanted: 'release' })))
  return { finished: tasks.filter(({ id, since }) => found.has(id) || now() - since > LATE_WITHIN), begun: releases }
}
