// The tags of elastic addresses: an attribute of the reservation.
import type { Network } from '../core/documents.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { merge } from '../core/writes.ts'
import { addressSource, reservedIn } from './find.ts'
import { allocationId } from './resource.ts'

export const addressTags: Taggable = {
  change: changeOnObjects<Network>(addressSource, {
    read: network => decodeTags(network.TEMPLATE),
    write: (network, EC2_TAGS) => merge('vn', network.ID, { EC2_TAGS }),
  }),
  listed: {
    vn: (network, context) =>
      reservedIn([network], context).map(() => ({ id: allocationId(network.ID), tags: decodeTags(network.TEMPLATE) })),
  },
}
