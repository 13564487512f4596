// What RunInstances is asked for, checked against what there is: everything that can be refused is refused here.
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { impossible, invalid, missing } from '../../../protocol/complaints.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import type { Image, Network, VmTemplate } from '../../core/documents.ts'
import { sideBySide } from '../../core/side-by-side.ts'
import { type Tags, tagsFor } from '../../core/tags.ts'
import { zoneAsked } from '../../core/zones.ts'
import { templatesByType } from '../../instance-types/find.ts'
import type { KeyPair } from '../../key-pairs/view.ts'
import { lookUpSnapshots } from '../../snapshots/find.ts'
import { type PlannedDisks, planDisks } from './disks.ts'
import {
  checkCopied,
  checkCores,
  checkImage,
  type FoundInterface,
  findInterfaceNamed,
  findKeyPair,
  findNamed,
  interfacesOfType,
  type ReadForLaunch,
} from './named.ts'
import { askedInterfaces } from './network.ts'
import { type PlannedPlacement, plannedPlacement } from './placement.ts'
import {
  checkCounts,
  checkOptions,
  checkUserDataText,
  checkVolumeCount,
  type LaunchOptions,
  refuseUnsupported,
} from './request.ts'
import { type PlannedZone, plannedZone } from './zone.ts'

/** A launch with everything found and checked. */
export interface LaunchPlan extends PlannedZone {
  readonly least: number
  readonly most: number
  readonly type: string
  readonly template: VmTemplate
  readonly image: Image
  /** As the caller named it: what was said stays the instance's image id. */
  readonly imageId: string
  readonly keyPair: KeyPair | undefined
  /** Base64, without line breaks. */
  readonly userData: string | undefined
  readonly disks: PlannedDisks
  /** By their indexes, the primary one first; none keeps those of the type. */
  readonly interfaces: readonly FoundInterface[]
  /** Those of the account that were read for them. */
  readonly networks: readonly Network[]
  /** OpenNebula network that the primary one's public address is of; undefined for none. */
  readonly publicNetwork: number | undefined
  readonly placement: PlannedPlacement | undefined
  readonly tags: Tags
  readonly volumeTags: Tags
  readonly interfaceTags: Tags
  /** What is kept and shown, and is nothing to OpenNebula. */
  readonly options: LaunchOptions
}

const DEFAULT_TYPE = 'm1.small'

/**
 * Checks a request and finds what it names: in one upstream request, and another one where the AMI has snapshots.
 * @param early what was read for it already: no request is made then
 * @throws Ec2Error for whatever is missing, malformed, unknown or not to be had
 */
export async function planLaunch(
  input: RunInstancesRequest,
  context: ChangeContext,
  early?: ReadForLaunch,
): Promise<LaunchPlan> {
  refuseUnsupported(input)
  const imageId = input.ImageId
  if (!imageId) throw missing('ImageId')
  const counts = checkCounts(input)
  const userData = checkUserDataText(input.UserData)
  zoneAsked(input.Placement ?? {}, context.settings)
  const options = checkOptions(input)
  const asked = askedInterfaces(input, counts.most)
  const tags = tagsFor('instance', input.TagSpecifications, LAUNCH_TAGS)
  const volumeTags = tagsFor('volume', input.TagSpecifications, LAUNCH_TAGS)
  const interfaceTags = tagsFor('network-interface', input.TagSpecifications, LAUNCH_TAGS)
  if (asked[0]?.isPublic) checkPublic(context)

  const mappings = input.BlockDeviceMappings ?? []
  const snapshotIds = mappings.flatMap(({ Ebs }) => Ebs?.SnapshotId || [])
  const [found, snapshots] = await sideBySide(
    context,
    look => findNamed({ imageId, interfaces: asked, placement: input.Placement }, look, early),
    look => lookUpSnapshots(snapshotIds, look),
  )
  const type = input.InstanceType ?? DEFAULT_TYPE
  const template = templatesByType(found.templates).get(type)
  if (template === undefined) throw invalid('InstanceType', type, 'There is no such instance type.')
  checkCores(input, type, template)
  checkImage(found.image, imageId, context)
  const disks = await planDisks(mappings, found.image, snapshots, context)
  checkVolumeCount(counts.most * (disks.volumes.length + (disks.root.volume ? 1 : 0)))
  if (disks.root.volume) checkCopied(found.image, imageId)
  const interfaces = asked.map(each => findInterfaceNamed(each, found, context))
  const [{ subnet, isPublic = subnet?.mapPublicIpOnLaunch } = {}] = interfaces
  return {
    ...counts,
    type,
    template,
    image: found.image,
    imageId,
    keyPair: findKeyPair(input.KeyName, found.user),
    userData,
    disks,
    interfaces: asked.length > 0 ? interfaces : interfacesOfType(template, found, context),
    networks: found.networks,
    publicNetwork: isPublic ? context.settings.addressNetwork : undefined,
    ...plannedZone(
      input.Placement ?? {},
      interfaces.flatMap(each => each.subnet ?? []),
      context.settings,
    ),
    placement: plannedPlacement(input.Placement, found, context),
    tags,
    volumeTags,
    interfaceTags,
    options,
  }
}

const LAUNCH_TAGS = ['instance', 'volume', 'network-interface']

/** @throws Ec2Error UnsupportedOperation where the operator has no network of public addresses */
function checkPublic({ settings }: Context): void {
  if (settings.addressNetwork !== undefined) return
  throw impossible(
    'There are no public addresses in this region: leave out AssociatePublicIpAddress, or make it false.',
  )
}
