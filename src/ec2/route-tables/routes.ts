// Routes as they are kept: where they lead, and by which way. Checks of a table's routes that look at nothing else.
import type { DeleteRouteRequest } from '@aws-sdk/client-ec2'
import { type Block, blockText, holds, spanOf } from '../../lib/cidr.ts'
import { type Cidr, cidrText, parseCidr } from '../../lib/ip-blocks.ts'
import { limits } from '../../limits.ts'
import { invalid, invalidBecause, needsOneOf, notTogether } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { field, id } from '../core/fields.ts'
import { type RecordOf, record } from '../core/record.ts'
import { INTERNET_GATEWAY } from '../internet-gateways/resource.ts'
import { NETWORK_INTERFACE } from '../network-interfaces/resource.ts'

/** A block of addresses as `cidrText` writes it. */
const block = field((value): value is string => {
  const cidr = typeof value === 'string' ? parseCidr(value) : undefined
  return cidr !== undefined && cidrText(cidr) === value
})

const fields = {
  /** The addresses that it is for. */
  to: block,
  /** What it leads to: a gateway, or an interface, whichever instance has that. */
  gateway: id(INTERNET_GATEWAY),
  interface: id(NETWORK_INTERFACE),
}

/** A route that the account made. */
export type Route = RecordOf<typeof fields, 'to'>

export const route = record(fields, 'to')

/** Where a route leads, without the addresses that it is for. */
export type Target = Omit<Route, 'to'>

/** How a request names a route. */
type Destination = Pick<DeleteRouteRequest, 'DestinationCidrBlock' | 'DestinationIpv6CidrBlock'>

/**
 * The addresses that a request's route is for, by the first of them: bits behind the prefix do not count.
 * @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidParameterValue
 */
export function destinationOf({ DestinationCidrBlock: ipv4, DestinationIpv6CidrBlock: ipv6 }: Destination): Cidr {
  if (ipv4 && ipv6) throw notTogether('destinationCidrBlock', 'destinationIpv6CidrBlock')
  if (!ipv4 && !ipv6) throw needsOneOf('destinationCidrBlock', 'destinationIpv6CidrBlock')
  const cidr = parseCidr(ipv4 || ipv6 || '')
  if (cidr?.version === (ipv4 ? 4 : 6)) return cidr
  throw invalid(
    ipv4 ? 'destinationCidrBlock' : 'destinationIpv6CidrBlock',
    ipv4 || ipv6,
    'This is not a valid CIDR block.',
  )
}

/** What of a table is looked at here. */
export interface Routes {
  readonly id: string
  /** The blocks of its VPC: to each of them leads a local route. */
  readonly local: readonly Block[]
  readonly routes: readonly Route[]
}

const isIn = ({ version, first, prefix }: Cidr, block: Block): boolean =>
  version === 4 && holds(block, spanOf({ first: Number(first), prefix }))

const isLocal = (to: string, { local }: Routes): boolean => local.some(each => blockText(each) === to)

/**
 * The routes of a table with one more.
 * @throws Ec2Error RouteAlreadyExists, RouteLimitExceeded, InvalidParameterValue for a gateway inside of the VPC
 */
export function withRoute(table: Routes, to: Cidr, target: Target): readonly Route[] {
  const text = cidrText(to)
  if (isLocal(text, table) || table.routes.some(each => each.to === text)) {
    throw new Ec2Error('RouteAlreadyExists', `The route identified by ${text} already exists.`)
  }
  checkTarget(table, to, target)
  if (table.routes.length >= limits.routes.most) {
    throw new Ec2Error('RouteLimitExceeded', `The route table '${table.id}' has ${limits.routes.most} routes already.`)
  }
  return [...table.routes, { ...target, to: text }]
}

/**
 * The routes of a table, one of which leads elsewhere.
 * @param target undefined for `local`
 * @throws Ec2Error InvalidParameterValue for a route that is not there, and for one that cannot lead there
 */
export function withOther(table: Routes, to: Cidr, target: Target | undefined): readonly Route[] {
  const text = cidrText(to)
  if (isLocal(text, table)) {
    if (target === undefined) return table.routes
    throw invalidBecause(`cannot replace local route ${text} in route table ${table.id}`)
  }
  if (!table.routes.some(each => each.to === text)) {
    const message = `There is no route defined for '${text}' in the route table. Use CreateRoute instead.`
    throw invalidBecause(message)
  }
  if (target === undefined) throw invalid('localTarget', 'true', `The route ${text} is no local one.`)
  checkTarget(table, to, target)
  return table.routes.map(each => (each.to === text ? { ...target, to: text } : each))
}

/**
 * The routes of a table without one.
 * @throws Ec2Error InvalidRoute.NotFound, InvalidParameterValue for a local one
 */
export function withoutRoute(table: Routes, to: Cidr): readonly Route[] {
  const text = cidrText(to)
  if (isLocal(text, table)) throw invalidBecause(`cannot remove local route ${text} in route table ${table.id}`)
  const left = table.routes.filter(each => each.to !== text)
  if (left.length < table.routes.length) return left
  const message = `no route with destination-cidr-block ${text} in route table ${table.id}`
  throw new Ec2Error('InvalidRoute.NotFound', message)
}

function checkTarget({ local }: Routes, to: Cidr, { gateway }: Target): void {
  if (gateway === undefined || !local.some(block => isIn(to, block))) return
  throw invalidBecause(
    `The destination CIDR block ${cidrText(to)} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
  )
}
