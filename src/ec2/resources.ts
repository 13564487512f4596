// The one table of EC2 resources: what their ids look like, and what is said when one is wrong or unknown.
import type { ResourceType } from '@aws-sdk/client-ec2'
import { Ec2Error } from '../protocol/errors.ts'

/** What a resource is called in ids, tags and errors. */
export interface Resource {
  /** The id's prefix, before the dash. */
  readonly prefix: string
  /** AWS's name of the type, as in tag specifications and DescribeTags; absent where there are no tags. */
  readonly type: ResourceType | undefined
  /** The error code when no such resource exists (or none that the caller may know of). */
  readonly notFound: string
  /** The error code when the id cannot be one. */
  readonly malformed: string
  /** What AWS says of ids that do not exist. */
  readonly missing: (ids: readonly string[]) => string
}

const resource = (
  prefix: string,
  type: ResourceType | undefined,
  codes: { notFound: string; malformed: string },
  missing: Resource['missing'],
): Resource => ({ prefix, type, ...codes, missing })

const invalid = (name: string, malformed = `${name}.Malformed`) => ({ notFound: `${name}.NotFound`, malformed })

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
  instance: resource('i', 'instance', invalid('InvalidInstanceID'), phrase('instance ID', 'instance IDs')),
  image: resource('ami', 'image', invalid('InvalidAMIID'), ids => `The image id '[${ids.join(', ')}]' does not exist`),
  volume: resource(
    'vol',
    'volume',
    invalid('InvalidVolume', 'InvalidVolumeID.Malformed'),
    phrase('volume', 'volumes', '.'),
  ),
  snapshot: resource(
    'snap',
    'snapshot',
    invalid('InvalidSnapshot', 'InvalidSnapshotID.Malformed'),
    phrase('snapshot', 'snapshots', '.'),
  ),
  reservation: resource('r', undefined, invalid('InvalidReservationID'), phrase('reservation ID', 'reservation IDs')),
  keyPair: resource(
    'key',
    'key-pair',
    invalid('InvalidKeyPair', 'InvalidKeyPair.Format'),
    phrase('key pair', 'key pairs'),
  ),
  securityGroup: resource(
    'sg',
    'security-group',
    invalid('InvalidGroup', 'InvalidGroupId.Malformed'),
    phrase('security group', 'security groups'),
  ),
  subnet: resource('subnet', 'subnet', invalid('InvalidSubnetID'), phrase('subnet ID', 'subnet IDs')),
  vpc: resource('vpc', 'vpc', invalid('InvalidVpcID'), phrase('vpc ID', 'vpc IDs')),
  networkInterface: resource(
    'eni',
    'network-interface',
    invalid('InvalidNetworkInterfaceID'),
    phrase('networkInterface ID', 'networkInterface IDs'),
  ),
  address: resource(
    'eipalloc',
    'elastic-ip',
    invalid('InvalidAllocationID'),
    phrase('allocation ID', 'allocation IDs'),
  ),
  association: resource(
    'eipassoc',
    undefined,
    invalid('InvalidAssociationID'),
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
  new Ec2Error(resources[kind].notFound, resources[kind].missing(ids))

export const malformed = (kind: ResourceKind, id: string) =>
  new Ec2Error(resources[kind].malformed, `Invalid id: "${id}" (expecting "${resources[kind].prefix}-...")`)
