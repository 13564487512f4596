// Switches of instances that change what EC2 says of them and nothing else: monitoring, and the metadata options.
import type {
  InstanceMetadataOptionsRequest,
  InstanceMonitoring,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
  MonitorInstancesRequest,
  MonitorInstancesResult,
  UnmonitorInstancesRequest,
  UnmonitorInstancesResult,
} from '@aws-sdk/client-ec2'
import { Ec2Error, invalidValue } from '../protocol/errors.ts'
import type { ChangeContext } from './context.ts'
import { type MetadataRecord, metadataOptions } from './instance.ts'
import { changeRecords } from './instance-record.ts'

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

const MOST_HOPS = 64

/**
 * Keeps what limits the use of a metadata service, and says in the answer that there is none: what would switch it on
 * is no mistake (tools send it as a matter of course) and has no effect.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceMetadataOptions.html
 */
export async function modifyInstanceMetadataOptions(
  input: ModifyInstanceMetadataOptionsRequest,
  context: ChangeContext,
): Promise<ModifyInstanceMetadataOptionsResult> {
  if (optionsOf(input).length === 0) {
    throw new Ec2Error('InvalidParameterCombination', 'No metadata options specified.')
  }
  const changes = checkMetadataOptions(input)
  const [view] = await changeRecords([input.InstanceId ?? ''], context, ({ record }) => ({
    metadata: { ...record.metadata, ...changes },
  }))
  return { InstanceId: input.InstanceId, InstanceMetadataOptions: metadataOptions(view?.record ?? {}) }
}

const SWITCH = ['enabled', 'disabled']

/** The options of which each has one of a few values. */
const choices = {
  HttpTokens: ['optional', 'required'],
  HttpEndpoint: SWITCH,
  HttpProtocolIpv6: SWITCH,
  InstanceMetadataTags: SWITCH,
} as const

const choiceNames = ['HttpTokens', 'HttpEndpoint', 'HttpProtocolIpv6', 'InstanceMetadataTags'] as const

type Options = Pick<InstanceMetadataOptionsRequest, keyof typeof choices | 'HttpPutResponseHopLimit'>

const optionsOf = (options: Options) =>
  [...choiceNames, 'HttpPutResponseHopLimit' as const].filter(name => options[name] !== undefined)

/** What is kept of the options of an instance. @throws Ec2Error InvalidParameterValue */
export function checkMetadataOptions(options: Options): MetadataRecord {
  const { HttpTokens, HttpPutResponseHopLimit: hops } = options
  for (const name of choiceNames) {
    const value = options[name]
    const allowed: readonly string[] = choices[name]
    if (value !== undefined && !allowed.includes(value)) throw invalidValue(name, value)
  }
  if (hops !== undefined && !(hops >= 1 && hops <= MOST_HOPS)) throw invalidValue('HttpPutResponseHopLimit', hops)
  return {
    ...(HttpTokens !== undefined && { tokens: HttpTokens }),
    ...(hops !== undefined && { hopLimit: hops }),
  }
}
