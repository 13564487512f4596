// What a launch names: found in one request, and whether it will do.
import type { Placement, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { type ReadCall, WHOSE } from '../../../opennebula/calls/common.ts'
import { textOf, vectors } from '../../../opennebula/xml/attributes.ts'
import { impossible } from '../../../protocol/complaints.ts'
import type { ChangeContext, Context } from '../../core/context.ts'
import {
  type Document,
  type Image,
  imagePool,
  type Network,
  networkPool,
  type SecurityGroup,
  securityGroupPool,
  type User,
  user,
  type VmGroup,
  type VmTemplate,
} from '../../core/documents.ts'
import { find, numberBehind } from '../../core/find.ts'
import { parseId } from '../../core/ids.ts'
import { readTogether } from '../../core/multicall.ts'
import { untilMade } from '../../core/network-states.ts'
import { ofAccount } from '../../core/one-an-account.ts'
import { notFound } from '../../core/resource.ts'
import { type GuestDocuments, guestQuestion, namesForGuests } from '../../dhcp-options/find.ts'
import { imageSource } from '../../disk-images/find.ts'
import { isPlaceholder, lacksParts } from '../../disk-images/marks.ts'
import { sealedImageId } from '../../disk-images/roles.ts'
import { isUsable } from '../../disk-images/sharing.ts'
import { imageState, isBeingMade } from '../../disk-images/states.ts'
import { IMAGE, imageUnavailable } from '../../images/resource.ts'
import { typeTemplates } from '../../instance-types/find.ts'
import { virtualCpusOf } from '../../instance-types/view.ts'
import { KEY_PAIR } from '../../key-pairs/resource.ts'
import { type KeyPair, readKeyPairs } from '../../key-pairs/view.ts'
import { lookUpAppliances } from '../../marketplace/find.ts'
import { mustBeCopied } from '../../marketplace/resource.ts'
import { ownCalls, pickOwn, vmOfOwn } from '../../network-interfaces/find.ts'
import { interfaceInUse } from '../../network-interfaces/resource.ts'
import { ownIn } from '../../network-interfaces/view.ts'
import { groupsOfNobody, type NamedGroups, namableGroups, namesGroups, pickGroups } from '../../security-groups/find.ts'
import { subnetAmong, subnetCalls } from '../../subnets/find.ts'
import { SUBNET } from '../../subnets/resource.ts'
import type { SubnetView } from '../../subnets/view.ts'
import { VPC } from '../../vpcs/resource.ts'
import { namesGroup } from '../placement-groups/find.ts'
import type { AskedInterface } from './network.ts'
import type { PlannedInterface } from './nics.ts'
import { placementQuestion } from './placement.ts'

/** What was read for a launch. */
export interface ReadForLaunch extends GuestDocuments {
  readonly images: readonly Image[]
  readonly templates: readonly VmTemplate[]
  readonly users: readonly User[]
  readonly securityGroups: readonly SecurityGroup[]
  /** Networks of the subnets, and of the interfaces with addresses of their own. */
  readonly networks: readonly Network[]
  readonly placementGroups: readonly Document[]
  readonly vmGroups: readonly VmGroup[]
}

/** What there is of what a launch names. */
interface Found extends ReadForLaunch {
  readonly image: Image
  readonly user: User
}

/** Whether there is a default group: the caller's own are enough to know. */
const ownGroups = [securityGroupPool({ whose: WHOSE.OWN })]

/** What a launch names. */
interface Names {
  readonly imageId: string
  readonly interfaces: readonly AskedInterface[]
  readonly placement: Placement | undefined
}

/** What every launch reads. */
const always = (image: number | undefined, context: Context) => ({
  images: image === undefined ? [] : [imagePool({ only: image })],
  templates: typeTemplates(context),
  users: [user()],
  ...guestQuestion,
})

const questionOf = async ({ imageId, interfaces, placement }: Names, context: Context) => ({
  ...always(await numberBehind(IMAGE, imageId, context), context),
  securityGroups: interfaces.some(({ groups }) => namesGroups(groups)) ? namableGroups(context) : ownGroups,
  networks: networksFor(interfaces),
  ...placementQuestion(namesGroup(placement)),
})

/** What has to be read for a launch of which it is not known yet what it names: all that it may, but of images one. */
export const openQuestion = (image: number | undefined, context: Context) => ({
  ...always(image, context),
  securityGroups: namableGroups(context),
  networks: subnetCalls(context),
  ...placementQuestion(true),
})

/**
 * Everything in one request, if the index knows the image; else the image is looked for besides.
 * @param early what was read already, as `openQuestion` asks for it
 */
export async function findNamed(names: Names, context: Context, early?: ReadForLaunch): Promise<Found> {
  const { imageId } = names
  const parsed = parseId(IMAGE, imageId)
  const found = early ?? (await readTogether(context.one, await questionOf(names, context)))
  const [hit] = found.images
  const named = hit && context.mint.names(IMAGE, parsed, sealedImageId(hit)) ? hit : undefined
  return {
    ...found,
    image: named ?? (await searchImage(imageId, context)),
    user: only(found.users),
    networks: await made(found.networks, names.interfaces, context),
  }
}

/** Subnets and interfaces that were made a moment ago have no addresses to be had yet: for these it waits. */
const made = (networks: readonly Network[], asked: readonly AskedInterface[], { one, account }: Context) =>
  Promise.all(
    networks.map(async network => {
      const isOwn = network.UID === account.user.id
      const isNamed = asked.some(({ id, subnet }) => network.NAME === id || network.NAME === subnet)
      return isOwn && isNamed ? untilMade(network, one) : network
    }),
  )

/** @throws Ec2Error OptInRequired for what can be had in the marketplace, NotFound */
async function searchImage(imageId: string, context: Context): Promise<Image> {
  const appliances = await lookUpAppliances([imageId], context)
  if (appliances.size > 0) throw mustBeCopied(imageId, context.settings)
  return only(await find(imageSource('image', context), [imageId], context))
}

function only<T>([first]: readonly T[]): T {
  if (first === undefined) throw new TypeError('one object was expected and none came')
  return first
}

/** An image that is still being imported may be launched: OpenNebula starts the instance when it is there. */
export function checkImage(found: Image, imageId: string, { account }: Context): void {
  if (!isUsable('image', found, account)) throw notFound(IMAGE, imageId)
  const state = imageState(found)
  const comesAbout = isBeingMade(found) && !isPlaceholder(found) && !lacksParts(found)
  if (state !== 'available' && !comesAbout) {
    throw imageUnavailable(imageId, `it is '${state}'`)
  }
}

/** OpenNebula copies only what is there. */
export function checkCopied(image: Image, imageId: string): void {
  if (imageState(image) === 'available') return
  throw imageUnavailable(imageId, 'no root volume that is kept after termination can be made from it yet')
}

/** @throws Ec2Error InvalidKeyPair.NotFound */
export function findKeyPair(name: string | undefined, { TEMPLATE }: User): KeyPair | undefined {
  if (!name) return undefined
  const pair = readKeyPairs(textOf(TEMPLATE, 'EC2_KEYPAIRS')).get(name)
  if (pair === undefined) throw notFound(KEY_PAIR, name)
  return pair
}

/** An instance has the processors of its type. @throws Ec2Error UnsupportedOperation */
export function checkCores({ CpuOptions }: RunInstancesRequest, type: string, template: VmTemplate): void {
  const [asked, has] = [CpuOptions?.CoreCount, virtualCpusOf(template)]
  if (asked === undefined || asked === has) return
  throw impossible(
    `The value (${asked}) for parameter CpuOptions.CoreCount is not supported: instances of type '${type}' have ${has}.`,
  )
}

/** The networks of subnets by their numbers; the account's own where there are interfaces, or subnets, that it made. */
function networksFor(interfaces: readonly AskedInterface[]): ReadCall<Network>[] {
  const subnets = interfaces.flatMap(({ subnet }) => (subnet === undefined ? [] : parseId(SUBNET, subnet)))
  const numbers = new Set(subnets.flatMap(parsed => ('number' in parsed ? parsed.number : [])))
  const isOwn = subnets.some(parsed => 'minted' in parsed) || interfaces.some(({ id }) => id !== undefined)
  return [...Array.from(numbers, only => networkPool({ only })), ...(isOwn ? ownCalls : [])]
}

/** An interface with everything that it names. */
export interface FoundInterface extends PlannedInterface, Pick<AskedInterface, 'isPublic'> {
  readonly subnet: SubnetView | undefined
}

/**
 * Finds what an interface names.
 * @throws Ec2Error InvalidSubnetID.NotFound for a network of another user, whoever may use it by OpenNebula's rules,
 *   InvalidNetworkInterfaceID.NotFound, InvalidNetworkInterface.InUse, and as `pickGroups`
 */
export function findInterfaceNamed(asked: AskedInterface, found: Found, context: ChangeContext): FoundInterface {
  const { index, primary, secondary, description, groups, isPublic } = asked
  const subnet = asked.subnet === undefined ? undefined : subnetAmong(asked.subnet, found.networks, context)
  const own = asked.id === undefined ? undefined : pickOwn(asked.id, ownIn(found.networks, context))
  // It may be in use by what an earlier run of the launch made: OpenNebula decides then
  if (own && vmOfOwn(own) !== undefined && !context.resumed) throw interfaceInUse(own.id)
  return {
    ...{ index, primary, secondary, description, isPublic, own, subnet },
    network: (own ?? subnet)?.network.ID,
    names: namesForGuests(own?.record.vpc ?? subnet?.vpc ?? ofAccount(VPC, context), found, context),
    groups: own ? undefined : groupsFor(groups, subnet?.vpc ?? ofAccount(VPC, context), found, context),
  }
}

/** The groups of an interface that is launched; undefined keeps those that OpenNebula has for it. */
const groupsFor = (named: NamedGroups, vpc: string, { securityGroups }: Found, context: Context) =>
  namesGroups(named) ? pickGroups(named, securityGroups, vpc, context) : groupsOfNobody(securityGroups, vpc, context)

/**
 * The interfaces of a launch that asks for none: those of the type, in the default group where that is not what OpenNebula
 * has for everybody, and with the names of the default VPC where those are not what networks say.
 */
export function interfacesOfType(template: VmTemplate, found: Found, context: Context): FoundInterface[] {
  const vpc = ofAccount(VPC, context)
  const [groups, names] = [groupsFor({}, vpc, found, context), namesForGuests(vpc, found, context)]
  const isAsTheyAre = !groups && Object.keys(names).length === 0
  if (isAsTheyAre || vectors(template.TEMPLATE, 'NIC').length === 0) return []
  const unasked = { primary: undefined, secondary: [], description: undefined, network: undefined, own: undefined }
  return [{ ...unasked, index: 0, subnet: undefined, isPublic: undefined, names, groups }]
}
