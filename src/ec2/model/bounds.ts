// How long the texts of EC2's requests may be, where that is not what it is for any text (src/limits.ts).
//
// A rule that comes with words of its own is where these are: names of AMIs and key pairs, tags, public keys, and how
// much user data there is behind its base64.
import { limits } from '../../limits.ts'
import type { Bounds } from '../../protocol/model.ts'

/** Twice what the base64 of user data needs: some clients break it into lines, and what is a little too long is told so. */
const userData = { most: limits.userData.most * 3, hidden: true }

export const ec2Bounds: Bounds = {
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
