// What a launch asks for, as far as it can be checked without looking at anything.
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import { invalid, unsupported } from '../../../protocol/complaints.ts'
import { Ec2Error } from '../../../protocol/errors.ts'
import { checkMetadataOptions } from '../metadata-options.ts'
import { choose, type InstanceRecord } from '../record.ts'
import { checkUserData, decodeUserData } from '../user-data.ts'

/**
 * What cannot be honoured and must not be ignored. Packer sends a profile without a name: that asks for nothing.
 * @throws Ec2Error UnsupportedOperation
 */
export function refuseUnsupported({ IamInstanceProfile, InstanceMarketOptions }: RunInstancesRequest): void {
  const parameters = { IamInstanceProfile, InstanceMarketOptions }
  for (const [name, value = {}] of Object.entries(parameters)) {
    if (Object.values(value).some(Boolean)) throw unsupported(name)
  }
}

/** MinCount and MaxCount. @throws Ec2Error InvalidParameterValue, InstanceLimitExceeded */
export function checkCounts({ MinCount = 1, MaxCount = 1 }: RunInstancesRequest): { least: number; most: number } {
  if (MinCount < 1) throw invalid('minCount', MinCount, 'Expecting a value of 1 or more.')
  if (MaxCount < MinCount) throw invalid('maxCount', MaxCount, 'It must not be less than minCount.')
  const { most } = limits.launchedInstances
  if (MaxCount > most) {
    throw new Ec2Error(
      'InstanceLimitExceeded',
      `You have requested more instances (${MaxCount}) than one request may start (${most}).`,
    )
  }
  return { least: MinCount, most: MaxCount }
}

/** @throws Ec2Error VolumeLimitExceeded */
export function checkVolumeCount(count: number): void {
  const { most } = limits.launchedVolumes
  if (count <= most) return
  const message = `You have requested more volumes (${count}) than one request may make with its instances (${most}).`
  throw new Ec2Error('VolumeLimitExceeded', message)
}

/** User data in base64 without line breaks. @throws Ec2Error InvalidUserData.Malformed, InvalidParameterValue */
export function checkUserDataText(text: string | undefined): string | undefined {
  if (!text) return undefined
  const base64 = text.replaceAll(/\s/g, '')
  checkUserData(decodeUserData(base64))
  return base64
}

/** What is kept and shown, and is nothing to OpenNebula. */
export type LaunchOptions = Pick<
  InstanceRecord,
  'metadata' | 'shutdown' | 'autoRecovery' | 'capacityReservation' | 'cpuCredits' | 'template'
>

/** @throws Ec2Error InvalidParameterValue */
export function checkOptions(
  input: Pick<
    RunInstancesRequest,
    | 'MetadataOptions'
    | 'MaintenanceOptions'
    | 'CapacityReservationSpecification'
    | 'CreditSpecification'
    | 'InstanceInitiatedShutdownBehavior'
  >,
): LaunchOptions {
  const { MetadataOptions, MaintenanceOptions, CapacityReservationSpecification: reservations } = input
  return {
    metadata: MetadataOptions && checkMetadataOptions(MetadataOptions),
    shutdown: choose('shutdown', input.InstanceInitiatedShutdownBehavior),
    autoRecovery: choose('autoRecovery', MaintenanceOptions?.AutoRecovery),
    capacityReservation: choose('capacityReservation', reservations?.CapacityReservationPreference),
    cpuCredits: choose('cpuCredits', input.CreditSpecification?.CpuCredits),
  }
}
