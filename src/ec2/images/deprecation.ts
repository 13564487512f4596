// EnableImageDeprecation and DisableImageDeprecation: from when on an AMI is out of date. It can be launched as before, and
// others find it only if they ask for it (describe.ts).
import type {
  DisableImageDeprecationRequest,
  DisableImageDeprecationResult,
  EnableImageDeprecationRequest,
  EnableImageDeprecationResult,
} from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import { invalid, missing } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import { isForAll } from '../disk-images/sharing.ts'
import { changeRecord } from './change-record.ts'

const MINUTE = 60 * 1000
const DAY = 24 * 60 * MINUTE

/**
 * The date may be up to ten years ahead, and that of a public AMI up to two years behind its creation.
 * @throws Ec2Error MissingParameter, InvalidParameterValue, and as `changeRecord`
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableImageDeprecation.html
 */
export async function enableImageDeprecation(
  { ImageId = '', DeprecateAt }: EnableImageDeprecationRequest,
  context: ChangeContext,
): Promise<EnableImageDeprecationResult> {
  if (DeprecateAt === undefined) throw missing('DeprecateAt')
  const at = Math.round(DeprecateAt.getTime() / MINUTE) * MINUTE
  if (DeprecateAt.getTime() < context.now()) throw badDate(DeprecateAt, 'It is in the past.')
  await changeRecord(ImageId, context, image => {
    const { since, limit } = isForAll(image)
      ? { since: image.REGTIME * 1000, limit: limits.publicDeprecation }
      : { since: context.now(), limit: limits.deprecation }
    if (at > since + limit.most * DAY)
      throw badDate(DeprecateAt, `It is too late: ${limit.what} is ${limit.most} days.`)
    return { deprecation: at }
  })
  return { Return: true }
}

const badDate = (date: Date, why: string) => invalid('DeprecateAt', date.toISOString(), why)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisableImageDeprecation.html */
export async function disableImageDeprecation(
  { ImageId = '' }: DisableImageDeprecationRequest,
  context: ChangeContext,
): Promise<DisableImageDeprecationResult> {
  await changeRecord(ImageId, context, () => ({ deprecation: undefined }))
  return { Return: true }
}
