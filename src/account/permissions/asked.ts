// What a request is about: the resources that its input names, by what the row of its action says of it.
import { policyOf } from '../../auth/policy/decide.ts'
import { type Interest, interestIn } from '../../auth/policy/evaluate.ts'
import type { KeyName } from '../../auth/policy/keys.ts'
import type { Account } from '../../ec2/core/account.ts'
import type { AnyAction } from '../../ec2/core/action.ts'
import type { GrantPolicy } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import { canonicalId, numericId } from '../../ec2/core/ids.ts'
import { ofAccount } from '../../ec2/core/one-an-account.ts'
import { type ArnType, type AskedResource, arnOf, NEW, type Said } from '../../ec2/core/permissions.ts'
import { isIdOf, notFound } from '../../ec2/core/resource.ts'
import { sideBySide } from '../../ec2/core/side-by-side.ts'
import { zoneOfId } from '../../ec2/core/zones.ts'
import { idAtLocation } from '../../ec2/images/resource.ts'
import { resources } from '../../ec2/resources.ts'
import { ALLOW_ALL, isOpen, SECURITY_GROUP } from '../../ec2/security-groups/resource.ts'
import { VPC } from '../../ec2/vpcs/resource.ts'
import { type Input, textOf, withAttributes } from './attributes.ts'
import { kinds, ofOthers } from './kinds.ts'
import { DEFAULT } from './reached.ts'

/** A request, as far as it says what it is about. */
export interface Request {
  /** `ec2:StopInstances` */
  readonly action: string
  readonly input: object
  readonly row: Pick<AnyAction, 'on' | 'makes' | 'touches' | 'defaults'>
  /** The policies that are asked, which decide what has to be known. */
  readonly policies: readonly GrantPolicy[]
}

/** Names of resources of a kind, by one member of the input. */
interface Mention {
  readonly type: string
  readonly member: string
  readonly names: readonly string[]
  readonly isTouched?: boolean
  readonly isMade?: boolean
}

/** Where it is asked, and whose it is. */
type Place = Parameters<typeof arnOf>[2] & { readonly account: Account }

/**
 * The resources that a request is about. What its ids alone decide costs nothing; where the policy asks for more, each kind that it
 * asks about is looked up.
 *
 * @throws Ec2Error where one of several resources that have to be looked up is not there
 */
export async function askedResources(
  { action, input, row, policies }: Request,
  context: () => Promise<Context>,
  place: Place,
): Promise<AskedResource[]> {
  const about = interestOf(policies, action)
  const given = about.keys.has('ec2:AvailabilityZone') ? await withZone(input as Input, context) : (input as Input)
  const mentions = mentionsIn(given, row, place.account)
  const isThere = (type: string) => mentions.some(mention => mention.isMade && mention.type === type)
  const made = Object.entries(row.makes ?? {}).filter(([type]) => !isThere(type))
  const isAsked = (key: string) => about.keys.has(key as KeyName)
  const keysOfMade = made.flatMap(([type]) => kinds[type as ArnType]?.keys ?? []).filter(isAsked)
  const needsLook = ({ type, member, isTouched }: Mention) => {
    const kind = kinds[type as ArnType]
    if (!kind) return false
    const isTold = isTagAsked(about.keys) || kind.keys.some(key => isAsked(key) || keysOfMade.includes(key))
    return isTold || (about.resources && !kind.isId(member)) || (isTouched === true && about.resources)
  }
  const alias = mentions.find(isOfAnyDefaultGroup)
  const tellsApart = alias !== undefined && (about.resources || needsLook(alias))
  if (tellsApart && isOpen((await context()).settings)) throw notFound(SECURITY_GROUP, ...alias.names)
  const looked = await lookedUp(mentions.filter(needsLook), given, context)
  const there = mentions.flatMap((mention): AskedResource[] => {
    const { type, names, isTouched, isMade } = mention
    const found = looked.get(mention) ?? []
    const known = found.length > 0 ? found : names.map(name => ({ type, id: idIn(type, name) }))
    return known.map(each => ({ ...each, ...(isTouched && { isTouched }), ...(isMade && { isMade }) }))
  })
  const makes = made.map(([type, named]): AskedResource => {
    const id = BY_NAME.includes(type) ? (textsAt(given, named)[0] ?? NEW) : NEW
    return { type, id, isMade: true, said: { ...ofOthers(type, there), ...defined(saidOfMade(type, given, place)) } }
  })
  return withAttributes(
    [...makes, ...taggedBesides(given, row), ...there].map(withTags(action, given)),
    action,
    given,
    row,
  )
}

