// The tags of elastic addresses: an attribute of the reservation.
import type { Network } from '../../opennebula/documents.ts'
import { decodeTags } from '../core/record.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { addressSource, reservedIn } from './find.ts'
import { allocationId } from './resource.ts'

export const addressTags: Taggable = {
  change: changeOnObjects<Network>(addressSource, { kind: 'vn', attributes: network => network.TEMPLATE }),
  listed: {
    vn: (network, context) =>
      reservedIn([network], context).map(() => ({ id: allocationId(network.ID), tags: decodeTags(network.TEMPLATE) })),
  },
}
