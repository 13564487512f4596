// CopyImage of what can be had in the marketplace: OpenNebula makes an image of the appliance, which becomes an AMI of the account's.
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Marketplace } from '../../opennebula/marketplaces.ts'
import type { ChangeContext } from '../core/context.ts'
import { type Image, imagePool } from '../core/documents.ts'
import { notFound } from '../core/resource.ts'
import { allocateImage } from '../core/writes.ts'
import { Market, marketCalls } from '../marketplace/find.ts'
import { type ApplianceNumbers, applianceId } from '../marketplace/resource.ts'
import { type Appliance, architectureOf, makingOf, rootDeviceOf } from '../marketplace/view.ts'
import { copyAs } from './clone.ts'
import { refuseNamesake } from './names.ts'
import type { NewImage } from './new-image.ts'
import { IMAGE } from './resource.ts'

/**
 * Makes the copy, in three upstream requests. OpenNebula fetches the disk then: the AMI is pending until it has it.
 * @param id of the copy @param copied what the copy is to be, but for what follows from the appliance
 * @throws Ec2Error InvalidAMIID.NotFound, InvalidAMIName.Duplicate, and what OpenNebula has against it: space, quotas
 */
export async function copyAppliance(
  source: ApplianceNumbers,
  id: string,
  copied: NewImage,
  context: ChangeContext,
): Promise<void> {
  const appliance = await findSource(source, id, copied.record.name ?? '', context)
  const { prefix } = makingOf(appliance)
  const record = {
    ...{ architecture: architectureOf(appliance), rootDevice: rootDeviceOf(appliance) },
    ...copied.record,
  }
  const data = { NAME: id, TYPE: 'OS', FROM_APP: appliance.ID, DEV_PREFIX: prefix } as const
  await copyAs(id, allocateImage(data, context.settings.datastore), { ...copied, record }, context)
}

/** One request finds the appliance, and tells that the name is free. */
async function findSource(
  source: ApplianceNumbers,
  id: string,
  name: string,
  context: ChangeContext,
): Promise<Appliance> {
  const market = new Market(context)
  const calls = context.settings.marketplace ? marketCalls(source.number) : []
  let found: Appliance | undefined
  for await (const object of context.one.stream<Image | Marketplace | Appliance>(
    ...[imagePool({ whose: WHOSE.OWN }), ...calls],
  )) {
    if ('DATASTORE_ID' in object) refuseNamesake(name, object, context, id)
    else found = market.take(object) ?? found
  }
  if (found?.MARKETPLACE_ID !== source.marketplace) throw notFound(IMAGE, applianceId(source))
  return found
}
