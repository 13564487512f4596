// The one table of EC2 resources: what their ids look like, and what is said when one is wrong, unknown, or not as it must be.
import type { ResourceType } from '@aws-sdk/client-ec2'
import { excerpt } from '../lib/excerpt.ts'
import { invalidBecause } from '../protocol/complaints.ts'
import { Ec2Error, type SpecificCode } from '../protocol/errors.ts'

/** What a resource is called in ids, tags and errors. */
export interface Resource {
  /** The id's prefix, before the dash. */
  readonly prefix: string
  /** AWS's name of the type, as in tag specifications and DescribeTags; absent where there are no tags. */
  readonly type: ResourceType | undefined
  /** The error code when no such resource exists (or none that the caller may know of). */
  readonly notFound: SpecificCode
  /** The error code when the id cannot be one. */
  readonly malformed: SpecificCode
  /** What AWS says of ids that do not exist. */
  readonly missing: (ids: readonly string[]) => string
}

const resource = (
  prefix: string,
  type: ResourceType | undefined,
  codes: Pick<Resource, 'notFound' | 'malformed'>,
  missing: Resource['missing'],
): Resource => ({ prefix, type, ...codes, missing })

/** The codes of most kinds have one name before the dot. */
const codesOf = <Name extends string>(name: Name) =>
  ({ notFound: `${name}.NotFound`, malformed: `${name}.Malformed` }) as const

const phrase =
  (noun: string, plural: string, end = '') =>
  (ids: readonly string[]) =>
    ids.length === 1
      ? `The ${noun} '${ids[0]}' does not exist${end}`
      : `The ${plural} '${ids.join(', ')}' do not exist${end}`

/**
 * Every kind of resource that has ids of its own.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const resources = {
  instance: resource('i', 'instance', codesOf('InvalidInstanceID'), phrase('instance ID', 'instance IDs')),
  image: resource('ami', 'image', codesOf('InvalidAMIID'), ids => `The image id '[${ids.join(', ')}]' does not exist`),
  volume: resource(
    'vol',
    'volume',
    { notFound: 'InvalidVolume.NotFound', malformed: 'InvalidVolumeID.Malformed' },
    phrase('volume', 'volumes', '.'),
  ),
  snapshot: resource(
    'snap',
    'snapshot',
    { notFound: 'InvalidSnapshot.NotFound', malformed: 'InvalidSnapshotID.Malformed' },
    phrase('snapshot', 'snapshots', '.'),
  ),
  reservation: resource('r', undefined, codesOf('InvalidReservationID'), phrase('reservation ID', 'reservation IDs')),
  keyPair: resource(
    'key',
    'key-pair',
    { notFound: 'InvalidKeyPair.NotFound', malformed: 'InvalidKeyPair.Format' },
    phrase('key pair', 'key pairs'),
  ),
  securityGroup: resource(
    'sg',
    'security-group',
    { notFound: 'InvalidGroup.NotFound', malformed: 'InvalidGroupId.Malformed' },
    phrase('security group', 'security groups'),
  ),
  subnet: resource('subnet', 'subnet', codesOf('InvalidSubnetID'), phrase('subnet ID', 'subnet IDs')),
  vpc: resource('vpc', 'vpc', codesOf('InvalidVpcID'), phrase('vpc ID', 'vpc IDs')),
  networkInterface: resource(
    'eni',
    'network-interface',
    codesOf('InvalidNetworkInterfaceID'),
    phrase('networkInterface ID', 'networkInterface IDs'),
  ),
  address: resource(
    'eipalloc',
    'elastic-ip',
    codesOf('InvalidAllocationID'),
    phrase('allocation ID', 'allocation IDs'),
  ),
  association: resource(
    'eipassoc',
    undefined,
    codesOf('InvalidAssociationID'),
    phrase('association ID', 'association IDs'),
  ),
} as const satisfies Record<string, Resource>

export type ResourceKind = keyof typeof resources

const kindOfPrefix = new Map<string, ResourceKind>(
  Object.entries(resources).map(([kind, { prefix }]) => [prefix, kind as ResourceKind]),
)

/** The kind an id claims to be of by its prefix: `vol-12` → `volume`. */
export const kindOf = (id: string): ResourceKind | undefined => kindOfPrefix.get(id.slice(0, id.lastIndexOf('-')))

export const notFound = (kind: ResourceKind, ...ids: string[]) =>
  new Ec2Error(resources[kind].notFound, resources[kind].missing(ids.map(id => excerpt(id))))

export const malformed = (kind: ResourceKind, id: string) =>
  new Ec2Error(resources[kind].malformed, `Invalid id: "${excerpt(id)}" (expecting "${resources[kind].prefix}-...")`)

/** What uses a resource that is in use, and how AWS says it. */
const uses = {
  volume: ['VolumeInUse', (id, user = 'an instance') => `Volume ${id} is currently attached to ${user}`],
  snapshot: ['InvalidSnapshot.InUse', (id, user = 'an image') => `The snapshot ${id} is currently in use by ${user}`],
  address: ['InvalidIPAddress.InUse', ip => `Address ${ip} is in use.`],
} as const satisfies Record<string, readonly [code: SpecificCode, sentence: (id: string, user?: string) => string]>

/**
 * For what cannot be done while another resource uses this one.
 * @param id   of an address, the address itself
 * @param user the id of the other, where it is known
 */
export function inUse(kind: keyof typeof uses, id: string, user?: string): Ec2Error {
  const [code, sentence] = uses[kind]
  return new Ec2Error(code, sentence(excerpt(id), user))
}

const states = {
  volume: (id, state) => `Volume '${id}' is in the '${state}' state.`,
  snapshot: (id, state) => `Snapshot ${id} is in invalid state - ${state}`,
} as const satisfies Record<string, (id: string, state: string) => string>

/** For what cannot be done in the state that a resource is in. @returns IncorrectState */
export const incorrectState = (kind: keyof typeof states, id: string, state: string): Ec2Error =>
  new Ec2Error('IncorrectState', states[kind](id, state))

/** @param become what an instance cannot be in its state: `stopped`, say @returns IncorrectInstanceState */
export const incorrectInstanceState = (id: string, state: string, become: string): Ec2Error =>
  new Ec2Error(
    'IncorrectInstanceState',
    `The instance '${id}' is not in a state from which it can be ${become}. Its current state is '${state}'.`,
  )

/** @param why a clause more, where there is more to say @returns InvalidAMIID.Unavailable */
export const imageUnavailable = (id: string, why?: string): Ec2Error =>
  new Ec2Error(
    'InvalidAMIID.Unavailable',
    `The image ID '${id}' is not available${why === undefined ? '' : `: ${why}`}.`,
  )

/** For an instance of several interfaces, of which it does not follow which one is meant. @returns InvalidInstanceID */
export const severalInterfaces = (id: string): Ec2Error =>
  new Ec2Error(
    'InvalidInstanceID',
    `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
  )

/** @returns InvalidBlockDeviceMapping */
export const invalidMapping = (sentence: string): Ec2Error => new Ec2Error('InvalidBlockDeviceMapping', sentence)

/** @returns InvalidUserData.Malformed */
export const malformedUserData = (): Ec2Error =>
  new Ec2Error('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.')

/** @param most bytes @returns InvalidParameterValue */
export const tooMuchUserData = (most: number): Ec2Error => invalidBecause(`User data is limited to ${most} bytes`)
