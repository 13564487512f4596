// ModifyInstanceMetadataOptions, and what a launch may say of the same options.
import type {
  InstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsRequest,
  ModifyInstanceMetadataOptionsResult,
} from '@aws-sdk/client-ec2'
import { combination, invalid } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { type Field, valid } from '../core/record.ts'
import { changeRecords } from './change-records.ts'
import { type MetadataRecord, metadataFields } from './record.ts'
import { metadataOptions } from './view.ts'

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
