// What is said of resources: their ids, who uses them, and their states.
import { expect, it } from 'vitest'
import { addressInUse } from '../../../src/ec2/core/refusals.ts'
import { malformed, notFound } from '../../../src/ec2/core/resource.ts'
import { invalidMapping } from '../../../src/ec2/disk-images/mapping.ts'
import { imageUnavailable } from '../../../src/ec2/images/resource.ts'
import { INSTANCE, incorrectInstanceState, severalInterfaces } from '../../../src/ec2/instances/resource.ts'
import { malformedUserData, tooMuchUserData } from '../../../src/ec2/instances/user-data.ts'
import { KEY_PAIR } from '../../../src/ec2/key-pairs/resource.ts'
import { incorrectSnapshotState, SNAPSHOT, snapshotInUse } from '../../../src/ec2/snapshots/resource.ts'
import { incorrectVolumeState, VOLUME, volumeInUse } from '../../../src/ec2/volumes/resource.ts'

const long = 'x'.repeat(4000)
const cut = `${'x'.repeat(100)}…`

it.each([
  [notFound(INSTANCE, 'i-1'), 'InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist"],
  [notFound(VOLUME, 'vol-1', 'vol-2'), 'InvalidVolume.NotFound', "The volumes 'vol-1, vol-2' do not exist."],
  [notFound(KEY_PAIR, long), 'InvalidKeyPair.NotFound', `The key pair '${cut}' does not exist`],
  [malformed(SNAPSHOT, long), 'InvalidSnapshotID.Malformed', `Invalid id: "${cut}" (expecting "snap-...")`],
  [volumeInUse('vol-1', 'i-1'), 'VolumeInUse', 'Volume vol-1 is currently attached to i-1'],
  [volumeInUse('vol-1'), 'VolumeInUse', 'Volume vol-1 is currently attached to an instance'],
  [snapshotInUse('snap-1', 'ami-1'), 'InvalidSnapshot.InUse', 'The snapshot snap-1 is currently in use by ami-1'],
  [addressInUse('203.0.113.1'), 'InvalidIPAddress.InUse', 'Address 203.0.113.1 is in use.'],
  [incorrectVolumeState('vol-1', 'creating'), 'IncorrectState', "Volume 'vol-1' is in the 'creating' state."],
  [incorrectSnapshotState('snap-1', 'pending'), 'IncorrectState', 'Snapshot snap-1 is in invalid state - pending'],
  [
    incorrectInstanceState('i-1', 'terminated', 'stopped'),
    'IncorrectInstanceState',
    "The instance 'i-1' is not in a state from which it can be stopped. Its current state is 'terminated'.",
  ],
  [imageUnavailable('ami-1'), 'InvalidAMIID.Unavailable', "The image ID 'ami-1' is not available."],
  [
    imageUnavailable('ami-1', "it is 'failed'"),
    'InvalidAMIID.Unavailable',
    "The image ID 'ami-1' is not available: it is 'failed'.",
  ],
  [
    severalInterfaces('i-1'),
    'InvalidInstanceID',
    "There are multiple interfaces attached to instance 'i-1'. Please specify an interface ID for the operation instead.",
  ],
  [invalidMapping('No.'), 'InvalidBlockDeviceMapping', 'No.'],
  [malformedUserData(), 'InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.'],
  [tooMuchUserData(16384), 'InvalidParameterValue', 'User data is limited to 16384 bytes'],
])('%s', (error, code, message) => {
  expect(error).toMatchObject({ code, message, status: 400 })
})
