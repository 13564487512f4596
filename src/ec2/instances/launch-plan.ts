// What RunInstances is asked for, checked against what there is: everything that can be refused is refused here.

import type { InstanceNetworkInterfaceSpecification, Placement, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../lib/ip.ts'
import { limits } from '../../limits.ts'
import type { SecurityGroup } from '../../opennebula/documents.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import {
  combination,
  impossible,
  invalid,
  missing,
  notTogether,
  unknownValue,
  unsupported,
} from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Context } from '../core/context.ts'
import {
  type Image,
  imagePool,
  type Network,
  networkPool,
  type User,
  user,
  type VmTemplate,
} from '../core/documents.ts'
import { find } from '../core/find.ts'
import { numericId, parseId } from '../core/ids.ts'
import { readTogether } from '../core/multicall.ts'
import { notFound } from '../core/resource.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import { counts } from '../core/trust.ts'
import { imageState, isBeingMade, isPlaceholder, isUsable, lacksParts, sealedImageId } from '../disk-images/image.ts'
import { imageSource } from '../disk-images/lookup.ts'
import { IMAGE, imageUnavailable } from '../images/resource.ts'
import { templatesByType, typeTemplates, virtualCpusOf } from '../instance-types/describe.ts'
import { KEY_PAIR } from '../key-pairs/resource.ts'
import { type KeyPair, readKeyPairs } from '../key-pairs/store.ts'
import { zoneNamed, zoneOfId } from '../regions/zones.ts'
import { type NamedGroups, namableGroups, namesGroups, numbersOfGroups } from '../security-groups/lookup.ts'
import { SUBNET } from '../subnets/resource.ts'
import { type PlannedDisks, planDisks } from './launch-disks.ts'
import { checkMetadataOptions } from './options.ts'
import { malformedUserData, tooMuchUserData } from './user-data.ts'
import { choose, type InstanceRecord } from './view.ts'

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
  readonly tags: Tags
  readonly volumeTags: Tags
  readonly interfaceTags: Tags
  /** What is kept and shown, and is nothing to OpenNebula. */
  readonly options: LaunchOptions
}

type LaunchOptions = Pick<InstanceRecord, 'metadata' | 'shutdown' | 'autoRecovery' | 'capacityReservation'>

const MOST_INSTANCES = limits.launchedInstances.most
const MOST_USER_DATA = limits.userData.most
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
  const userData = checkUserData(input.UserData)
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

  const found = await gather({ imageId, groups, network }, context)
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
    tags,
    volumeTags,
    interfaceTags,
    options,
  }
}

const LAUNCH_TAGS = ['instance', 'volume', 'network-interface']

/** What cannot be honoured and must not be ignored. */
function refuseUnsupported({ IamInstanceProfile, LaunchTemplate, InstanceMarketOptions }: RunInstancesRequest): void {
  const parameters = { IamInstanceProfile, LaunchTemplate, InstanceMarketOptions }
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) throw unsupported(name)
  }
}

function checkCounts({ MinCount = 1, MaxCount = 1 }: RunInstancesRequest): { least: number; most: number } {
  if (MinCount < 1) throw invalid('minCount', MinCount, 'Expecting a value of 1 or more.')
  if (MaxCount < MinCount) throw invalid('maxCount', MaxCount, 'It must not be less than minCount.')
  if (MaxCount > MOST_INSTANCES) {
    throw new Ec2Error(
      'InstanceLimitExceeded',
      `You have requested more instances (${MaxCount}) than one request may start (${MOST_INSTANCES}).`,
    )
  }
  return { least: MinCount, most: MaxCount }
}

function checkVolumeCount(count: number): void {
  const { most } = limits.launchedVolumes
  if (count <= most) return
  const message = `You have requested more volumes (${count}) than one request may make with its instances (${most}).`
  throw new Ec2Error('VolumeLimitExceeded', message)
}

/** Old clients break base64 into lines. */
function checkUserData(text: string | undefined): string | undefined {
  if (!text) return undefined
  const base64 = text.replaceAll(/\s/g, '')
  const bytes = decodedLength(base64)
  if (bytes === undefined) throw malformedUserData()
  if (bytes > MOST_USER_DATA) throw tooMuchUserData(MOST_USER_DATA)
  return base64
}

function decodedLength(base64: string): number | undefined {
  try {
    return Uint8Array.fromBase64(base64).byteLength
  } catch {
    return undefined
  }
}

function checkZone({ AvailabilityZone: name, AvailabilityZoneId: id }: Placement = {}, { settings }: Context): string {
  if (name && id) throw notTogether('AvailabilityZone', 'AvailabilityZoneId')
  const zone = id ? zoneOfId(id, settings) : zoneNamed(name, settings)
  if (zone === undefined) throw unknownValue('availability zone', id || name || '')
  return zone
}

function checkOptions(input: RunInstancesRequest): LaunchOptions {
  const { MetadataOptions, MaintenanceOptions, CapacityReservationSpecification: reservations } = input
  return {
    metadata: MetadataOptions && checkMetadataOptions(MetadataOptions),
    shutdown: choose('shutdown', input.InstanceInitiatedShutdownBehavior),
    autoRecovery: choose('autoRecovery', MaintenanceOptions?.AutoRecovery),
    capacityReservation: choose('capacityReservation', reservations?.CapacityReservationPreference),
  }
}

/** An instance has the processors of its type. */
function checkCores({ CpuOptions }: RunInstancesRequest, type: string, template: VmTemplate): void {
  const [asked, has] = [CpuOptions?.CoreCount, virtualCpusOf(template)]
  if (asked === undefined || asked === has) return
  throw impossible(
    `The value (${asked}) for parameter CpuOptions.CoreCount is not supported: instances of type '${type}' have ${has}.`,
  )
}

