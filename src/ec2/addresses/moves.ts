// Addresses on their way: instances show them where they are going from the moment that it was accepted.

import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import type { Context } from '../core/context.ts'
import type { Vm } from '../core/documents.ts'
import { seconds, valid } from '../core/fields.ts'
import { merge } from '../core/writes.ts'
import { type Reserved, reservedFrom } from './view.ts'

/** For so long an address that comes or goes may be on its way; seconds. */
const UNDER_WAY_FOR = 15 * 60

/**
 * Notes on a VM that an address comes or goes. Where to is noted on the reservation alone: this is no more than the reason
 * to look there, and means nothing after a while.
 */
export const noteMove = (vm: number, { now }: Pick<Context, 'now'>): WriteCall =>
  merge('vm', vm, { EC2_ADDRESS_MOVED: Math.floor(now() / 1000) })

function isUnderWay({ USER_TEMPLATE }: Vm, { now }: Context): boolean {
  const moved = valid(seconds, Number(textOf(USER_TEMPLATE, 'EC2_ADDRESS_MOVED')))
  return moved !== undefined && Math.abs(now() / 1000 - moved) < UNDER_WAY_FOR
}

/** VMs with the addresses that they are to have. Reads the account's reservations once, and only for one that has a note. */
export function withAddresses(context: Context): (vm: Vm) => Promise<Vm> {
  let moves: Promise<Reserved[]> | undefined
  return async vm => {
    if (!isUnderWay(vm, context)) return vm
    moves ??= movesOf(context)
    return arrived(vm, await moves)
  }
}

/** The account's addresses of which something is to become. */
async function movesOf({ one, settings }: Context): Promise<Reserved[]> {
  const networks = await Array.fromAsync(one.networks({ whose: WHOSE.OWN }))
  return networks
    .flatMap(network => reservedFrom(settings.addressNetwork, network) ?? [])
    .filter(({ aim }) => aim !== undefined)
}

function arrived(vm: Vm, moves: readonly Reserved[]): Vm {
  const coming = moves.flatMap(({ network, ip, aim }) => {
    const nic = aim?.wanted === 'attach' && aim.vm === vm.ID && vm.TEMPLATE.NIC.find(each => each.NIC_ID === aim.nic)
    return nic ? [{ network, ip, nic }] : []
  })
  const moving = new Set(moves.map(({ network }) => network.ID))
  const taken = new Set(coming.map(({ nic }) => nic.NIC_ID))
  const staying = vm.TEMPLATE.NIC_ALIAS.filter(
    ({ NETWORK_ID = -1, PARENT_ID = -1, EXTERNAL }) => !moving.has(NETWORK_ID) && !(EXTERNAL && taken.has(PARENT_ID)),
  )
  const aliases = coming.map(({ network: { ID, PARENT_NETWORK_ID }, ip, nic }) => ({
    ...nic,
    ...{ IP: ip, NETWORK_ID: ID, PARENT: nic.NAME, PARENT_ID: nic.NIC_ID, PARENT_NETWORK_ID, EXTERNAL: true },
  }))
  return { ...vm, TEMPLATE: { ...vm.TEMPLATE, NIC_ALIAS: [...staying, ...aliases] } }
}
