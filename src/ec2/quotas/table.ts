// The quotas of an account, in one table, with AWS's codes and names where AWS has one that fits: Service Quotas and
// DescribeAccountAttributes both tell what stands here.
import { limits } from '../../limits.ts'
import { type Metric, type Quota, quotaOf, withoutOwn } from '../core/quotas.ts'
import type { AccountLimits } from './find.ts'

/** The services that there are quotas of, by their codes. */
export const quotaServices = {
  ebs: 'Amazon Elastic Block Store (Amazon EBS)',
  ec2: 'Amazon Elastic Compute Cloud (Amazon EC2)',
  vpc: 'Amazon Virtual Private Cloud (Amazon VPC)',
} as const
export type QuotaService = keyof typeof quotaServices

export interface QuotaRow {
  readonly service: QuotaService
  /** AWS's, `L-…`, or one of our own. */
  readonly code: string
  readonly name: string
  /** What it counts, where its name does not say all of it. */
  readonly description?: string
  /** Whether the operator sets it, and may set another. */
  readonly adjustable: boolean
  /** The limits that count, each with what counts towards it; the account's own first. None where use is not counted. */
  readonly quotas: (account: AccountLimits) => readonly Quota[]
}

/** Limits of OpenNebula, in units of so many of its own. */
const ofCloud =
  (unit: number, metrics: (settings: AccountLimits['settings']) => readonly Metric[]): QuotaRow['quotas'] =>
  ({ holders, settings }) =>
    metrics(settings).flatMap(metric =>
      holders.map(holder => {
        const { limit, used } = quotaOf(holder, metric)
        return { limit: limit / unit, used: used / unit }
      }),
    )

/** A limit of the endpoint's own, of something that there may be several of. */
const fixed =
  (limit: number): QuotaRow['quotas'] =>
  () => [{ limit, used: Number.NaN }]

const MIB_IN_TIB = 1024 * 1024

/** As AWS calls them; OpenNebula has them all in one place. */
const storage = (code: string, type: string): QuotaRow => ({
  ...{ service: 'ebs', code, name: `Storage for ${type} volumes, in TiB`, adjustable: true },
  description: 'Volumes of all types, snapshots and images of the account count together.',
  quotas: ofCloud(MIB_IN_TIB, ({ datastore }) => [['DATASTORE', 'SIZE', datastore]]),
})

const images = (service: QuotaService, code: string, name: string): QuotaRow => ({
  ...{ service, code, name, adjustable: true },
  description: 'Volumes, snapshots and images of the account count together.',
  quotas: ofCloud(1, ({ datastore }) => [['DATASTORE', 'IMAGES', datastore]]),
})

const elasticAddresses: QuotaRow = {
  ...{ service: 'ec2', code: 'L-0263D0A3', name: 'EC2-VPC Elastic IPs', adjustable: true },
  quotas: account => {
    const { addressNetwork: network } = account.settings
    const own = network === undefined ? [] : ofCloud(1, () => [['NETWORK', 'LEASES', network]])(account)
    return [...own, { limit: account.addresses, used: own[0]?.used ?? 0 }]
  },
}

const instances: QuotaRow = {
  ...{ service: 'ec2', code: 'econe-instances', name: 'Instances', adjustable: true },
  description: 'Instances that are not terminated.',
  quotas: ofCloud(1, () => [
    ['VM', 'VMS'],
    ['VM', 'RUNNING_VMS'],
  ]),
}

const groupsOfInterface: QuotaRow = {
  ...{ service: 'vpc', code: 'L-2AFB9258', name: 'Security groups per network interface', adjustable: false },
  quotas: fixed(limits.securityGroupsOfInterface.most),
}

export const quotaTable: readonly QuotaRow[] = [
  {
    ...{ service: 'ec2', code: 'L-1216C47A', adjustable: true },
    name: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
    description: "CPU of all instances, as OpenNebula schedules it: shares of its hosts' cores, whatever guests see.",
    quotas: ofCloud(1, () => [
      ['VM', 'RUNNING_CPU'],
      ['VM', 'CPU'],
    ]),
  },
  elasticAddresses,
  images('ec2', 'L-B665C33B', 'AMIs'),
  instances,
  {
    ...{ service: 'ec2', code: 'econe-memory', name: 'Memory of instances, in GiB', adjustable: true },
    quotas: ofCloud(1024, () => [
      ['VM', 'RUNNING_MEMORY'],
      ['VM', 'MEMORY'],
    ]),
  },
  storage('L-D18FCD1D', 'General Purpose SSD (gp2)'),
  storage('L-7A658B76', 'General Purpose SSD (gp3)'),
  storage('L-FD252861', 'Provisioned IOPS SSD (io1)'),
  storage('L-09BD8365', 'Provisioned IOPS SSD (io2)'),
  storage('L-82ACEF56', 'Throughput Optimized HDD (st1)'),
  storage('L-17AF77E8', 'Cold HDD (sc1)'),
  storage('L-9CF3C2EB', 'Magnetic (standard)'),
  images('ebs', 'L-309BACF6', 'Snapshots per Region'),
  {
    ...{ service: 'vpc', code: 'L-F678F1CE', name: 'VPCs per Region', adjustable: false },
    quotas: fixed(limits.vpcs.most + 1),
  },
  {
    ...{ service: 'vpc', code: 'L-407747CB', name: 'Subnets per VPC', adjustable: false },
    quotas: fixed(limits.subnetsOfVpc.most),
  },
  groupsOfInterface,
  {
    ...{ service: 'vpc', code: 'L-0EA8095F', adjustable: false },
    name: 'Inbound or outbound rules per security group',
    quotas: fixed(limits.rulesOfSecurityGroup.most),
  },
]

/** The quotas that account attributes are told of as well. */
export const told = { elasticAddresses, instances, groupsOfInterface } as const

/** How much there may be, of which the smallest limit counts; a number all the same where there is none. */
export const amountOf = ({ quotas }: QuotaRow, account: AccountLimits): number =>
  Math.min(limits.unlimitedQuota.most, ...quotas(account).map(({ limit }) => limit))

/** The same of an account that has no limits of its own. */
export const defaultOf = (row: QuotaRow, account: AccountLimits): number =>
  amountOf(row, { ...account, holders: account.holders.map(withoutOwn) })

/** How much of a quota is used, of the limit that is the nearest, in percent; undefined where it is not counted, or without end. */
export function utilizationOf({ quotas }: QuotaRow, account: AccountLimits): number | undefined {
  const used = quotas(account)
    .filter(({ limit, used }) => Number.isFinite(limit) && !Number.isNaN(used))
    .map(quota => (quota.limit > 0 ? (100 * quota.used) / quota.limit : 100))
  return used.length > 0 ? Math.max(...used) : undefined
}
