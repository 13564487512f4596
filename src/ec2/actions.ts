// The list of all actions: serving another one is a function and a row.
import { type ActionTable, change, read } from './action.ts'
import { deregisterImage, describeImages, registerImage } from './images.ts'
import { describeInstanceTypes } from './instance-types.ts'
import { describeInstances, rebootInstances, startInstances, stopInstances, terminateInstances } from './instances.ts'
import { createKeyPair, deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs.ts'
import { runInstances } from './launch.ts'
import { describeAccountAttributes, describeAvailabilityZones, describeRegions, getCallerIdentity } from './regions.ts'
import { createTags, deleteTags, describeTags } from './tagging.ts'

export const actions: ActionTable = {
  RunInstances: change(runInstances),
  DescribeInstances: read(describeInstances),
  StartInstances: change(startInstances),
  StopInstances: change(stopInstances),
  RebootInstances: change(rebootInstances),
  TerminateInstances: change(terminateInstances),
  DescribeInstanceTypes: read(describeInstanceTypes),

  DescribeImages: read(describeImages),
  RegisterImage: change(registerImage),
  DeregisterImage: change(deregisterImage),

  CreateKeyPair: change(createKeyPair),
  ImportKeyPair: change(importKeyPair),
  DescribeKeyPairs: read(describeKeyPairs),
  DeleteKeyPair: change(deleteKeyPair),

  CreateTags: change(createTags),
  DeleteTags: change(deleteTags),
  DescribeTags: read(describeTags),

  DescribeRegions: read(describeRegions),
  DescribeAvailabilityZones: read(describeAvailabilityZones),
  DescribeAccountAttributes: read(describeAccountAttributes),
  GetCallerIdentity: read(getCallerIdentity),
}
