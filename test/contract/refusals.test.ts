// Every refusal of the recordings, as an EC2 client sees it: a table of codes, and no refusal that is not in it.
import { describe, expect, it } from 'vitest'
import { isBusy, toEc2Error } from '../../src/ec2/core/failures.ts'
import type { About } from '../../src/ec2/core/refusals.ts'
import { IMAGE } from '../../src/ec2/images/resource.ts'
import { SNAPSHOT } from '../../src/ec2/snapshots/resource.ts'
import { VOLUME } from '../../src/ec2/volumes/resource.ts'
import { OneError, OneFault } from '../../src/opennebula/errors.ts'
import { readAnswer, readMulticallAnswer } from '../../src/opennebula/xml/answers.ts'
import type { Outcome } from '../../src/opennebula/xml/xmlrpc.ts'
import { recordings } from './recordings.ts'

/** By EC2's code, the recordings with a refusal that a request of a user could cause, or a race of two. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  AuthFailure: [
    ...['01-auth-and-system 3', '01-auth-and-system 4', '01-auth-and-system 6', '01-auth-and-system 7'],
    ...['16-server-sessions 3', '16-server-sessions 9'],
  ],
  UnauthorizedOperation: [
    ...['01-auth-and-system 10', '03-images 21', '03-images 25', '03-images 26', '04-instances 17', '04-instances 18'],
    ...['06-networks-and-security-groups 45', '09-documents 10', '09-documents 11', '09-documents 18'],
    ...['11-reservations-and-network-templates 11', '11-reservations-and-network-templates 17'],
    ...['11-reservations-and-network-templates 19', '11-reservations-and-network-templates 25'],
    ...['13-security-groups-closely 18', '17-what-others-may-do 18', '17-what-others-may-do 21'],
    ...['18-marketplaces 1', '18-marketplaces 11', '18-marketplaces 15', '18-marketplaces 16'],
  ],
  IncorrectState: [
    // What is gone, or busy, or not there to be done
    ...['01-auth-and-system 20', '02-templates 3', '03-images 15', '04-instances 6', '04-instances 20'],
    ...['04-instances 24', '04-instances 25', '05-disks 10', '05-disks 27', '05-disks 32'],
    ...['06-networks-and-security-groups 32', '07-terminate 5', '07-terminate 13'],
    ...['09-documents 21', '09-documents 22', '09-documents 24'],
    ...['10-vm-groups 17', '10-vm-groups 18', '10-vm-groups 19'],
    ...['11-reservations-and-network-templates 8', '11-reservations-and-network-templates 16'],
    ...['11-reservations-and-network-templates 31', '12-interfaces 17', '12-interfaces 18', '12-interfaces 19'],
    ...['14-copies-and-disks 7', '14-copies-and-disks 8', '14-copies-and-disks 16', '14-copies-and-disks 17'],
    ...['14-copies-and-disks 19', '14-copies-and-disks 21', '14-copies-and-disks 23', '14-copies-and-disks 28'],
    ...['18-marketplaces 12', '18-marketplaces 14'],
  ],
  'InvalidAMIName.Duplicate': ['03-images 4', '03-images 31', '18-marketplaces 22'],
  InsufficientVolumeCapacity: ['03-images 14', '15-usage-and-quotas 8', '18-marketplaces 24'],
  InvalidParameterValue: [
    ...['04-instances 5', '05-disks 23', '06-networks-and-security-groups 6', '06-networks-and-security-groups 7'],
    ...['06-networks-and-security-groups 43', '11-reservations-and-network-templates 26'],
    ...['13-security-groups-closely 3', '13-security-groups-closely 7', '13-security-groups-closely 8'],
    ...['13-security-groups-closely 9', '13-security-groups-closely 11', '13-security-groups-closely 12'],
  ],
  'InvalidAMIID.NotFound': ['04-instances 7', '18-marketplaces 23', '18-marketplaces 38'],
  'InvalidSubnetID.NotFound': ['04-instances 8'],
  VolumeInUse: ['05-disks 4'],
  'InvalidVolume.NotFound': ['05-disks 5'],
  InvalidBlockDeviceMapping: ['05-disks 9'],
  'InvalidGroup.Duplicate': ['06-networks-and-security-groups 8'],
  DependencyViolation: [
    ...['06-networks-and-security-groups 12', '06-networks-and-security-groups 16'],
    ...['06-networks-and-security-groups 28', '12-interfaces 26'],
  ],
  InsufficientFreeAddressesInSubnet: [
    ...['06-networks-and-security-groups 41', '06-networks-and-security-groups 42', '12-interfaces 7'],
    ...['12-interfaces 5', '12-interfaces 12', '12-interfaces 13'],
  ],
  'InvalidIPAddress.InUse': [
    ...['11-reservations-and-network-templates 1', '11-reservations-and-network-templates 4'],
    '11-reservations-and-network-templates 5',
  ],
  'InvalidPlacementGroup.Duplicate': ['10-vm-groups 3'],
  'InvalidPlacementGroup.Unknown': ['10-vm-groups 10', '10-vm-groups 11'],
  NetworkInterfaceLimitExceeded: ['15-usage-and-quotas 7'],
  VolumeLimitExceeded: ['18-marketplaces 34'],
}

/** What only a call that is malformed, or a front-end that cannot reach this service, is refused with: a defect of ours. */
const OURS: readonly string[] = [
  // Types, methods, syntax and attributes of a call
  ...['01-auth-and-system 20', '01-auth-and-system 21', '01-auth-and-system 22'],
  ...['03-images 9', '03-images 10', '03-images 17'],
  ...['14-copies-and-disks 24', '14-copies-and-disks 25', '14-copies-and-disks 27', '17-what-others-may-do 19'],
  // The URL of an image, which is one of our own
  ...['03-images 5', '03-images 6', '03-images 7'],
  // A search in a pool, which SQLite cannot do
  '04-instances 13',
]

