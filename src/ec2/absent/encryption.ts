// The encryption of volumes: OpenNebula has none, so none is on by default.
import type { GetEbsDefaultKmsKeyIdResult, GetEbsEncryptionByDefaultResult } from '@aws-sdk/client-ec2'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsEncryptionByDefault.html */
export const getEbsEncryptionByDefault = async (): Promise<GetEbsEncryptionByDefaultResult> => ({
  EbsEncryptionByDefault: false,
  SseType: 'none',
})

/**
 * AWS's own key, which it names where nobody chose one.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetEbsDefaultKmsKeyId.html
 */
export const getEbsDefaultKmsKeyId = async (): Promise<GetEbsDefaultKmsKeyIdResult> => ({ KmsKeyId: 'alias/aws/ebs' })
