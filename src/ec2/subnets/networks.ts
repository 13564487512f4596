// How the network of a new subnet comes about: of the operator's network template, or out of a network of the operator's.
import { type Block, blockText, maskText } from '../../lib/cidr.ts'
import { ipNumber, ipText } from '../../lib/ip.ts'
import type { ReadCall } from '../../opennebula/calls/common.ts'
import { instantiateNetwork } from '../../opennebula/calls/vntemplate.ts'
import { OneError } from '../../opennebula/errors.ts'
import { impossible } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { usableCount, usableOf } from '../core/blocks.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { type Network, networkPool, type OneWriter } from '../core/documents.ts'
import { makingNetwork, numberMade, placeOf, reserving } from '../core/reservations.ts'

/** A network that is to be made. */
export interface NewSubnet {
  readonly id: string
  readonly block: Block
  /** The lock under which it is put to use. */
  readonly lock: string
}

/** A way to make networks. */
export interface NetworkSource {
  /** What has to be read for it, for `readTogether`. */
  readonly calls: readonly ReadCall<Network>[]
  /** The clusters that its networks are in, where that is known before they are made. @param read as for `plan` */
  clusters(read: readonly Network[]): readonly number[]
  /**
   * How it makes one, and what `finish` makes of that. Should it fail, the network goes.
   * @param read what was read for it
   * @throws Ec2Error at once for a block that it cannot have, before anything is done
   */
  plan(wanted: NewSubnet, read: readonly Network[]): Making
}

/** Makes the network, and gives what `finish` gives of its number. */
export type Making = <R>(context: ChangeContext, one: OneWriter, finish: (number: number) => Promise<R>) => Promise<R>

/** The way that the operator has chosen. @throws Ec2Error UnsupportedOperation where there is none */
export function networkSource({
  settings: { subnetTemplate, subnetParent },
}: Pick<Context, 'settings'>): NetworkSource {
  if (subnetTemplate !== undefined) return ofTemplate(subnetTemplate)
  if (subnetParent !== undefined) return outOf(subnetParent)
  throw impossible(
    'Subnets cannot be made in this region: its operator has to set SUBNET_TEMPLATE_ID, the number of a network template, ' +
      'or SUBNET_PARENT_ID, that of a network.',
  )
}

/** A network of its own, with any block: what else it is follows from the template. */
const ofTemplate = (template: number): NetworkSource => ({
  calls: [],
  clusters: () => [],
  plan: ({ id, lock, block }) => {
    const call = instantiateNetwork(template, id, {
      NETWORK_ADDRESS: ipText(block.first),
      NETWORK_MASK: maskText(block),
      GATEWAY: ipText(block.first + 1),
      AR: { TYPE: 'IP4', IP: ipText(usableOf(block).first), SIZE: usableCount(block) },
    })
    return (context, one, finish) =>
      makingNetwork({ id, lock, make: () => numberMade(call, id, one).catch(unusable) }, context, one, finish)
  },
})

/** @throws Ec2Error UnsupportedOperation where the operator's template is gone or shut, which is no news of the caller's */
function unusable(error: unknown): never {
  if (!(error instanceof OneError) || (error.code !== 'NO_EXISTS' && error.code !== 'AUTHORIZATION')) throw error
  throw impossible(
    'Subnets cannot be made in this region: the network template of SUBNET_TEMPLATE_ID is not there, or may not be used.',
  )
}

/** Addresses of a network, which stay in it: exactly those of the block. */
const outOf = (parent: number): NetworkSource => ({
  calls: [networkPool({ only: parent })],
  clusters: ([network]) => network?.CLUSTERS.ID ?? [],
  plan: ({ id, lock, block }, [network]) => {
    if (!network) {
      throw impossible(
        'Subnets cannot be made in this region: the network of SUBNET_PARENT_ID is not there, or may not be used.',
      )
    }
    const size = usableCount(block)
    const place = placeOf(ipText(usableOf(block).first), network, size)
    if (!place) throw outside(block, network)
    const wanted = { id, lock, parent, place, size, exhausted: () => conflict(block) }
    return (context, one, finish) => reserving(wanted, context, one, finish)
  },
})

function outside(block: Block, { AR_POOL }: Network): Ec2Error {
  const ranges = AR_POOL.AR.flatMap(({ IP = '', SIZE }) => {
    const start = ipNumber(IP)
    return start === undefined ? [] : `${IP} to ${ipText(start + SIZE - 1)}`
  })
  return new Ec2Error(
    'InvalidSubnet.Range',
    `The CIDR '${blockText(block)}' is invalid: subnets of this region have addresses of ${ranges.join(', ')}.`,
  )
}

/** For addresses that another subnet has. */
export const conflict = (block: Block): Ec2Error =>
  new Ec2Error('InvalidSubnet.Conflict', `The CIDR '${blockText(block)}' conflicts with another subnet`)
