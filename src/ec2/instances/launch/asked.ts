// What a launch is about, as policies see it: everything that it names, its template's names included, and everything that it makes.
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { vectors } from '../../../opennebula/xml/attributes.ts'
import { integer } from '../../../opennebula/xml/numbers.ts'
import type { Context } from '../../core/context.ts'
import { canonicalId, numericId } from '../../core/ids.ts'
import { ofAccount } from '../../core/one-an-account.ts'
import { type AskedResource, arnOf, NEW, type Said } from '../../core/permissions.ts'
import type { Tags } from '../../core/tags.ts'
import { gibibytes } from '../../disk-images/sizes.ts'
import { toldTags } from '../../disk-images/tags.ts'
import { defaultGroupId } from '../../security-groups/resource.ts'
import { SUBNET } from '../../subnets/resource.ts'
import { VPC } from '../../vpcs/resource.ts'
import type { FoundInterface } from './named.ts'
import type { LaunchPlan } from './plan.ts'
import type { TemplatedLaunch } from './template.ts'

/**
 * The resources of a launch, as AWS has them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-policies-ec2-console.html
 */
export function askedByLaunch(
  { input, template, templateTags }: TemplatedLaunch,
  plan: LaunchPlan,
  context: Context,
): AskedResource[] {
  const { image, imageId, keyPair, placement } = plan
  const zone = { 'ec2:AvailabilityZone': plan.zone }
  return [
    {
      ...{ type: 'image', id: canonicalId(imageId), tags: toldTags('image', image, context) },
      said: { 'ec2:ImageID': canonicalId(imageId) },
    },
    made('instance', plan.tags, { 'ec2:InstanceType': plan.type, ...zone }),
    ...volumesOf(plan).map(said => made('volume', plan.volumeTags, { ...said, ...zone })),
    ...snapshotsOf(input, plan, context),
    ...placesOf(plan, context).flatMap(place => interfaceOf(place, plan, context)),
    ...(keyPair ? [{ type: 'key-pair', id: keyPair.name, tags: keyPair.tags }] : []),
    ...(template ? [{ type: 'launch-template', id: template.id, ...(templateTags && { tags: templateTags }) }] : []),
    ...(placement ? [{ type: 'placement-group', id: placement.name, tags: placement.tags }] : []),
  ]
}

const made = (type: string, given: Tags, said: Said): AskedResource => ({ type, id: NEW, isMade: true, given, said })

const volumesOf = ({ disks: { root, volumes }, image }: LaunchPlan): Said[] => [
  volumeOf(root.size ?? gibibytes(image.SIZE), root.record.type),
  ...volumes.map(({ size, record }) => volumeOf(size, record.type)),
]

const volumeOf = (size: number, type = 'standard'): Said => ({ 'ec2:VolumeSize': String(size), 'ec2:VolumeType': type })

/** Those that the request names; what an AMI brings goes with it. */
function snapshotsOf(
  { BlockDeviceMappings = [] }: RunInstancesRequest,
  { disks }: LaunchPlan,
  context: Context,
): AskedResource[] {
  const ids = new Set(BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId || []))
  return [...ids].map(id => {
    const from = disks.volumes.find(({ record }) => record.snapshot === id)?.from
    return { type: 'snapshot', id: canonicalId(id), ...(from && { tags: toldTags('snapshot', from, context) }) }
  })
}

/** Where an interface of an instance will be. */
interface PlannedPlace {
  /** Absent where the instance type names its network in a way that tells of no subnet. */
  readonly subnet: Pick<AskedResource, 'id' | 'tags'> | undefined
  readonly vpc: string
  readonly asked: FoundInterface | undefined
}

/** Of all interfaces: those of the instance type are where its operator has them, in the default VPC. */
function placesOf({ interfaces, template }: LaunchPlan, context: Context): PlannedPlace[] {
  const vpc = ofAccount(VPC, context)
  const ofType = vectors(template.TEMPLATE, 'NIC').map(({ NETWORK_ID = '' }) => {
    const number = integer(NETWORK_ID)
    return { vpc, asked: undefined, subnet: number === undefined ? undefined : { id: numericId(SUBNET, number) } }
  })
  const places = interfaces.map((asked, position): PlannedPlace => {
    const { own, subnet } = asked
    const [id, of] = own ? [own.record.subnet, own.record.vpc] : [subnet?.id, subnet?.vpc]
    if (id !== undefined && of !== undefined)
      return { asked, vpc: of, subnet: { id, ...(subnet && { tags: subnet.tags }) } }
    return { ...(ofType[position] ?? ofType[0] ?? { vpc, subnet: undefined }), asked }
  })
  return places.length > 0 ? places : ofType
}

/** An interface, its subnet, and the groups that it will be in. */
function interfaceOf({ subnet, vpc, asked }: PlannedPlace, plan: LaunchPlan, context: Context): AskedResource[] {
  const place = { region: context.settings.region, account: context.account }
  const zone = { 'ec2:AvailabilityZone': plan.zone }
  const inVpc = { 'ec2:Vpc': arnOf('vpc', vpc, place) }
  const inSubnet = { ...inVpc, ...zone, ...(subnet && { 'ec2:Subnet': arnOf('subnet', subnet.id, place) }) }
  const { own, groups } = asked ?? {}
  return [
    own
      ? { type: 'network-interface', id: own.id, tags: own.tags, said: inSubnet }
      : made('network-interface', plan.interfaceTags, inSubnet),
    { type: 'subnet', ...(subnet ?? { id: NEW }), said: { ...inVpc, ...zone } },
    // One that there is stays in its groups
    ...(own ? [] : (groups ?? [{ id: defaultGroupId(vpc, context), tags: new Map() }])).map(({ id, tags }) => ({
      ...{ type: 'security-group', id, tags },
      said: inVpc,
    })),
  ]
}
