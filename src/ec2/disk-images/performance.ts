// What a volume may be: sizes, IOPS and throughput of each type, as AWS documents them.
import type { VolumeType } from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { combination, invalidBecause, missingFor } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { valid, volumeType, whole } from '../core/fields.ts'

/** What is kept of it in the records of AMIs and volumes. */
export const performanceFields = {
  type: volumeType,
  iops: whole(1, limits.volumeIops.most),
  /** MiB a second. */
  throughput: whole(1, limits.volumeThroughput.most),
}

/** A type of volumes by its name. */
type TypeName = NonNullable<ReturnType<typeof volumeTypeNamed>>

type Range = readonly [least: number, most: number]

interface TypeRules {
  /** GiB */
  readonly size: Range
  /** What may be asked for; absent where nothing may. */
  readonly iops?: Range
  /** IOPS for each GiB that may be asked for; more are given for `iops[0]` at least. */
  readonly iopsPerGib?: number
  /** Whether IOPS have to be said. */
  readonly needsIops?: boolean
  /** MiB a second; absent where nothing may be asked for. */
  readonly throughput?: Range
}

/**
 * Ranges as the API has them, ratios as the user guide: 256,000 IOPS of io2 need 256 GiB, 80,000 of gp3 need 160.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
const rules: { readonly [T in TypeName]: TypeRules } = {
  standard: { size: [1, 1024] },
  gp2: { size: [1, 16_384] },
  gp3: { size: [1, 65_536], iops: [3000, 80_000], iopsPerGib: 500, throughput: [125, 2000] },
  io1: { size: [4, 16_384], iops: [100, 64_000], iopsPerGib: 50, needsIops: true },
  io2: { size: [4, 65_536], iops: [100, 256_000], iopsPerGib: 1000, needsIops: true },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
}

/** What a volume is asked to be. */
export interface Performance {
  /** Absent where nobody says: such a volume is of any size, and shows as `standard`. */
  readonly type?: TypeName | undefined
  /** GiB; absent where it follows from something else. */
  readonly size?: number | undefined
  readonly iops?: number | undefined
  /** MiB a second. */
  readonly throughput?: number | undefined
}

/** @throws Ec2Error UnknownVolumeType for what is none */
export function volumeTypeNamed(type: VolumeType | undefined) {
  if (type === undefined) return undefined
  const known = valid(volumeType, type)
  if (known === undefined) {
    throw new Ec2Error('UnknownVolumeType', `Unsupported volume type '${excerpt(String(type))}' for volume creation.`)
  }
  return known
}

/** What of it belongs to a type, by whatever name that is known. */
interface Speed<Type> extends Pick<Performance, 'iops' | 'throughput'> {
  readonly type?: Type | undefined
}

/** What is asked for, where it is; what is not said stays, unless it belongs to another type. */
export function changedSpeed<Type>(known: Speed<Type>, asked: Speed<Type>): Required<Speed<Type>> {
  const { type = known.type } = asked
  const stays = type === known.type ? known : {}
  return { type, iops: asked.iops ?? stays.iops, throughput: asked.throughput ?? stays.throughput }
}

/**
 * Checks what CreateVolume, ModifyVolume or a block device mapping asks of a volume.
 * @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidParameterValue
 */
export function checkPerformance({ type, size, iops, throughput }: Performance): void {
  const name = type ?? 'standard'
  const { iops: iopsRange, iopsPerGib, needsIops, throughput: throughputRange, size: sizeRange } = rules[name]
  const unsupported = (parameter: string) =>
    combination(`The parameter ${parameter} is not supported for ${name} volumes.`)
  if (iops !== undefined && !iopsRange) throw unsupported('iops')
  if (throughput !== undefined && !throughputRange) throw unsupported('throughput')
  if (needsIops && iops === undefined) throw missingFor('iops', `${name} volumes`)
  if (type !== undefined) checkRange(size, sizeRange, sizes)
  checkRange(iops, iopsRange, { of: 'Volume iops', unit: '', small: 'low', large: 'high' })
  checkRange(throughput, throughputRange, { of: 'Throughput', unit: 'MiBps', small: 'low', large: 'high' })
  checkRatios({ iops, throughput, size, iopsPerGib, least: iopsRange?.[0] })
}

/** AWS's words for an amount. */
interface Words {
  readonly of: string
  readonly unit: string
  readonly small: string
  readonly large: string
}

const sizes: Words = { of: 'Volume', unit: 'GiB', small: 'small', large: 'large' }

function checkRange(value: number | undefined, range: Range | undefined, { of, unit, small, large }: Words): void {
  if (value === undefined || !range) return
  const [least, most] = range
  const told = `${of} of ${value}${unit} is too`
  if (value < least) throw invalidBecause(`${told} ${small}; minimum is ${least}${unit}.`)
  if (value > most) throw invalidBecause(`${told} ${large}; maximum is ${most}${unit}.`)
}

/** MiB a second that gp3 gives for each of its IOPS. */
const THROUGHPUT_PER_IOPS = 0.25

interface Ratios extends Omit<Performance, 'type'> {
  readonly iopsPerGib: number | undefined
  /** IOPS that a volume of any size may have. */
  readonly least: number | undefined
}

function checkRatios({ iops, throughput, size, iopsPerGib, least = 0 }: Ratios): void {
  if (
    iops !== undefined &&
    size !== undefined &&
    iopsPerGib !== undefined &&
    iops > Math.max(least, size * iopsPerGib)
  ) {
    throw invalidBecause(
      `Iops to volume size ratio of ${(iops / size).toFixed(6)} is too high; maximum is ${iopsPerGib}.`,
    )
  }
  const ratio = (throughput ?? 0) / (iops ?? GP3.iops)
  if (ratio <= THROUGHPUT_PER_IOPS) return
  throw invalidBecause(
    `Throughput (MiBps) to iops ratio of ${ratio.toFixed(6)} is too high; maximum is 0.250000 MiBps per iops.`,
  )
}

/** What a gp3 volume has where nobody says. */
const GP3 = { iops: 3000, throughput: 125 } as const

/** What a volume shows: what was asked for, else what its type has by itself. */
export function performanceOf({ type, size = 1, iops, throughput }: Performance): {
  iops: number | undefined
  throughput: number | undefined
} {
  if (type === 'gp3') return { iops: iops ?? GP3.iops, throughput: throughput ?? GP3.throughput }
  if (type === 'gp2') return { iops: Math.min(16_000, Math.max(100, 3 * size)), throughput: undefined }
  return { iops, throughput }
}
