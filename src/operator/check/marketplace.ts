// What images can be had in the marketplace.
import type { Config } from '../../config/variables.ts'
import type { OneReader } from '../../ec2/core/documents.ts'
import { Market, marketCalls } from '../../ec2/marketplace/find.ts'
import type { Appliance, Marketplace } from '../../opennebula/marketplaces.ts'
import { type Finding, note, ok } from './finding.ts'
import type { View } from './view.ts'

/** Whoever is no account: of the operator's appliances alone all can have images. */
const NOBODY = { id: '', user: { id: -1, name: '' } }

export async function checkMarketplace(
  { marketplace }: Config,
  server: OneReader,
  { operators }: View,
): Promise<Finding> {
  if (!marketplace) return note('marketplace: MARKETPLACE is off, nothing can be had')
  const market = new Market({ operators, account: NOBODY })
  let images = 0
  for await (const object of server.stream<Marketplace | Appliance>(...marketCalls())) {
    if (market.take(object)) images += 1
  }
  return images > 0 ? ok(`marketplace: ${images} images can be had`) : note('marketplace: no image can be had')
}