/** What there is of what is mentioned, looked up side by side. */
async function lookedUp(mentions: readonly Mention[], input: Input, context: () => Promise<Context>) {
  if (mentions.length === 0) return new Map<Mention, readonly AskedResource[]>()
  const lookups = mentions.map(
    ({ type, member, names }) =>
      async (look: Context) =>
        (await kinds[type as ArnType]?.look({ member, names, input }, look)) ?? [],
  )
  const found = await sideBySide(await context(), ...lookups)
  return new Map(mentions.map((mention, index) => [mention, found[index] ?? []]))
}

/** What any of the policies wants to know. */
function interestOf(policies: readonly GrantPolicy[], action: string): Interest {
  const interests = policies.map(({ text }) => interestIn(policyOf(text), action))
  return {
    resources: interests.some(({ resources: named }) => named),
    keys: new Set(interests.flatMap(({ keys }) => [...keys])),
  }
}

/** A zone by its name, as the condition key has it, where a request has its id. */
async function withZone(input: Input, context: () => Promise<Context>): Promise<Input> {
  const { AvailabilityZone, AvailabilityZoneId: id } = input
  if (AvailabilityZone || typeof id !== 'string') return input
  return { ...input, AvailabilityZone: zoneOfId(id, (await context()).settings) }
}

/**
 * Whether groups are named by the one id that every open default group was known by once: nobody can tell then which is meant, and
 * with a policy that tells them apart each goes by its own id.
 */
const isOfAnyDefaultGroup = ({ type, names }: Mention) =>
  type === SECURITY_GROUP.type && names.some(name => canonicalId(name) === numericId(SECURITY_GROUP, ALLOW_ALL))

const isTagAsked = (keys: ReadonlySet<KeyName>) => keys.has('aws:ResourceTag/') || keys.has('ec2:ResourceTag/')

function mentionsIn(
  input: Input,
  { on = {}, touches = {}, makes = {}, defaults = {} }: Request['row'],
  caller: Account,
): Mention[] {
  const mention = (type: string, path: string): Mention[] => {
    const names = [...new Set(textsAt(input, path))]
    const member = path.slice(path.lastIndexOf('.') + 1)
    if (type !== 'any') return names.length > 0 ? [{ type, member, names }] : []
    return [...Map.groupBy(names, typeOf)].map(([known, some]) => ({ type: known, member, names: some }))
  }
  const all = (about: typeof on) =>
    Object.entries(about).flatMap(([type, paths]) => paths.flatMap(path => mention(type, path)))
  const named = all(on)
  // Whoever names no user means the own one
  const own = on.user && !named.some(({ type }) => type === 'user') ? [caller.user.name] : []
  const registered = idsAtLocation(textsAt(input, makes.image ?? ''))
  return [
    ...named,
    ...own.map(name => ({ type: 'user', member: 'UserName', names: [name] })),
    ...all(touches).map(each => ({ ...each, isTouched: true })),
    ...Object.entries(defaults)
      .filter(([, path]) => textsAt(input, path).length === 0)
      .map(([type]) => ({ type, member: DEFAULT, names: [], isTouched: true })),
    ...(registered.length > 0 ? [{ type: 'image', member: 'ImageId', names: registered, isMade: true }] : []),
  ]
}

/** What is made an AMI may be there as an image: then it is that one which the request is about. */
const idsAtLocation = (locations: readonly string[]) => locations.flatMap(location => idAtLocation(location) ?? [])

