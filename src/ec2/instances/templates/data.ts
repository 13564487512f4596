// The data of a launch template: read as AWS's schema has it, checked as the launch would be, and inherited by a version.
import type {
  LaunchTemplateBlockDeviceMappingRequest,
  RequestLaunchTemplateData,
  TagSpecification,
} from '@aws-sdk/client-ec2'
import { isXmlText } from '../../../lib/xml-text.ts'
import { limits } from '../../../limits.ts'
import { unsupported } from '../../../protocol/complaints.ts'
import type { Scalar, Shape, Structure } from '../../../protocol/model.ts'
import type { StructureValue, Value } from '../../../protocol/request.ts'
import type { Field } from '../../core/fields.ts'
import { parseId } from '../../core/ids.ts'
import type { Resource } from '../../core/resource.ts'
import { tagsFor } from '../../core/tags.ts'
import { IMAGE } from '../../images/resource.ts'
import { ec2 } from '../../model/services.ts'
import { NETWORK_INTERFACE } from '../../network-interfaces/resource.ts'
import { SECURITY_GROUP } from '../../security-groups/resource.ts'
import { SNAPSHOT } from '../../snapshots/resource.ts'
import { SUBNET } from '../../subnets/resource.ts'
import { checkOptions, checkUserDataText } from '../launch/request.ts'
import { dataInputs } from './inputs.ts'

const ROOT = 'LaunchTemplateData'

const honoured: ReadonlySet<string> = new Set(dataInputs.honours)

/** AWS's schema of the data. */
function schema(): Shape {
  const shape = ec2.operation('CreateLaunchTemplate')?.input.members.find(({ name }) => name === ROOT)?.shape
  if (!shape) throw new TypeError('the model has no launch templates')
  return shape
}

/**
 * Data as it is kept, by AWS's schema. Of what an owner wrote there that counts which CreateLaunchTemplate would take.
 */
export const dataField: Field<RequestLaunchTemplateData> = (value, name, wrong) => {
  const known = read(schema(), value, ROOT, false)
  // The schema says of each member what the type does
  return known === undefined ? wrong(value, name) : (known as RequestLaunchTemplateData)
}

/** @param within whether what it stands in is honoured as a whole */
function read(shape: Shape, value: unknown, path: string, within: boolean): Value | undefined {
  const taken = within || honoured.has(path)
  if (shape.kind === 'structure') return readStructure(shape, value, path, taken)
  if (shape.kind === 'scalar') return isScalar(shape, value) && (taken || isHarmless(path, value)) ? value : undefined
  if (!Array.isArray(value)) return undefined
  const items: readonly unknown[] = value.slice(0, limits.listMembers.most)
  return items.flatMap(item => read(shape.item, item, path, taken) ?? [])
}

function readStructure({ members }: Structure, value: unknown, path: string, taken: boolean) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const known: Record<string, Value> = {}
  for (const { name, shape } of members) {
    const given: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined
    const member = given === undefined ? undefined : read(shape, given, `${path}.${name}`, taken)
    if (member !== undefined) known[name] = member
  }
  return known satisfies StructureValue
}

const isScalar = ({ type, bound }: Scalar, value: unknown): value is string | number | boolean => {
  if (typeof value === 'string') {
    return type === 'string' && value.length <= (bound ?? limits.text).most && isXmlText(value)
  }
  return typeof value === type && (typeof value !== 'number' || Number.isSafeInteger(value))
}

const isHarmless = (path: string, value: string | number | boolean) =>
  dataInputs.harmless[path]?.some(allowed => allowed === value) ?? false

/** What instances of a launch have tags of; a template may name requests of the spot market besides, of which there are none. */
const TAGGED = ['instance', 'volume', 'network-interface', 'spot-instances-request']

/**
 * Data as it is to be kept: without what asks for nothing.
 *
 * Values are checked that no launch could do with: whether what they name exists is asked then.
 * @throws Ec2Error the Malformed of what an id names, InvalidUserData.Malformed, InvalidParameterValue, TagLimitExceeded
 */
export function checkData(data: RequestLaunchTemplateData): RequestLaunchTemplateData {
  const { ImageId, SecurityGroupIds = [], NetworkInterfaces = [], BlockDeviceMappings = [], TagSpecifications } = data
  if (ImageId?.startsWith('resolve:')) throw unsupported(`${ROOT}.ImageId`, ImageId)
  checkIds(IMAGE, [ImageId])
  checkIds(SECURITY_GROUP, [...SecurityGroupIds, ...NetworkInterfaces.flatMap(({ Groups = [] }) => Groups)])
  checkIds(
    SUBNET,
    NetworkInterfaces.map(({ SubnetId }) => SubnetId),
  )
  checkIds(
    NETWORK_INTERFACE,
    NetworkInterfaces.map(({ NetworkInterfaceId }) => NetworkInterfaceId),
  )
  checkIds(
    SNAPSHOT,
    BlockDeviceMappings.map(({ Ebs }) => Ebs?.SnapshotId),
  )
  checkUserDataText(data.UserData)
  checkOptions(data)
  for (const type of TAGGED) tagsFor(type, TagSpecifications, TAGGED)
  return Object.fromEntries(Object.entries(data).filter(asksForSomething))
}

/** Whether a member of an input asks for something: is no empty text, and no structure of nothing else. */
export const asksForSomething = ([, value]: readonly [string, unknown]): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).some(asksForSomething)
    : value !== undefined && value !== ''

function checkIds(resource: Resource, ids: readonly (string | undefined)[]): void {
  for (const id of ids) if (id) parseId(resource, id)
}

/** Specifications without those of what no launch makes. */
export const launchTags = (specifications: readonly TagSpecification[] = []): TagSpecification[] =>
  specifications.filter(({ ResourceType }) => ResourceType !== 'spot-instances-request')

/**
 * The data of a version that is made from another: what is given replaces what the other has of the same member.
 * Snapshots are not inherited.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateLaunchTemplateVersion.html
 */
export function inherited(
  source: RequestLaunchTemplateData,
  given: RequestLaunchTemplateData,
): RequestLaunchTemplateData {
  const { BlockDeviceMappings: mappings } = source
  return { ...source, ...(mappings && { BlockDeviceMappings: mappings.map(withoutSnapshot) }), ...given }
}

function withoutSnapshot(mapping: LaunchTemplateBlockDeviceMappingRequest): LaunchTemplateBlockDeviceMappingRequest {
  if (mapping.Ebs?.SnapshotId === undefined) return mapping
  const { SnapshotId: _, ...Ebs } = mapping.Ebs
  return { ...mapping, Ebs }
}
