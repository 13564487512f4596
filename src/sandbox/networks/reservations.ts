// Reservations (one.vn.reserve): networks that are made of some addresses of another.
import { newNameError } from '../objects/names.ts'
import { acquire, existing } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { parseTemplate, single, type Template } from '../protocol/template.ts'
import { checkQuota, forLeases } from '../users/quotas.ts'
import type { AddressRange, Network } from '../world/model.ts'
import type { Call } from '../world/world.ts'
import { type Address, freeRun, newRange, takeAddress } from './addresses.ts'
import { addNetwork } from './lifecycle.ts'

interface Reservation {
  size: number
  name: string
  /** The reservation that is to grow, undefined for a new one. */
  into: number | undefined
  /** The parent's range, undefined for any. */
  range: number | undefined
  ip: string
}

const optional = (template: Template, name: string): number | undefined =>
  name in template ? Number(single(template, name)) : undefined

function parseReservation(text: string): Reservation {
  const asked = parseTemplate(text)
  const reservation: Reservation = {
    size: Number(single(asked, 'SIZE')),
    name: single(asked, 'NAME'),
    into: optional(asked, 'NETWORK_ID'),
    range: optional(asked, 'AR_ID'),
    ip: single(asked, 'IP'),
  }
  const { size, name, into, range, ip } = reservation
  if (!(size > 0)) throw refused('Reservation SIZE must be a greater than 0')
  if (name === '' && into === undefined) throw refused('NAME for reservation has to be set')
  if (ip !== '' && range === undefined) throw refused('AR_ID must be specified for IP/MAC based reservations')
  return reservation
}

/** Makes a network of some of the parent's addresses, owned by the caller, or adds them to such a network. Throws code 2048
 *  when not enough are free; a network's number is used up even then. */
export function reserve(call: Call, parentId: number, text: string): number {
  const { world, user } = call
  const asked = parseReservation(text)
  if (existing(world.networks, parentId).parent !== -1) throw refused('Cannot reserve addresses from a reserved VNET')
  const parent = acquire(call, world.networks, parentId, 'USE')
  const target =
    asked.into === undefined ? newReservation(call, parent, asked.name) : ownReservation(call, parent, asked.into)
  try {
    checkQuota(world, user, forLeases(parentId, asked.size))
    reserveRun(parent, target, asked)
  } catch (error) {
    if (asked.into === undefined) world.networks.remove(target.id)
    throw error
  }
  return target.id
}

function newReservation(call: Call, parent: Network, name: string): Network {
  const problem = newNameError(call.world.networks, call.user.id, name)
  if (problem) throw internal(problem)
  const reservation = addNetwork(call, { ...parent.template, NAME: [name] }, parent)
  reservation.prevState = reservation.state
  return reservation
}

function ownReservation(call: Call, parent: Network, id: number): Network {
  const { networks } = call.world
  const reservation = existing(networks, id)
  if (reservation.parent === -1) throw refused('Cannot add reservations to a non-reservation VNET')
  if (reservation.parent !== parent.id) {
    throw refused(`New reservations for virtual network ${id} have to be from network ${reservation.parent}`)
  }
  return acquire(call, networks, id, 'MANAGE')
}

function reserveRun(parent: Network, target: Network, { size, range, ip }: Reservation): void {
  const ranges = parent.ranges.filter(({ attributes }) => range === undefined || attributes['AR_ID'] === String(range))
  const found = freeRun(ranges, size, ip)
  if (!found) {
    throw refused(
      range === undefined
        ? 'Not enough free addresses in an address range'
        : `Not enough free addresses in address range ${range}, or it does not exist`,
    )
  }
  for (let index = found.index; index < found.index + size; index += 1) {
    takeAddress(found.range, index, { network: target.id })
  }
  target.ranges.push(reservedRange(found, size, nextRangeId(target)))
}

const nextRangeId = ({ ranges }: Network): number =>
  1 + Math.max(-1, ...ranges.map(({ attributes }) => Number(attributes['AR_ID'])))

const reservedRange = ({ range, ip, mac }: Address, size: number, id: number): AddressRange =>
  newRange(
    {
      ...range.attributes,
      IP: ip,
      MAC: mac,
      PARENT_NETWORK_AR_ID: range.attributes['AR_ID'] ?? '0',
      SIZE: String(size),
    },
    id,
  )
