// The tags of subnets: an attribute of the network, where it is the caller's own.
import type { Network } from '../../opennebula/documents.ts'
import { decodeTags } from '../core/record.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { subnetSource } from './find.ts'
import { isSubnet, viewSubnet } from './view.ts'

export const subnetTags: Taggable = {
  change: changeOnObjects<Network>(subnetSource, { kind: 'vn', attributes: network => network.TEMPLATE }),
  listed: {
    vn: (network, context) =>
      isSubnet(network, context) ? [{ id: viewSubnet(network).id, tags: decodeTags(network.TEMPLATE) }] : [],
  },
}
