// What is said of resources: their ids, who uses them, and their states.
import { expect, it } from 'vitest'
import * as resources from '../../src/ec2/resources.ts'

const long = 'x'.repeat(4000)
const cut = `${'x'.repeat(100)}…`

it.each([
  [resources.notFound('instance', 'i-1'), 'InvalidInstanceID.NotFound', "The instance ID 'i-1' does not exist"],
  [
    resources.notFound('volume', 'vol-1', 'vol-2'),
    'InvalidVolume.NotFound',
    "The volumes 'vol-1, vol-2' do not exist.",
  ],
  [resources.notFound('keyPair', long), 'InvalidKeyPair.NotFound', `The key pair '${cut}' does not exist`],
  [resources.malformed('snapshot', long), 'InvalidSnapshotID.Malformed', `Invalid id: "${cut}" (expecting "snap-...")`],
  [resources.inUse('volume', 'vol-1', 'i-1'), 'VolumeInUse', 'Volume vol-1 is currently attached to i-1'],
  [resources.inUse('volume', 'vol-1'), 'VolumeInUse', 'Volume vol-1 is currently attached to an instance'],
  [
    resources.inUse('snapshot', 'snap-1', 'ami-1'),
    'InvalidSnapshot.InUse',
    'The snapshot snap-1 is currently in use by ami-1',
  ],
  [resources.inUse('address', '203.0.113.1'), 'InvalidIPAddress.InUse', 'Address 203.0.113.1 is in use.'],
  [
    resources.incorrectState('volume', 'vol-1', 'creating'),
    'IncorrectState',
    "Volume 'vol-1' is in the 'creating' state.",
  ],
  [
    resources.incorrectState('snapshot', 'snap-1', 'pending'),
    'IncorrectState',
    'Snapshot snap-1 is in invalid state - pending',
  ],
  [
    resources.incorrectInstanceState('i-1', 'terminated', 'stopped'),
    'IncorrectInstanceState',
    "The instance 'i-1' is not in a state from which it can be stopped. Its current state is 'terminated'.",
  ],
  [resources.imageUnavailable('ami-1'), 'InvalidAMIID.Unavailable', "The image ID 'ami-1' is not available."],
  [
    resources.imageUnavailable('ami-1', "it is 'failed'"),
    'InvalidAMIID.Unavailable',
    "The image ID 'ami-1' is not available: it is 'failed'.",
  ],
  [
    resources.severalInterfaces('i-1'),
    'InvalidInstanceID',
    "There are multiple interfaces attached to instance 'i-1'. Please specify an interface ID for the operation instead.",
  ],
  [resources.invalidMapping('No.'), 'InvalidBlockDeviceMapping', 'No.'],
  [resources.malformedUserData(), 'InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.'],
  [resources.tooMuchUserData(16384), 'InvalidParameterValue', 'User data is limited to 16384 bytes'],
])('%s', (error, code, message) => {
  expect(error).toMatchObject({ code, message, status: 400 })
})