type Recording = (typeof recordings)[number]

interface Refused {
  readonly name: string
  readonly error: OneError | OneFault
}

/** What no answer is without that refuses something: long documents are nothing to be read whole. */
const REFUSAL = /<boolean>0<|<name>faultCode</

async function refusalsOf({ name, method, params, response, status }: Recording): Promise<Refused[]> {
  if (status !== 200 || !REFUSAL.test(response)) return []
  const calls = Array.isArray(params[0]) ? (params[0] as { methodName: string }[]) : []
  const outcomes: Outcome<unknown>[] =
    method === 'system.multicall'
      ? await readMulticallAnswer(
          response,
          calls.map(({ methodName }) => methodName),
        )
      : [await readAnswer(response, method)]
  return outcomes.flatMap(({ error }) => (error ? { name, error } : []))
}

const refused = (await Promise.all(recordings.map(refusalsOf))).flat()

describe('a refusal of the recordings', () => {
  it('is in one of the tables, and all that is in the tables was recorded', () => {
    const known = new Set([...Object.values(EXPECTED).flat(), ...OURS])
    expect(new Set(refused.map(({ name }) => name))).toEqual(known)
  })

  const expected = Object.entries(EXPECTED).flatMap(([code, names]) => names.map(name => ({ name, code })))

  it.each(expected)('$name is $code to a client', ({ name, code }) => {
    const errors = refused.filter(each => each.name === name && each.error instanceof OneError)
    expect(errors).not.toEqual([])
    for (const { error } of errors) {
      const shown = toEc2Error(error)
      expect(shown).toMatchObject({ code })
      expect(shown.status).toBeLessThan(500)
      expect(shown.message).not.toContain(error.message)
    }
  })

  it.each(OURS)('%s is an internal error, and never that the cloud cannot be reached', name => {
    const defects = refused.filter(
      each => each.name === name && !(name.endsWith(' 20') && each.error instanceof OneError),
    )
    expect(defects).not.toEqual([])
    for (const { error } of defects) expect(toEc2Error(error)).toMatchObject({ code: 'InternalError', status: 500 })
  })
})

