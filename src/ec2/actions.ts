// The list of all actions: serving another one is a function and a row.

import {
  allocateAddress,
  describeAddresses,
  describeAddressesAttribute,
  releaseAddress,
} from './addresses/addresses.ts'
import { associateAddress, disassociateAddress } from './addresses/associate.ts'
import { type ActionTable, type AnyAction, type AnyChange, change, read } from './core/action.ts'
import { describeImageAttribute, modifyImageAttribute, resetImageAttribute } from './images/attributes.ts'
import { copyImage, createImage } from './images/copies.ts'
import { deregisterImage } from './images/deregister.ts'
import { registerImage, uploadImage } from './images/images.ts'
import { describeImages } from './images/listing.ts'
import { stageImage, unstageImage } from './images/staging-place.ts'
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance-types/describe.ts'
import { describeInstanceAttribute, modifyInstanceAttribute, resetInstanceAttribute } from './instances/attributes.ts'
import { getConsoleOutput, getPasswordData } from './instances/console.ts'
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './instances/instances.ts'
import { describeInstances } from './instances/listing.ts'
import {
  modifyInstanceCapacityReservationAttributes,
  modifyInstanceMaintenanceOptions,
  modifyInstanceMetadataOptions,
  monitorInstances,
  unmonitorInstances,
} from './instances/options.ts'
import { describeLaunch, runInstances } from './instances/run.ts'
import { describeInstanceStatus } from './instances/status.ts'
import { createKeyPair, deleteKeyPair, describeKeyPairs, importKeyPair } from './key-pairs/key-pairs.ts'
import type { Action } from './model/types.ts'
import {
  describeAccountAttributes,
  describeAvailabilityZones,
  describeRegions,
  getCallerIdentity,
} from './regions/describe.ts'
import { resources } from './resources.ts'
import {
  copySnapshot,
  createSnapshot,
  deleteSnapshot,
  describeSnapshotAttribute,
  describeSnapshots,
  modifySnapshotAttribute,
} from './snapshots/snapshots.ts'
import { createTags, deleteTags } from './tags/change.ts'
import { describeTags } from './tags/describe.ts'
import { attachVolume, detachVolume } from './volumes/attach.ts'
import {
  describeVolumeAttribute,
  describeVolumeStatus,
  describeVolumesModifications,
  modifyVolume,
  modifyVolumeAttribute,
} from './volumes/modify.ts'
import { createVolume, deleteVolume, describeVolumes } from './volumes/volumes.ts'

export const actions: ActionTable = {
  RunInstances: change(runInstances, describeLaunch),
  DescribeInstances: read(describeInstances),
  StartInstances: change(startInstances),
  StopInstances: change(stopInstances),
  RebootInstances: change(rebootInstances),
  TerminateInstances: change(terminateInstances),
  DescribeInstanceStatus: read(describeInstanceStatus),
  DescribeInstanceAttribute: read(describeInstanceAttribute),
  ModifyInstanceAttribute: change(modifyInstanceAttribute),
  ResetInstanceAttribute: change(resetInstanceAttribute),
  ModifyInstanceMetadataOptions: change(modifyInstanceMetadataOptions),
  ModifyInstanceMaintenanceOptions: change(modifyInstanceMaintenanceOptions),
  ModifyInstanceCapacityReservationAttributes: change(modifyInstanceCapacityReservationAttributes),
  MonitorInstances: change(monitorInstances),
  UnmonitorInstances: change(unmonitorInstances),
  GetConsoleOutput: read(getConsoleOutput),
  GetPasswordData: read(getPasswordData),
  DescribeInstanceTypes: read(describeInstanceTypes),
  DescribeInstanceTypeOfferings: read(describeInstanceTypeOfferings),

  DescribeImages: read(describeImages),
  RegisterImage: change(registerImage),
  DeregisterImage: change(deregisterImage),
  CreateImage: change(createImage),
  CopyImage: change(copyImage),
  DescribeImageAttribute: read(describeImageAttribute),
  ModifyImageAttribute: change(modifyImageAttribute),
  ResetImageAttribute: change(resetImageAttribute),

  CreateVolume: change(createVolume),
  DeleteVolume: change(deleteVolume),
  DescribeVolumes: read(describeVolumes),
  AttachVolume: change(attachVolume),
  DetachVolume: change(detachVolume),
  ModifyVolume: change(modifyVolume),
  DescribeVolumesModifications: read(describeVolumesModifications),
  DescribeVolumeStatus: read(describeVolumeStatus),
  DescribeVolumeAttribute: read(describeVolumeAttribute),
  ModifyVolumeAttribute: change(modifyVolumeAttribute),

  CreateSnapshot: change(createSnapshot),
  DeleteSnapshot: change(deleteSnapshot),
  DescribeSnapshots: read(describeSnapshots),
  CopySnapshot: change(copySnapshot),
  DescribeSnapshotAttribute: read(describeSnapshotAttribute),
  ModifySnapshotAttribute: change(modifySnapshotAttribute),

  CreateKeyPair: change(createKeyPair),
  ImportKeyPair: change(importKeyPair),
  DescribeKeyPairs: read(describeKeyPairs),
  DeleteKeyPair: change(deleteKeyPair),

  AllocateAddress: change(allocateAddress),
  ReleaseAddress: change(releaseAddress),
  DescribeAddresses: read(describeAddresses),
  DescribeAddressesAttribute: read(describeAddressesAttribute),
  AssociateAddress: change(associateAddress),
  DisassociateAddress: change(disassociateAddress),

  CreateTags: change(createTags(resources)),
  DeleteTags: change(deleteTags(resources)),
  DescribeTags: read(describeTags(resources)),

  DescribeRegions: read(describeRegions),
  DescribeAvailabilityZones: read(describeAvailabilityZones),
  DescribeAccountAttributes: read(describeAccountAttributes),
  GetCallerIdentity: read(getCallerIdentity),
}

/** What an upload consists of: econe's own action has no schema of AWS's, and a door of its own. Nobody can ask for the others. */
const uploads = {
  StageImage: change(stageImage),
  UnstageImage: change(unstageImage),
  UploadImage: change(uploadImage),
}

/** Whether a name is that of an action that whoever has its parameters can ask for. */
export const isAction = (name: string): name is Action => Object.hasOwn(actions, name)

/** All that runs in the account's object, by name. */
export const changes: ReadonlyMap<string, AnyChange> = new Map(
  Object.entries<AnyAction>({ ...actions, ...uploads }).flatMap(([name, row]) => (row.changes ? [[name, row]] : [])),
)
