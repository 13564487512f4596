// The resources that a request names and its answer made, by the types that CloudTrail has for them.
import { limits } from '../../limits.ts'
import type { NamedResource } from './event.ts'

/** Types by the prefix of ids. A kind that CloudTrail has no type for goes by CloudFormation's. */
export const TYPES: Readonly<Record<string, string>> = {
  i: 'AWS::EC2::Instance',
  ami: 'AWS::EC2::Ami',
  vol: 'AWS::EC2::Volume',
  snap: 'AWS::EC2::Snapshot',
  key: 'AWS::EC2::KeyPair',
  eni: 'AWS::EC2::NetworkInterface',
  'eni-attach': 'AWS::EC2::NetworkInterfaceAttachment',
  eipalloc: 'AWS::EC2::EIP',
  eipassoc: 'AWS::EC2::EIPAssociation',
  r: 'AWS::EC2::Reservation',
  lt: 'AWS::EC2::LaunchTemplate',
  pg: 'AWS::EC2::PlacementGroup',
  sg: 'AWS::EC2::SecurityGroup',
  sgr: 'AWS::EC2::SecurityGroupRule',
  subnet: 'AWS::EC2::Subnet',
  vpc: 'AWS::EC2::VPC',
  igw: 'AWS::EC2::InternetGateway',
  rtb: 'AWS::EC2::RouteTable',
  rtbassoc: 'AWS::EC2::SubnetRouteTableAssociation',
  dopt: 'AWS::EC2::DHCPOptions',
  acl: 'AWS::EC2::NetworkAcl',
  'import-ami': 'AWS::EC2::ImportImageTask',
  'import-snap': 'AWS::EC2::ImportSnapshotTask',
}

/** Members that name a resource by what is no id of its own. */
const NAMES: Readonly<Record<string, string>> = {
  KeyName: 'AWS::EC2::KeyPair',
  PublicIp: 'AWS::EC2::EIP',
  LaunchTemplateName: 'AWS::EC2::LaunchTemplate',
}

/** Members that are text, whatever it looks like. */
const TEXTS: ReadonlySet<string> = new Set(['Tags', 'TagSpecifications', 'Description', 'ClientToken', 'UserData'])

const ID = /^([a-z]+(?:-[a-z]+)?)-[0-9a-f]{8,17}$/

/** What stands before the digits is the client's: what every object of JavaScript has is no type. */
const typeOf = (prefix = ''): string | undefined => (Object.hasOwn(TYPES, prefix) ? TYPES[prefix] : undefined)

/** @param values inputs and outputs, what is to be named first in front */
export function resourcesIn(...values: readonly unknown[]): NamedResource[] {
  const found = new Map<string, NamedResource>()
  const add = (type: string | undefined, name: string) => {
    if (type !== undefined && found.size < limits.eventResources.most) found.set(`${type} ${name}`, { type, name })
  }
  const look = (value: unknown, member: string): void => {
    if (typeof value === 'string') {
      if (value !== '' && value.length <= limits.eventText.most)
        add(NAMES[member] ?? typeOf(ID.exec(value)?.[1]), value)
    } else if (Array.isArray(value)) {
      for (const item of value) look(item, member)
    } else if (isStructure(value)) {
      for (const [name, inside] of Object.entries(value)) if (!TEXTS.has(name)) look(inside, name)
    }
  }
  for (const value of values) for (const [type, name] of bucketParts(value)) add(type, name)
  for (const value of values) look(value, '')
  return [...found.values()]
}

/** What S3's requests are about has names that may be anything: only those of a bucket are looked at. */
function* bucketParts(value: unknown): Generator<readonly [type: string, name: string]> {
  if (!isStructure(value) || !('BucketName' in value) || typeof value.BucketName !== 'string') return
  const { BucketName } = value
  yield ['AWS::S3::Bucket', BucketName]
  for (const member of ['Key', 'Keys']) {
    const keys: unknown = Reflect.get(value, member)
    for (const key of [keys].flat()) if (typeof key === 'string') yield ['AWS::S3::Object', `${BucketName}/${key}`]
  }
}

const isStructure = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !ArrayBuffer.isView(value)
