// DescribeImages: which images there are for an account, with those that it can have from the marketplace where it asks for
// them, and what its filters look at.
import type { Image as Ami, DescribeImagesRequest, DescribeImagesResult } from '@aws-sdk/client-ec2'
import { chained } from '../../lib/transformed.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, no, none, type Placed } from '../core/describe.ts'
import type { Image } from '../core/documents.ts'
import { lookUp } from '../core/find.ts'
import { notFound } from '../core/resource.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { imageRecord } from '../disk-images/ami-record.ts'
import { imageSource, isImagePlace, placedImages } from '../disk-images/find.ts'
import { isOwnedBy, poolOf } from '../disk-images/owners.ts'
import { isOf, sealedImageId } from '../disk-images/roles.ts'
import { isForAll } from '../disk-images/sharing.ts'
import { imageState } from '../disk-images/states.ts'
import {
  type AppliancePlace,
  isAppliance,
  isAppliancePlace,
  lookUpAppliances,
  placedAppliances,
} from '../marketplace/find.ts'
import { applianceNumbers, MARKETPLACE_OWNER } from '../marketplace/resource.ts'
import { type Appliance, toMarketplaceAmi } from '../marketplace/view.ts'
import { IMAGE } from './resource.ts'
import { toldAmi } from './view.ts'

/** An image that is there, or one that can be had. */
type Listed = Image | Appliance

/** Images first, then what can be had. */
type Place = number | AppliancePlace

type Look = Filters<Ami, Listed>[string]

