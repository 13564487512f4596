// What RunInstances is asked for, checked against what there is: everything that can be refused is refused here.
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { invalid, missing } from '../../../protocol/complaints.ts'
import type { Context } from '../../core/context.ts'
import type { Image, VmTemplate } from '../../core/documents.ts'
import { type Tags, tagsFor } from '../../core/tags.ts'
import { templatesByType } from '../../instance-types/find.ts'
import type { KeyPair } from '../../key-pairs/view.ts'
import { namesGroups, numbersOfGroups } from '../../security-groups/find.ts'
import { type PlannedDisks, planDisks } from './disks.ts'
import { checkCopied, checkCores, checkImage, checkNetwork, findKeyPair, findNamed } from './named.ts'
import { addressOf, checkPrivateIp, checkPublic, checkSubnet, firstInterface, groupsNamed } from './network.ts'
import { type PlannedPlacement, plannedPlacement } from './placement.ts'
import {
  checkCounts,
  checkOptions,
  checkUserDataText,
  checkVolumeCount,
  checkZone,
  type LaunchOptions,
  refuseUnsupported,
} from './request.ts'

/** A launch with everything found and checked. */
export interface LaunchPlan {
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
  /** OpenNebula network of the first interface; undefined keeps the type's. */
  readonly network: number | undefined
  readonly privateIp: string | undefined
  /** OpenNebula network that its public address is of; undefined for none. */
  readonly publicNetwork: number | undefined
  /** OpenNebula security groups; undefined keeps the type's. */
  readonly securityGroups: readonly number[] | undefined
  readonly zone: string
  readonly placement: PlannedPlacement | undefined
  readonly tags: Tags
  readonly volumeTags: Tags
  readonly interfaceTags: Tags
  /** What is kept and shown, and is nothing to OpenNebula. */
  readonly options: LaunchOptions
}

const DEFAULT_TYPE = 'm1.small'

/**
 * Checks a request and finds what it names: in one upstream request, and another one where there are snapshots.
 * @throws Ec2Error for whatever is missing, malformed, unknown or not to be had
 */
export async function planLaunch(input: RunInstancesRequest, context: Context): Promise<LaunchPlan> {
  refuseUnsupported(input)
  const imageId = input.ImageId
  if (!imageId) throw missing('ImageId')
  const counts = checkCounts(input)
  const userData = checkUserDataText(input.UserData)
  const zone = checkZone(input.Placement, context)
  const options = checkOptions(input)
  const nic = firstInterface(input)
  const privateIp = checkPrivateIp(input.PrivateIpAddress ?? addressOf(nic), counts.most)
  const publicNetwork = nic?.AssociatePublicIpAddress ? checkPublic(context) : undefined
  const tags = tagsFor('instance', input.TagSpecifications, LAUNCH_TAGS)
  const volumeTags = tagsFor('volume', input.TagSpecifications, LAUNCH_TAGS)
  const interfaceTags = tagsFor('network-interface', input.TagSpecifications, LAUNCH_TAGS)
  const network = checkSubnet(input.SubnetId ?? nic?.SubnetId)
  const groups = groupsNamed(input, nic)

  const found = await findNamed({ imageId, groups, network, placement: input.Placement }, context)
  const type = input.InstanceType ?? DEFAULT_TYPE
  const template = templatesByType(found.templates).get(type)
  if (template === undefined) throw invalid('InstanceType', type, 'There is no such instance type.')
  checkCores(input, type, template)
  checkImage(found.image, imageId, context)
  const disks = await planDisks(input.BlockDeviceMappings ?? [], found.image, context)
  checkVolumeCount(counts.most * (disks.volumes.length + (disks.root.volume ? 1 : 0)))
  if (disks.root.volume) checkCopied(found.image, imageId)
  return {
    ...counts,
    type,
    template,
    image: found.image,
    imageId,
    keyPair: findKeyPair(input.KeyName, found.user),
    userData,
    disks,
    network: checkNetwork(network, found.networks, context),
    privateIp,
    publicNetwork,
    securityGroups: namesGroups(groups) ? numbersOfGroups(groups, found.securityGroups, context) : undefined,
    zone,
    placement: plannedPlacement(input.Placement, found, context),
    tags,
    volumeTags,
    interfaceTags,
    options,
  }
}

const LAUNCH_TAGS = ['instance', 'volume', 'network-interface']