/** What nobody has recorded, in the words of OpenNebula's sources: `src/vm`, `src/image`, `src/vnm`, `src/dm` and `src/rm/api`. */
const UNRECORDED: readonly (readonly [code: string, method: string, number: number, words: string])[] = [
  [
    'InvalidParameterCombination',
    'one.template.instantiate',
    16384,
    'Incompatible clusters in NIC. Network for NIC 1 is not in the same cluster as the one used by other VM elements (cluster 0)',
  ],
  [
    'InvalidParameterCombination',
    'one.template.instantiate',
    16384,
    'Missing clusters. Datastore for DISK 0 is not in any cluster',
  ],
  ['InvalidParameterCombination', 'one.vm.attachnic', 2048, 'Virtual network is not part of cluster [100]'],
  ['InvalidVolume.ZoneMismatch', 'one.vm.attach', 2048, 'Image [5] is not part of cluster [100]'],
  ['AttachmentLimitExceeded', 'one.template.instantiate', 16384, 'Non q35 or virt VM 12 has more than 4 hd disks'],
  ['AttachmentLimitExceeded', 'one.template.instantiate', 16384, 'VM 12 has more than 256 disks'],
  [
    'InvalidBlockDeviceMapping',
    'one.template.instantiate',
    16384,
    'DISK 0: SIZE attribute is not supported for persistent image [5].',
  ],
  [
    'InvalidBlockDeviceMapping',
    'one.template.instantiate',
    16384,
    'DISK 0: SIZE of 512MB is less than the image [5] size of 1024MB.',
  ],
  [
    'InvalidBlockDeviceMapping',
    'one.template.instantiate',
    16384,
    'DISK 1: Image 5 (kernel) of type KERNEL cannot be used as DISK.',
  ],
  ['UnsupportedOperation', 'one.template.instantiate', 16384, 'Alias is incompatible with mode vcenter'],
  ['InstanceLimitExceeded', 'one.vm.action', 2048, 'user [2] limit of 1 reached for RUNNING_VMS quota in VM'],
  ['VcpuLimitExceeded', 'one.vm.action', 2048, 'user [2] limit of 1 reached for RUNNING_CPU quota in VM'],
  ['UnsupportedOperation', 'one.vm.resize', 2048, 'Cannot resize a pinned VM'],
  ['InvalidParameterValue', 'one.vm.diskresize', 2048, 'New size has to be bigger than current one'],
  ['IncorrectInstanceState', 'one.vm.updateconf', 8192, 'configuration cannot be updated in state SHUTDOWN'],
  [
    'IncorrectInstanceState',
    'one.vm.updateconf',
    8192,
    'Could not perform live updateconf for 5, wrong state HOTPLUG.',
  ],
  ['UnsupportedOperation', 'one.vm.updateconf', 8192, 'Virtual machine does not have context, cannot add a new one.'],
  ['IncorrectState', 'one.vm.attachsg', 8192, "VM 5 doesn't have NIC id 1"],
  ['InvalidGroup.NotFound', 'one.vm.attachsg', 2048, 'Could not attach SG 100 to VM, SG does not exist'],
  ['IncorrectState', 'one.image.clone', 16384, 'Cannot clone image in current state'],
  ['IncorrectState', 'one.image.clone', 16384, 'Cannot clone image, it does not exist'],
  ['IncorrectState', 'one.image.clone', 16384, 'Target image deleted during cloning operation'],
  ['IncorrectState', 'one.image.delete', 2048, 'Cannot delete image. There are 1 active clone operations.'],
  ['IncorrectState', 'one.image.delete', 2048, 'Cannot delete image. There are 0 VMs using it.'],
  [
    'IncorrectState',
    'one.image.persistent',
    8192,
    'Could not make image persistent: Image cannot be in state LOCKED to be made persistent',
  ],
  ['IncorrectState', 'one.vm.disksaveas', 8192, 'Cannot use DISK. DISK does not have a valid IMAGE_ID.'],
  ['IncorrectState', 'one.vm.disksaveas', 8192, 'Cannot save an image of type FILESYSTEM'],
  ['InvalidPlacementGroup.InUse', 'one.vmgroup.delete', 2048, 'VM Group has 1 VMs'],
  ['SubnetLimitExceeded', 'one.vntemplate.instantiate', 16384, 'Cannot automatically assign VLAN_ID to network.'],
]