/** The kind that an id says that it is of; what is none is refused by the action itself. */
function typeOf(id: string): string {
  return resources.find(({ resource }) => isIdOf(resource, id))?.resource.type ?? 'unknown'
}

/** Key pairs and placement groups go by their names, which are no ids. */
const BY_NAME: readonly string[] = ['key-pair', 'placement-group', 'user', 'role', 'instance-profile']

/** Some of them go by their ARNs as well. What their names may be does not begin so. */
const BY_ARN: readonly string[] = ['role', 'instance-profile']

function idIn(type: string, name: string): string {
  if (BY_ARN.includes(type)) return name.replace(/^arn:[^/]*\//, '')
  return BY_NAME.includes(type) ? name : canonicalId(name)
}

/** The texts at a path in an input, of all items of the lists on the way. */
function textsAt(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap(item => textsAt(item, path))
  if (path === '') return typeof value === 'string' && value !== '' ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  const [member = '', ...rest] = path.split('.')
  return textsAt((value as Input)[member], rest.join('.'))
}

/** What the request says of what it makes, by condition keys. */
function saidOfMade(type: string, input: Input, place: Place): Said {
  const text = (member: string) => textOf(input[member])
  const arn = (of: string, member: string) => {
    const id = text(member)
    return id ? arnOf(of, canonicalId(id), place) : undefined
  }
  const vpc = () => arn('vpc', 'VpcId')
  const zone = { 'ec2:AvailabilityZone': text('AvailabilityZone') }
  const table: Readonly<Record<string, () => Said>> = {
    volume: () => ({ 'ec2:VolumeSize': text('Size'), 'ec2:VolumeType': text('VolumeType') ?? 'standard', ...zone }),
    subnet: () => ({ 'ec2:Vpc': vpc(), ...zone }),
    'security-group': () => ({ 'ec2:Vpc': vpc() ?? arnOf('vpc', ofAccount(VPC, place), place) }),
    'route-table': () => ({ 'ec2:Vpc': vpc() }),
    'network-interface': () => ({ 'ec2:Subnet': arn('subnet', 'SubnetId') }),
  }
  return table[type]?.() ?? {}
}

const defined = (said: Said): Said =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))

/** Actions whose own members are the tags that they are about. */
const TAGGING = ['ec2:CreateTags', 'ec2:DeleteTags']

/** What a request gives tags besides what it makes as a resource: rules of a group. It is told apart by its tags alone. */
function taggedBesides(input: Input, { makes = {} }: Request['row']): AskedResource[] {
  const types = listOf(input['TagSpecifications']).map(({ ResourceType }) => textOf(ResourceType) ?? '')
  const others = new Set(types.filter(type => !Object.hasOwn(makes, type)))
  return Array.from(others, type => ({ type, id: NEW, isMade: true, isTouched: true }))
}

/**
 * The tags that the request speaks of: for what it makes, or for whatever CreateTags and DeleteTags name. They are read once for all
 * resources of a kind.
 */
function withTags(action: string, input: Input): (resource: AskedResource) => AskedResource {
  const isTagging = TAGGING.includes(action)
  const known = new Map<string, AskedResource['given']>()
  const read = (type: string) => {
    const specified = listOf(input['TagSpecifications']).filter(({ ResourceType }) => ResourceType === type)
    const tags = (isTagging ? [input['Tags']] : specified.map(({ Tags }) => Tags)).flatMap(listOf)
    return tags.length === 0
      ? undefined
      : new Map(tags.map(({ Key, Value }) => [textOf(Key) ?? '', textOf(Value)] as const))
  }
  return resource => {
    if (!isTagging && !resource.isMade) return resource
    const type = isTagging ? '' : resource.type
    if (!known.has(type)) known.set(type, read(type))
    const given = known.get(type)
    return given ? { ...resource, given } : resource
  }
}

const listOf = (value: unknown): Input[] => (Array.isArray(value) ? (value as Input[]) : [])
