// How long the texts of requests may be, where that is not what it is for any text (src/limits.ts); of STS and IAM all that their
// schemas say of values, as far as it holds here.
//
// A rule that comes with words of its own is where these are: names of AMIs and key pairs, tags, public keys, and how
// much user data there is behind its base64.
import { limits } from '../../limits.ts'
import type { Bounds } from '../../protocol/model.ts'

/** Twice what the base64 of user data needs: some clients break it into lines, and what is a little too long is told so. */
const userData = { most: limits.userData.most * 3, hidden: true }

export const ec2Bounds: Bounds = {
  'ClientData.UploadSize': { most: Infinity, fraction: true },
  Description: limits.description,
  /** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html */
  'ModifyImageAttributeRequest.Value': limits.description,
  'AttributeValue.Value': limits.description,
  VersionDescription: limits.description,
  ClientToken: limits.clientToken,
  'CreateKeyPairRequest.KeyName': limits.keyName,
  'ImportKeyPairRequest.KeyName': limits.keyName,
  'Filter.Name': limits.filterName,
  UserData: userData,
  // It can be user data, too
  'ModifyInstanceAttributeRequest.Value': userData,
  // The longest that AWS has, though nothing is done with either: its schema says 64,000, and a URL has a signature in it
  UefiData: { most: 64_000, hidden: true },
  PresignedUrl: { most: 16 * 1024, hidden: true },
}

/** Names, of whatever. */
const NAME = '[\\w+=,.@-]+'
const QUARTER_OF_AN_HOUR = 15 * 60

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, and its neighbours */
export const stsBounds: Bounds = {
  RoleArn: { least: 20, most: 2048 },
  RoleSessionName: { least: 2, most: 64, pattern: NAME },
  'GetFederationTokenRequest.Name': { least: 2, most: 32, pattern: NAME },
  Policy: { least: 1, most: limits.sessionPolicy.most, pattern: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
  'AssumeRoleRequest.DurationSeconds': { least: QUARTER_OF_AN_HOUR, most: limits.roleDuration.most },
  DurationSeconds: { least: QUARTER_OF_AN_HOUR, most: limits.sessionDuration.most },
}

/**
 * Users are called as OpenNebula lets them be.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html, and its neighbours
 */
export const iamBounds: Bounds = {
  UserName: { least: 1, most: 128 },
  AccessKeyId: { least: 16, most: 128, pattern: '[\\w]+' },
  RoleName: { least: 1, most: 64, pattern: NAME },
  InstanceProfileName: { least: 1, most: 128, pattern: NAME },
  PathPrefix: { least: 1, most: 512, pattern: '\\u002F[\\u0021-\\u007F]*' },
  Marker: { least: 1, most: 320, pattern: '[\\u0020-\\u00FF]+' },
  MaxItems: { least: 1, most: limits.identityPage.most },
}