describe('a refusal that was not recorded', () => {
  it.each(UNRECORDED)('is %s of %s: %i %s', (code, method, number, words) => {
    const shown = toEc2Error(new OneError(method, number, `[${method}] ${words}`))
    expect(shown).toMatchObject({ code, status: 400 })
    expect(shown.message).not.toContain(words)
  })
})

describe('what a call was about', () => {
  const quota = (metric: string, kind: string) =>
    `[one.image.allocate] User [2] : user [2] limit of 4 reached for ${metric} quota in ${kind}.`

  it.each<[string, string, string, About, string]>([
    ['one.template.instantiate', 'VMS', 'VM', {}, 'InstanceLimitExceeded'],
    ['one.template.instantiate', 'CPU', 'VM', {}, 'VcpuLimitExceeded'],
    ['one.vm.action', 'RUNNING_MEMORY', 'VM', {}, 'InstanceLimitExceeded'],
    ['one.template.instantiate', 'RVMS', 'IMAGE with ID: 1', {}, 'InstanceLimitExceeded'],
    ['one.vm.diskresize', 'SYSTEM_DISK_SIZE', 'VM', {}, 'VolumeLimitExceeded'],
    ['one.image.allocate', 'SIZE', 'DATASTORE with ID: 1', {}, 'VolumeLimitExceeded'],
    ['one.image.clone', 'IMAGES', 'DATASTORE with ID: 1', { resource: VOLUME }, 'VolumeLimitExceeded'],
    ['one.image.clone', 'IMAGES', 'DATASTORE with ID: 1', { resource: SNAPSHOT }, 'SnapshotLimitExceeded'],
    ['one.vm.disksaveas', 'SIZE', 'DATASTORE with ID: 1', { resource: IMAGE }, 'ResourceLimitExceeded'],
    ['one.vn.reserve', 'LEASES', 'NETWORK with ID: 1', {}, 'AddressLimitExceeded'],
    ['one.template.instantiate', 'GPUS', 'VM', {}, 'ResourceLimitExceeded'],
  ])('tells which limit %s has reached: %s in %s', (method, metric, kind, about, code) => {
    const error = toEc2Error(new OneError(method, 512, quota(metric, kind)), about)
    expect(error).toMatchObject({ code, status: 400 })
    expect(error.message).toContain(' 4 ')
  })

  it('tells a volume that is copied from one that is attached', () => {
    const refusal = (words: string) =>
      toEc2Error(new OneError('one.image.delete', 2048, `Cannot delete image. ${words}`), { resource: VOLUME })
    expect(refusal('There are 1 VMs using it.')).toMatchObject({ code: 'VolumeInUse' })
    expect(refusal('There are 10 VMs using it.')).toMatchObject({ code: 'VolumeInUse' })
    expect(refusal('There are 0 VMs using it.')).toMatchObject({ code: 'IncorrectState' })
  })

  it('takes a limit that is reached for no state that passes, whatever its number', () => {
    const words = 'user [2] limit of 1 reached for RUNNING_VMS quota in VM'
    expect(isBusy(new OneError('one.vm.action', 2048, words))).toBe(false)
  })

  it('tells that the address which was asked for is in use', () => {
    const refusal = new OneError('one.template.instantiate', 16384, 'Cannot get IP/MAC lease from virtual network 0.')
    const error = toEc2Error(refusal, { address: '10.0.0.7' })
    expect(error).toMatchObject({ code: 'InvalidIPAddress.InUse', message: 'Address 10.0.0.7 is in use.' })
  })

  it('tells what no longer exists', () => {
    const error = toEc2Error(new OneError('one.image.update', 1024, 'Error getting image [5].'), {
      resource: VOLUME,
      id: 'vol-5',
    })
    expect(error).toMatchObject({ code: 'InvalidVolume.NotFound', message: "The volume 'vol-5' does not exist." })
  })

  it('is no defect where an older front-end has no such method', () => {
    const error = toEc2Error(new OneFault('one.vm.attachsg', -506, "Method 'one.vm.attachsg' not defined"))
    expect(error).toMatchObject({ code: 'UnsupportedOperation', status: 400 })
    expect(error.message).toContain('OpenNebula 6.4')
  })
})
