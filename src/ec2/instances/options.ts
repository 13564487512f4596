// Switches of instances that change what EC2 says of them and nothing else: monitoring, the metadata options, and others.
import type {
  InstanceMetadataOptionsRequest,
  InstanceMonitoring,
  ModifyInstanceCapacityReservationAttributesRequest,
  ModifyInstanceCapacityReservationAttributesResult,
  ModifyInstanceMaintenanceOptionsRequest,
  ModifyInstanceMaintenanceOptionsResult,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
  UnmonitorInstancesRequest,
  UnmonitorInstancesResult,
} from '@aws-sdk/client-ec2'
import { combination, invalid } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { type Field, valid } from '../core/fields.ts'
import { changeRecords } from './record.ts'
import { choose, type MetadataRecord, metadataFields, metadataOptions } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_MonitorInstances.html */
export const monitorInstances = async (
  { InstanceIds }: MonitorInstancesRequest,
  context: ChangeContext,
): Promise<MonitorInstancesResult> => ({ InstanceMonitorings: await monitor(InstanceIds, true, context) })

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnmonitorInstances.html */
export const unmonitorInstances = async (
  { InstanceIds }: UnmonitorInstancesRequest,
  context: ChangeContext,
): Promise<UnmonitorInstancesResult> => ({ InstanceMonitorings: await monitor(InstanceIds, false, context) })

async function monitor(
  ids: readonly string[] | undefined,
  monitored: boolean,
  context: ChangeContext,
): Promise<InstanceMonitoring[]> {
  const views = await changeRecords(ids ?? [], context, () => ({ monitored }))
  return views.map(({ id }) => ({ InstanceId: id, Monitoring: { State: monitored ? 'enabled' : 'disabled' } }))
}

const optionNames = [
  'HttpTokens',
  'HttpPutResponseHopLimit',
  'HttpEndpoint',
  'HttpProtocolIpv6',
  'InstanceMetadataTags',
] as const

type OptionName = (typeof optionNames)[number]
type Options = Pick<InstanceMetadataOptionsRequest, OptionName>

/**
 * Keeps the options and shows them. They are of a service that is not there: OpenNebula tells guests what they need by
 * their context disk.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html
 */
export async function modifyInstanceMetadataOptions(
  input: ModifyInstanceMetadataOptionsRequest,
  context: ChangeContext,
): Promise<ModifyInstanceMetadataOptionsResult> {
  if (optionNames.every(name => input[name] === undefined)) {
    throw combination('No metadata options specified.')
  }
  checkMetadataOptions(input)
  const [view] = await changeRecords([input.InstanceId ?? ''], context, ({ record }) => ({
    metadata: checkMetadataOptions(input, record.metadata),
  }))
  return { InstanceId: input.InstanceId, InstanceMetadataOptions: metadataOptions(view?.record ?? {}) }
}

/**
 * What is kept of the options that a request sets.
 * @param before what of them was kept before
 * @throws Ec2Error InvalidParameterValue
 */
export function checkMetadataOptions(options: Options, before: MetadataRecord = {}): MetadataRecord {
  function option<T>(name: OptionName, field: Field<T>): T | undefined {
    const value = options[name]
    const known = valid(field, value)
    if (value !== undefined && known === undefined) throw invalid(name, value)
    return known
  }
  return {
    tokens: option('HttpTokens', metadataFields.tokens) ?? before.tokens,
    hopLimit: option('HttpPutResponseHopLimit', metadataFields.hopLimit) ?? before.hopLimit,
    endpoint: option('HttpEndpoint', metadataFields.endpoint) ?? before.endpoint,
    ipv6: option('HttpProtocolIpv6', metadataFields.ipv6) ?? before.ipv6,
    tags: option('InstanceMetadataTags', metadataFields.tags) ?? before.tags,
  }
}

/**
 * Keeps what is to become of an instance whose host fails, and shows it: the operator decides.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMaintenanceOptions.html
 */
export async function modifyInstanceMaintenanceOptions(
  { InstanceId, AutoRecovery }: ModifyInstanceMaintenanceOptionsRequest,
  context: ChangeContext,
): Promise<ModifyInstanceMaintenanceOptionsResult> {
  if (AutoRecovery === undefined) {
    throw combination('No maintenance options specified.')
  }
  const autoRecovery = choose('autoRecovery', AutoRecovery)
  await changeRecords([InstanceId ?? ''], context, () => ({ autoRecovery }))
  return { InstanceId, AutoRecovery }
}

/**
 * Keeps whether an instance would use a capacity reservation, of which there are none, and shows it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCapacityReservationAttributes.html
 */
export async function modifyInstanceCapacityReservationAttributes(
  { InstanceId, CapacityReservationSpecification: reservations }: ModifyInstanceCapacityReservationAttributesRequest,
  context: ChangeContext,
): Promise<ModifyInstanceCapacityReservationAttributesResult> {
  const capacityReservation = choose('capacityReservation', reservations?.CapacityReservationPreference ?? '')
  await changeRecords([InstanceId ?? ''], context, () => ({ capacityReservation }))
  return { Return: true }
}
