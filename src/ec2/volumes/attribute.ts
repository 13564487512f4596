// DescribeVolumeAttribute and ModifyVolumeAttribute: what is kept of a volume though the cloud does nothing about it.
import type {
  DescribeVolumeAttributeRequest,
  DescribeVolumeAttributeResult,
  ModifyVolumeAttributeRequest,
} from '@aws-sdk/client-ec2'
import { invalid } from '../../protocol/complaints.ts'
import { noAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { findVolume } from './find.ts'
import { volumeLock } from './resource.ts'
import { writeRecord } from './view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVolumeAttribute.html */
export async function describeVolumeAttribute(
  { VolumeId = '', Attribute }: DescribeVolumeAttributeRequest,
  context: Context,
): Promise<DescribeVolumeAttributeResult> {
  const { id, record } = await findVolume(VolumeId, context)
  if (Attribute === 'productCodes') return { VolumeId: id, ProductCodes: [] }
  if (Attribute === 'autoEnableIO') return { VolumeId: id, AutoEnableIO: { Value: record.autoEnableIo ?? false } }
  throw invalid('attribute', Attribute)
}

/**
 * The one attribute is kept and shown: OpenNebula never takes a volume from its instance for fear for the data.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVolumeAttribute.html
 */
export async function modifyVolumeAttribute(
  { VolumeId = '', AutoEnableIO }: ModifyVolumeAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const value = AutoEnableIO?.Value
  if (value === undefined) throw noAttributes()
  await context.hold([volumeLock(VolumeId)], async () => {
    const view = await findVolume(VolumeId, context)
    const outcomes = await context.commit().multicall(writeRecord(view, { autoEnableIo: value }))
    for (const { error } of outcomes) if (error !== undefined) throw toEc2Error(error)
  })
}
