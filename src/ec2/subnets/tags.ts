// The tags of subnets: an attribute of the network, where it is the caller's own.
import type { Network } from '../core/documents.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { merge } from '../core/writes.ts'
import { subnetSource } from './find.ts'
import { isSubnet, viewSubnet } from './view.ts'

export const subnetTags: Taggable = {
  change: changeOnObjects<Network>(subnetSource, {
    read: network => decodeTags(network.TEMPLATE),
    write: (network, EC2_TAGS) => merge('vn', network.ID, { EC2_TAGS }),
  }),
  listed: {
    vn: (network, context) =>
      isSubnet(network, context) ? [{ id: viewSubnet(network, context).id, tags: decodeTags(network.TEMPLATE) }] : [],
  },
}
