// The services behind the endpoint: EC2, with econe's own UploadImage, and the little of STS and IAM that its clients ask
// to begin with.
import { buildService, type Service } from '../../protocol/model.ts'
import { ec2Bounds, iamBounds, stsBounds } from './bounds.ts'
import { ec2Text, iamText, stsText } from './ec2.ts'

export const ec2: Service = buildService(
  {
    name: 'AmazonEC2',
    signingName: 'ec2',
    protocol: 'ec2',
    namespace: 'http://ec2.amazonaws.com/doc/',
    versions: { oldest: '2006-06-26', newest: '2016-11-15' },
  },
  ec2Text,
  ec2Bounds,
)

export const sts: Service = buildService(
  {
    name: 'AWSSecurityTokenService',
    signingName: 'sts',
    protocol: 'query',
    namespace: 'https://sts.amazonaws.com/doc/',
    versions: { oldest: '2011-06-15', newest: '2011-06-15' },
  },
  stsText,
  stsBounds,
)

export const iam: Service = buildService(
  {
    name: 'AWSIdentityManagementV2',
    signingName: 'iam',
    // IAM is one for all regions: clients sign for it as for this one, whichever they are told
    signingRegion: 'us-east-1',
    protocol: 'query',
    namespace: 'https://iam.amazonaws.com/doc/',
    versions: { oldest: '2010-05-08', newest: '2010-05-08' },
  },
  iamText,
  iamBounds,
)

/** In the order in which an action's name is looked up. */
export const services: readonly Service[] = [ec2, sts, iam]