/** The one private address that an interface asks for, by either of its parameters. */
function addressOf(nic: InstanceNetworkInterfaceSpecification | undefined): string | undefined {
  const [listed, another] = nic?.PrivateIpAddresses ?? []
  // AWS: what is not said to be the primary address is another one
  if (another || (listed && !listed.Primary)) {
    throw impossible('Instances are launched with one private IP address, their primary one.')
  }
  const [one, other] = [nic?.PrivateIpAddress || undefined, listed?.PrivateIpAddress || undefined]
  if (one !== undefined && other !== undefined && one !== other) {
    throw combination('Only one primary private IP address may be specified for a network interface.')
  }
  return one ?? other
}

/** @returns the operator's network of public addresses @throws Ec2Error UnsupportedOperation where there is none */
function checkPublic({ settings }: Context): number {
  if (settings.addressNetwork !== undefined) return settings.addressNetwork
  throw impossible(
    'There are no public addresses in this region: leave out AssociatePublicIpAddress, or make it false.',
  )
}

function checkPrivateIp(ip: string | undefined, instances: number): string | undefined {
  if (!ip) return undefined
  if (ipNumber(ip) === undefined) throw invalid('privateIpAddress', ip, 'It is no IPv4 address.')
  if (instances === 1) return ip
  throw combination('A private IP address can be asked for by one instance only.')
}

/** The one interface that a launch may describe: others are attached afterwards. */
function firstInterface(input: RunInstancesRequest): InstanceNetworkInterfaceSpecification | undefined {
  const [first, second] = input.NetworkInterfaces ?? []
  if (!first) return undefined
  if (second || (first.DeviceIndex ?? 0) !== 0) {
    throw impossible('Instances are launched with one network interface, of device index 0.')
  }
  if (first.NetworkInterfaceId !== undefined) throw unsupported('NetworkInterfaceId')
  if (input.SubnetId !== undefined || input.SecurityGroupIds?.length || input.SecurityGroups?.length) {
    throw combination(
      'Network interfaces and an instance-level subnet ID or security groups may not be specified on the same request',
    )
  }
  return first
}

function checkSubnet(id: string | undefined): number | undefined {
  if (!id) return undefined
  const parsed = parseId(SUBNET, id)
  if ('minted' in parsed) throw notFound(SUBNET, id)
  return parsed.number
}

interface Found {
  readonly image: Image
  readonly templates: readonly VmTemplate[]
  readonly user: User
  readonly securityGroups: readonly SecurityGroup[]
  readonly networks: readonly Network[]
}

/** Everything in one request, if the index knows the image; else the image is looked for besides. */
async function gather(
  { imageId, groups, network }: { imageId: string; groups: NamedGroups; network: number | undefined },
  context: Context,
): Promise<Found> {
  const parsed = parseId(IMAGE, imageId)
  const number = 'number' in parsed ? parsed.number : (await context.index.find([imageId])).get(imageId)
  const found = await readTogether(context.one, {
    images: number === undefined ? [] : [imagePool({ only: number })],
    templates: typeTemplates(context),
    users: [user()],
    securityGroups: namesGroups(groups) ? namableGroups(context) : [],
    networks: network === undefined ? [] : [networkPool({ only: network })],
  })
  const [hit] = found.images
  const named = hit && context.mint.names(IMAGE, parsed, sealedImageId(hit)) ? hit : undefined
  return { ...found, image: named ?? (await searchImage(imageId, context)), user: only(found.users) }
}

const searchImage = async (imageId: string, context: Context) =>
  only(await find(imageSource('image', context), [imageId], context))

function only<T>([first]: readonly T[]): T {
  if (first === undefined) throw new TypeError('one object was expected and none came')
  return first
}

/** An image that is still being imported may be launched: OpenNebula starts the instance when it is there. */
function checkImage(found: Image, imageId: string, { account }: Context): void {
  if (!isUsable('image', found, account)) throw notFound(IMAGE, imageId)
  const state = imageState(found)
  const comesAbout = isBeingMade(found) && !isPlaceholder(found) && !lacksParts(found)
  if (state !== 'available' && !comesAbout) {
    throw imageUnavailable(imageId, `it is '${state}'`)
  }
}

/** OpenNebula copies only what is there. */
function checkCopied(image: Image, imageId: string): void {
  if (imageState(image) === 'available') return
  throw imageUnavailable(imageId, 'no root volume that is kept after termination can be made from it yet')
}

function findKeyPair(name: string | undefined, { TEMPLATE }: User): KeyPair | undefined {
  if (!name) return undefined
  const pair = readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS')).get(name)
  if (pair === undefined) throw notFound(KEY_PAIR, name)
  return pair
}

/** The groups that a launch names, for the instance or for its interface. */
const groupsNamed = (
  { SecurityGroupIds = [], SecurityGroups = [] }: RunInstancesRequest,
  nic: InstanceNetworkInterfaceSpecification | undefined,
): NamedGroups => ({ ids: [...SecurityGroupIds, ...(nic?.Groups ?? [])], names: SecurityGroups })

/** @throws Ec2Error InvalidSubnetID.NotFound for a network of another user, whoever may use it by OpenNebula's rules */
function checkNetwork(number: number | undefined, networks: readonly Network[], context: Context): number | undefined {
  if (number === undefined || networks.some(network => network.ID === number && counts(network, context))) return number
  throw notFound(SUBNET, numericId(SUBNET, number))
}
