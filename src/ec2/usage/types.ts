// What is counted of an account, in the words of AWS's bills where these have one.
import { secondsOfMonth } from '../../lib/days.ts'
import type { UsageKind } from '../core/usage.ts'

/** What is counted besides hours of instances: GiB of it, or each one. */
const kinds = {
  volume: { name: 'EBS:VolumeUsage', service: 'EC2 - Other', unit: 'GB-Mo' },
  snapshot: { name: 'EBS:SnapshotUsage', service: 'EC2 - Other', unit: 'GB-Mo' },
  image: { name: 'EC2:ImageUsage', service: 'EC2 - Other', unit: 'GB-Mo' },
  address: { name: 'ElasticIP:Address', service: 'EC2 - Other', unit: 'Hrs' },
  bucket: { name: 'TimedStorage-ByteHrs', service: 'Amazon Simple Storage Service', unit: 'GB-Mo' },
} as const satisfies Readonly<Record<UsageKind, UsageType>>

export interface UsageType {
  /** `BoxUsage:m1.small`. */
  readonly name: string
  /** AWS's name of the service that it is a part of. */
  readonly service: string
  /** Hours, or GiB for a month. */
  readonly unit: 'Hrs' | 'GB-Mo'
  readonly instanceType?: string
}

export const typeOf = (kind: UsageKind): UsageType => kinds[kind]

/** The hours that instances of a type ran. */
export const ofInstances = (instanceType: string): UsageType => ({
  ...{ name: `BoxUsage:${instanceType}`, service: 'Amazon Elastic Compute Cloud - Compute', unit: 'Hrs' },
  instanceType,
})

/** How much was used, day by day: seconds, of each of so many. */
export interface Usage extends UsageType {
  readonly days: ReadonlyMap<number, number>
}

/** How much of it was used on some days, in its unit. */
export function quantityOn({ days, unit }: Usage, first: number, next: number): number {
  let quantity = 0
  for (const [day, seconds] of days) {
    if (day >= first && day < next) quantity += seconds / (unit === 'Hrs' ? 3600 : secondsOfMonth(day))
  }
  return quantity
}

/** A quantity as AWS writes it: with up to ten decimals. */
export const amountOf = (quantity: number): string => quantity.toFixed(10).replace(/\.?0+$/, '')