const disks =
  (member: 'DeleteOnTermination' | 'SnapshotId' | 'VolumeSize' | 'VolumeType' | 'Encrypted'): Look =>
  ({ BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.map(({ Ebs }) => Ebs?.[member])

export const imageFilters = {
  architecture: image => image.Architecture,
  'block-device-mapping.delete-on-termination': disks('DeleteOnTermination'),
  'block-device-mapping.device-name': image => (image.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName),
  'block-device-mapping.snapshot-id': disks('SnapshotId'),
  'block-device-mapping.volume-size': disks('VolumeSize'),
  'block-device-mapping.volume-type': disks('VolumeType'),
  'block-device-mapping.encrypted': disks('Encrypted'),
  'boot-mode': none,
  'creation-date': image => image.CreationDate,
  description: image => image.Description,
  'ena-support': image => image.EnaSupport,
  'free-tier-eligible': no,
  hypervisor: image => image.Hypervisor,
  'image-allowed': () => true,
  'image-id': image => image.ImageId,
  'image-type': image => image.ImageType,
  'image-watermark.source-image-creation-time': none,
  'image-watermark.source-image-id': none,
  'image-watermark.source-image-region': none,
  'image-watermark.watermark-creation-time': none,
  'image-watermark.watermark-key': none,
  'instance-type-specification.supported-instance-type': none,
  'instance-type-specification.unsupported-instance-type': none,
  'is-public': image => image.Public,
  'kernel-id': none,
  'manifest-location': image => image.ImageLocation,
  name: image => image.Name,
  'owner-alias': image => image.ImageOwnerAlias,
  'owner-id': image => image.OwnerId,
  platform: none,
  'product-code': none,
  'product-code.type': none,
  'public-ssm-parameter-name': none,
  'ramdisk-id': none,
  'root-device-name': image => image.RootDeviceName,
  'root-device-type': image => image.RootDeviceType,
  'scan-result.critical-fix-available-since': none,
  'scan-result.finding-scan-date': none,
  'scan-result.high-fix-available-since': none,
  'scan-result.highest-finding-severity-label': none,
  'scan-result.informational-fix-available-since': none,
  'scan-result.low-fix-available-since': none,
  'scan-result.medium-fix-available-since': none,
  'source-image-id': image => image.SourceImageId,
  'source-image-region': image => image.SourceImageRegion,
  'source-instance-id': image => image.SourceInstanceId,
  state: image => image.State,
  'state-reason-code': image => image.StateReason?.Code,
  'state-reason-message': image => image.StateReason?.Message,
  'sriov-net-support': image => image.SriovNetSupport,
  'virtualization-type': image => image.VirtualizationType,
} satisfies Filters<Ami, Listed>

const listing: Listing<DescribeImagesRequest, Listed, Ami, Place> = {
  action: 'DescribeImages',
  named: {
    ids: ({ ImageIds }) => ImageIds,
    set: 'imagesSet',
    find: findListed,
  },
  pages: { min: 1, max: 1000 },
  isPlace: value => isImagePlace(value) || isAppliancePlace(value),
  list: listAll,
  item: (image, context, input) => (isAppliance(image) ? toHave(image, input, context) : there(image, input, context)),
  filters: imageFilters,
  tags: image => image.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export async function describeImages(
  input: DescribeImagesRequest,
  context: Context,
): Promise<Streamed<DescribeImagesResult>> {
  const page = await describe(listing, input, context)
  return { Images: page.items, ...nextPage(page) }
}

/** Images and appliances that ids name and that are there, in their order. @throws Ec2Error InvalidAMIID.NotFound, InvalidAMIID.Malformed */
async function findListed(ids: readonly string[], context: Context): Promise<Listed[]> {
  const [appliances = [], images = []] = [true, false].map(isOne =>
    ids.filter(id => (applianceNumbers(id) !== undefined) === isOne),
  )
  const [there, toBeHad] = await sideBySide(
    context,
    look => lookUp(imageSource('image', look), images, look),
    look => lookUpAppliances(appliances, look),
  )
  const found = new Map<string, Listed>([...there, ...toBeHad])
  const missing = new Set(ids.filter(id => !found.has(id)))
  const unknown = missing.size > 0 ? missing.difference(await deregistered(context)) : missing
  if (unknown.size > 0) throw notFound(IMAGE, ...unknown)
  return [...new Set(ids.flatMap(id => found.get(id) ?? []))]
}

/**
 * The ids of the account's AMIs that were deregistered, as long as the snapshots that they left are there: EC2 answers those with
 * an empty list for a while, which Ansible waits for.
 */
async function deregistered(context: Context): Promise<Set<string>> {
  const ids = new Set<string>()
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    const id = isOf('snapshot', image) && !isOf('image', image) && context.mint.sealedOn(IMAGE, sealedImageId(image))
    if (id) ids.add(id)
  }
  return ids
}

/**
 * What is listed: what is there, and what can be had only where somebody asks for it, by its owner's name. A list of all that
 * can be run would else be mostly of what cannot be run yet.
 */
function listAll(
  context: Context,
  after: Place | undefined,
  { Owners = [], Filters = [] }: DescribeImagesRequest,
): AsyncIterable<Placed<Listed, Place>> {
  const others = Owners.filter(owner => owner !== MARKETPLACE_OWNER)
  const aliases = Filters.find(({ Name }) => Name === 'owner-alias')?.Values
  const isAskedFor = Owners.length > others.length || (Owners.length === 0 && aliases?.some(mayBeMarketplace))
  // Nobody who has images here goes by an alias
  const areImages = (Owners.length === 0 || others.length > 0) && aliases === undefined
  const isBehindImages = isAppliancePlace(after)
  return chained<Placed<Listed, Place>>(
    ...(areImages && !isBehindImages ? [placedImages('image', context, after, poolOf(others, context))] : []),
    ...(isAskedFor ? [placedAppliances(context, isBehindImages ? after : undefined)] : []),
  )
}

const mayBeMarketplace = (alias: string) => alias === MARKETPLACE_OWNER || /[*?\\]/.test(alias)

/** What is there, as far as the request asks for it. */
const there = (image: Image, input: DescribeImagesRequest, context: Context): Ami | undefined =>
  isOwnedBy(image, input.Owners, context) &&
  isFor(image, input.ExecutableUsers, context) &&
  isListed(image, input, context)
    ? toldAmi(image, context)
    : undefined

/** What can be had: it is for all who see it. */
const toHave = (
  appliance: Appliance,
  { Owners = [], ExecutableUsers: users = [] }: DescribeImagesRequest,
  context: Context,
): Ami | undefined =>
  (Owners.includes(MARKETPLACE_OWNER) || isOwnedBy(appliance, Owners, context)) &&
  (users.length === 0 || users.includes('all'))
    ? toMarketplaceAmi(appliance)
    : undefined

/**
 * ExecutableUsers lists what was shared: with `all`, with oneself by another owner, or by oneself with another account.
 */
function isFor(image: Image, users: readonly string[] | undefined, { account }: Context): boolean {
  if (!users?.length) return true
  const forAll = isForAll(image)
  const isOwn = image.UID === account.user.id
  const sharedWithSelf = !isOwn && !forAll
  // With whom else another has shared it is that one's affair
  const { accounts = [] } = isOwn ? imageRecord(image) : {}
  return users.some(user => {
    if (user === 'all') return forAll
    return isSelf(user, account.id) ? sharedWithSelf : accounts.includes(user)
  })
}

const isSelf = (user: string, id: string) => user === 'self' || user === id

/** What is out of date is not listed for others, and what is disabled for nobody, unless it is asked for. */
function isListed(
  image: Image,
  { ImageIds = [], IncludeDeprecated = false, IncludeDisabled = false }: DescribeImagesRequest,
  { account, now }: Context,
): boolean {
  if (ImageIds.length > 0) return true
  const { deprecation = Number.POSITIVE_INFINITY } = imageRecord(image)
  const isDeprecated = image.UID !== account.user.id && deprecation <= now()
  return (IncludeDeprecated || !isDeprecated) && (IncludeDisabled || imageState(image) !== 'disabled')
}
