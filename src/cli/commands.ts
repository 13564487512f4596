// The table of all econe-* commands. Help, parsing, requests and output follow from it; nothing else knows a command by
// its name.

import type { Answer } from './answer.ts'
import type { Column, Command, LineOutput, Operand, RequestOption } from './command.ts'
import { UsageError } from './errors.ts'
import { contentOf } from './files.ts'
import type { Ec2Parameters } from './query.ts'
import { upload } from './upload.ts'

const INSTANCES: Operand = {
  name: 'INSTANCE-ID',
  about: 'Instances, as econe-describe-instances shows them',
  many: true,
  fills: 'InstanceId',
}
const IMAGE: Operand = { name: 'IMAGE-ID', about: 'Image, as econe-describe-images shows it', fills: 'ImageId' }
const VOLUME: Operand = { name: 'VOLUME-ID', about: 'Volume, as econe-describe-volumes shows it', fills: 'VolumeId' }
const SNAPSHOT: Operand = {
  name: 'SNAPSHOT-ID',
  about: 'Snapshot, as econe-describe-snapshots shows it',
  fills: 'SnapshotId',
}
const ADDRESS: Operand = {
  name: 'PUBLIC-IP',
  about: 'Elastic address, as econe-describe-addresses shows it',
  fills: 'PublicIp',
}
const KEYPAIR: Operand = { name: 'NAME', about: 'Name of the key pair', fills: 'KeyName' }
const RESOURCES: Operand = {
  name: 'RESOURCE-ID',
  about: 'Instances, images, volumes, snapshots…',
  many: true,
  fills: 'ResourceId',
}

/** Optional operands that narrow what a describe command lists. */
const only = (operand: Operand): Operand => ({
  ...operand,
  about: `${operand.about} (default: all)`,
  optional: true,
  many: true,
})

const ATTACHED_TO: RequestOption = {
  name: 'instance',
  short: 'i',
  value: 'INSTANCE-ID',
  about: 'Instance the volume belongs in',
  fills: 'InstanceId',
}
const DEVICE: RequestOption = {
  name: 'device',
  short: 'd',
  value: 'DEVICE',
  about: 'Name of the device in the instance, such as /dev/sdf',
  fills: 'Device',
}
const DESCRIPTION: RequestOption = {
  name: 'description',
  short: 'd',
  value: 'TEXT',
  about: 'Description',
  fills: 'Description',
}

const OWNER: Column = { head: 'Owner', width: 11, of: '../../ownerId', owner: true }
const ATTACHMENT = ['volumeId: {volumeId}', 'instanceId: {instanceId}', 'status: {status}', 'device: {device}']

const stateBefore = (doing: string): LineOutput => ({
  each: 'instancesSet/item',
  lines: [`Success: ${doing} {instanceId} in {previousState/name} state`],
})

/** AWS's location is the owner's number and the name; econe's was the name alone, and the owner has a column already. */
const nameOf = (image: Answer) => image.text('imageLocation').replace(/^\d{12}\//, '')

const isPublic = (image: Answer) => (image.text('isPublic') === 'true' ? 'public' : 'private')

const base64 = (data: string | Uint8Array) => Buffer.from(data).toString('base64')

function instanceCount([count = '']: readonly string[]): Ec2Parameters {
  const [, least, most] = /^(\d+)(?:-(\d+))?$/.exec(count) ?? []
  if (least === undefined) throw new UsageError(`the instance count '${count}' is neither a number nor min-max`)
  return { MinCount: least, MaxCount: most ?? least }
}

/** `KEY=VALUE` → a tag; a lone `KEY` has the value `alone`, or none at all where that is undefined. */
const tags = (alone?: string) => (values: readonly string[]) => ({
  Tag: values.map(text => {
    const at = text.indexOf('=')
    if (at >= 0) return { Key: text.slice(0, at), Value: text.slice(at + 1) }
    return alone === undefined ? { Key: text } : { Key: text, Value: alone }
  }),
})

export const COMMANDS: readonly Command[] = [
  {
    name: 'econe-upload',
    action: 'UploadImage',
    purpose: 'Upload a disk image',
    details:
      'Any size and any format that the cloud can boot. The image is named after the file, and no other image of the ' +
      'account may have that name. It is next registered with econe-register.',
    operands: [{ name: 'IMAGE-PATH', about: 'File to upload', fills: 'file' }],
    options: [
      {
        name: 'multipart',
        short: 'M',
        about: 'Accepted for the sake of old scripts: an upload always is multipart/form-data',
        fills: () => ({}),
      },
    ],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: '$ econe-upload /images/gentoo.img\nSuccess: ImageId ami-00000001',
    send: upload,
  },
  {
    name: 'econe-register',
    action: 'RegisterImage',
    purpose: 'Register an uploaded image, so that instances can run it',
    operands: [{ name: 'IMAGE-ID', about: 'Image, as econe-upload printed it', fills: 'ImageLocation' }],
    options: [{ name: 'name', short: 'n', value: 'NAME', about: 'Name of the image', fills: 'Name' }, DESCRIPTION],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: '$ econe-register ami-00000001\nSuccess: ImageId ami-00000001',
  },
  {
    name: 'econe-describe-images',
    action: 'DescribeImages',
    purpose: 'List images that instances can run',
    operands: [only(IMAGE)],
    options: [],
    output: {
      rows: 'imagesSet/item',
      columns: [
        { head: 'Owner', width: 12, of: 'imageOwnerAlias|imageOwnerId', owner: true },
        { head: 'ImageId', width: 13, of: 'imageId' },
        { head: 'Status', width: 14, of: 'imageState' },
        { head: 'Visibility', width: 12, of: isPublic },
        { head: 'Location', width: 20, of: nameOf },
      ],
    },
    example: `$ econe-describe-images -H
Owner        ImageId       Status         Visibility   Location
------------------------------------------------------------------------------
helen        ami-00000001  available      private      gentoo.img`,
  },
  {
    name: 'econe-deregister',
    action: 'DeregisterImage',
    purpose: 'Deregister an image, so that no more instances can run it',
    details: 'Instances that run it already are left alone. Its disk is deleted, as soon as none of them uses it.',
    operands: [{ ...IMAGE, fills: ([ImageId = '']) => ({ ImageId, DeleteAssociatedSnapshots: 'true' }) }],
    options: [],
    output: { lines: ['Success: Deregistering {ImageId}'] },
    example: '$ econe-deregister ami-00000001\nSuccess: Deregistering ami-00000001',
  },
  {
    name: 'econe-create-image',
    action: 'CreateImage',
    purpose: 'Create an image from the disk of an instance',
    operands: [{ name: 'INSTANCE-ID', about: 'Instance, as econe-describe-instances shows it', fills: 'InstanceId' }],
    options: [
      { name: 'name', short: 'n', value: 'NAME', about: 'Name of the image', required: true, fills: 'Name' },
      DESCRIPTION,
      {
        name: 'no-reboot',
        about: 'Do not stop the instance meanwhile; its file systems may be caught in mid-write',
        fills: 'NoReboot',
      },
    ],
    output: { lines: ['Success: ImageId {imageId}'] },
    example: "$ econe-create-image -n 'web server (ready)' i-00000015\nSuccess: ImageId ami-00000002",
  },
  {
    name: 'econe-run-instances',
    action: 'RunInstances',
    purpose: 'Run instances of an image',
    operands: [IMAGE],
    options: [
      {
        name: 'type',
        short: 't',
        value: 'TYPE',
        about: 'Instance type, as econe-describe-instance-types shows it',
        initial: 'm1.small',
        fills: 'InstanceType',
      },
      {
        name: 'keypair',
        short: 'k',
        value: 'NAME',
        about: 'Key pair that opens the instances, as econe-describe-keypairs shows it',
        fills: 'KeyName',
      },
      {
        name: 'instance-count',
        short: 'n',
        value: 'MIN[-MAX]',
        about: 'How many: as many as fit up to MAX, or none at all where MIN do not fit',
        initial: '1',
        fills: instanceCount,
      },
      {
        name: 'user-data',
        short: 'd',
        value: 'DATA',
        about: 'User data for cloud-init, as it is (it is sent in base64)',
        fills: ([data = '']) => ({ UserData: base64(data) }),
      },
      {
        name: 'user-data-file',
        short: 'f',
        value: 'FILE',
        about: 'User data from a file',
        fills: ([path = '']) => ({ UserData: base64(contentOf(path)) }),
      },
    ],
    output: {
      rows: 'instancesSet/item',
      columns: [
        OWNER,
        { head: 'ImageId', width: 22, of: 'imageId' },
        { head: 'InstanceId', width: 10, of: 'instanceId' },
        { head: 'InstanceType', width: 12, of: 'instanceType' },
      ],
    },
    example: `$ econe-run-instances -H -k helen-key -n 1 ami-00000001
Owner       ImageId                InstanceId InstanceType
------------------------------------------------------------------------------
helen       ami-00000001           i-00000015 m1.small`,
  },
  {
    name: 'econe-describe-instances',
    action: 'DescribeInstances',
    purpose: 'List instances',
    details: 'IP is the public address of an instance, or its private one where it has no other.',
    operands: [only(INSTANCES)],
    options: [],
    output: {
      rows: 'reservationSet/item/instancesSet/item',
      rule: 108,
      columns: [
        OWNER,
        { head: 'Id', width: 5, of: 'instanceId' },
        { head: 'ImageId', width: 12, of: 'imageId' },
        { head: 'State', width: 13, of: 'instanceState/name' },
        { head: 'IP', width: 15, of: 'ipAddress|privateIpAddress' },
        { head: 'Type', width: 8, of: 'instanceType' },
      ],
    },
    example: `$ econe-describe-instances -H
Owner       Id         ImageId      State         IP              Type
------------------------------------------------------------------------------------------------------------
helen       i-00000015 ami-00000001 running       147.96.80.33    m1.small`,
  },
  {
    name: 'econe-start-instances',
    action: 'StartInstances',
    purpose: 'Start stopped instances',
    details: 'Their disks and addresses are those they had.',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Starting'),
    example: '$ econe-start-instances i-00000015\nSuccess: Starting i-00000015 in stopped state',
  },
  {
    name: 'econe-stop-instances',
    action: 'StopInstances',
    purpose: 'Stop running instances, keeping their disks',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Stopping'),
    example: `$ econe-stop-instances i-00000015,i-00000016
Success: Stopping i-00000015 in running state
Success: Stopping i-00000016 in running state`,
  },
  {
    name: 'econe-reboot-instances',
    action: 'RebootInstances',
    purpose: 'Reboot running instances',
    operands: [INSTANCES],
    options: [],
    output: { lines: ['Success: Rebooting'] },
    example: '$ econe-reboot-instances i-00000015\nSuccess: Rebooting',
  },
  {
    name: 'econe-terminate-instances',
    action: 'TerminateInstances',
    purpose: 'Terminate instances: they and their disks are gone for good',
    details: 'Volumes that were attached by hand stay.',
    operands: [INSTANCES],
    options: [],
    output: stateBefore('Terminating'),
    example: '$ econe-terminate-instances i-00000015\nSuccess: Terminating i-00000015 in running state',
  },
  {
    name: 'econe-describe-instance-types',
    action: 'DescribeInstanceTypes',
    purpose: 'List the instance types of the cloud',
    operands: [only({ name: 'TYPE', about: 'Instance types', fills: 'InstanceType' })],
    options: [],
    output: {
      rows: 'instanceTypeSet/item',
      columns: [
        { head: 'Type', width: 15, of: 'instanceType' },
        { head: 'CPUs', width: 6, of: 'vCpuInfo/defaultVCpus' },
        { head: 'MiB', width: 8, of: 'memoryInfo/sizeInMiB' },
      ],
    },
    example: `$ econe-describe-instance-types -H
Type            CPUs   MiB
------------------------------------------------------------------------------
m1.small        1      1024`,
  },
  {
    name: 'econe-allocate-address',
    action: 'AllocateAddress',
    purpose: 'Allocate an elastic address',
    operands: [],
    options: [],
    output: { lines: ['{publicIp}'] },
    example: '$ econe-allocate-address\n147.96.80.40',
  },
  {
    name: 'econe-associate-address',
    action: 'AssociateAddress',
    purpose: 'Associate an elastic address with an instance',
    operands: [
      ADDRESS,
      { name: 'INSTANCE-ID', about: 'Instance, as econe-describe-instances shows it', fills: 'InstanceId' },
    ],
    options: [],
    output: { lines: ['Success: Associating {PublicIp} with {InstanceId}'] },
    example: '$ econe-associate-address 147.96.80.40 i-00000015\nSuccess: Associating 147.96.80.40 with i-00000015',
  },
  {
    name: 'econe-disassociate-address',
    action: 'DisassociateAddress',
    purpose: 'Disassociate an elastic address from its instance',
    details: 'The address stays yours.',
    operands: [ADDRESS],
    options: [],
    output: { lines: ['Success: Disassociating {PublicIp}'] },
    example: '$ econe-disassociate-address 147.96.80.40\nSuccess: Disassociating 147.96.80.40',
  },
  {
    name: 'econe-release-address',
    action: 'ReleaseAddress',
    purpose: 'Release an elastic address: it is yours no longer',
    operands: [ADDRESS],
    options: [],
    output: { lines: ['publicIP: {PublicIp}'] },
    example: '$ econe-release-address 147.96.80.40\npublicIP: 147.96.80.40',
  },
  {
    name: 'econe-describe-addresses',
    action: 'DescribeAddresses',
    purpose: 'List elastic addresses',
    operands: [only(ADDRESS)],
    options: [],
    output: {
      rows: 'addressesSet/item',
      columns: [
        { head: 'PublicIp', width: 15, of: 'publicIp' },
        { head: 'InstanceId', width: 25, of: 'instanceId' },
      ],
    },
    example: `$ econe-describe-addresses -H
PublicIp        InstanceId
------------------------------------------------------------------------------
147.96.80.40    i-00000015`,
  },
  {
    name: 'econe-create-volume',
    action: 'CreateVolume',
    purpose: 'Create a volume, empty or from a snapshot',
    operands: [],
    options: [
      { name: 'size', short: 's', value: 'GIB', about: 'Size in GiB', fills: 'Size' },
      {
        name: 'snapshot',
        value: 'SNAPSHOT-ID',
        about: 'Snapshot to start from; without a size, the volume is as large as it',
        fills: 'SnapshotId',
      },
      {
        name: 'zone',
        short: 'z',
        value: 'ZONE',
        about: 'Availability zone',
        initial: 'default',
        fills: 'AvailabilityZone',
      },
    ],
    output: { lines: ['volumeId: {volumeId}', 'size: {size}', 'createTime: {createTime}'] },
    example: '$ econe-create-volume -s 10\nvolumeId: vol-00000007\nsize: 10\ncreateTime: 2026-11-23T15:57:00.000Z',
  },
  {
    name: 'econe-attach-volume',
    action: 'AttachVolume',
    purpose: 'Attach a volume to an instance',
    operands: [VOLUME],
    options: [
      { ...ATTACHED_TO, required: true },
      { ...DEVICE, required: true },
    ],
    output: { lines: ATTACHMENT },
    example: `$ econe-attach-volume vol-00000007 -i i-00000015 -d /dev/sdf
volumeId: vol-00000007
instanceId: i-00000015
status: attaching
device: /dev/sdf`,
  },
  {
    name: 'econe-detach-volume',
    action: 'DetachVolume',
    purpose: 'Detach a volume from its instance',
    details: 'Unmount its file systems in the instance first.',
    operands: [VOLUME],
    options: [ATTACHED_TO, DEVICE],
    output: { lines: ATTACHMENT },
    example: `$ econe-detach-volume vol-00000007
volumeId: vol-00000007
instanceId: i-00000015
status: detaching
device: /dev/sdf`,
  },
  {
    name: 'econe-delete-volume',
    action: 'DeleteVolume',
    purpose: 'Delete a volume that is not attached',
    operands: [VOLUME],
    options: [],
    output: { lines: ['Success: Deleting {VolumeId}'] },
    example: '$ econe-delete-volume vol-00000007\nSuccess: Deleting vol-00000007',
  },
  {
    name: 'econe-describe-volumes',
    action: 'DescribeVolumes',
    purpose: 'List volumes',
    operands: [only(VOLUME)],
    options: [],
    output: {
      rows: 'volumeSet/item',
      columns: [
        { head: 'VolumeId', width: 12, of: 'volumeId' },
        { head: 'Size', width: 6, of: 'size' },
        { head: 'Status', width: 10, of: 'status' },
        { head: 'CreateTime', width: 24, of: 'createTime' },
        { head: 'InstanceId', width: 12, of: 'attachmentSet/item/instanceId' },
        { head: 'Device', width: 8, of: 'attachmentSet/item/device' },
      ],
    },
    example: `$ econe-describe-volumes -H
VolumeId     Size   Status     CreateTime               InstanceId   Device
------------------------------------------------------------------------------
vol-00000007 10     in-use     2026-11-23T15:57:00.000Z i-00000015   /dev/sdf`,
  },
  {
    name: 'econe-create-snapshot',
    action: 'CreateSnapshot',
    purpose: 'Take a snapshot of a volume',
    operands: [VOLUME],
    options: [DESCRIPTION],
    output: {
      lines: ['snapshotId: {snapshotId}', 'volumeId: {volumeId}', 'status: {status}', 'startTime: {startTime}'],
    },
    example: `$ econe-create-snapshot vol-00000007 -d 'before the upgrade'
snapshotId: snap-00000008
volumeId: vol-00000007
status: pending
startTime: 2026-11-23T15:58:00.000Z`,
  },
  {
    name: 'econe-delete-snapshot',
    action: 'DeleteSnapshot',
    purpose: 'Delete a snapshot',
    operands: [SNAPSHOT],
    options: [],
    output: { lines: ['Success: Deleting {SnapshotId}'] },
    example: '$ econe-delete-snapshot snap-00000008\nSuccess: Deleting snap-00000008',
  },
  {
    name: 'econe-describe-snapshots',
    action: 'DescribeSnapshots',
    purpose: 'List snapshots',
    operands: [only(SNAPSHOT)],
    options: [],
    output: {
      rows: 'snapshotSet/item',
      columns: [
        { head: 'SnapshotId', width: 13, of: 'snapshotId' },
        { head: 'VolumeId', width: 12, of: 'volumeId' },
        { head: 'Size', width: 6, of: 'volumeSize' },
        { head: 'Status', width: 10, of: 'status' },
        { head: 'StartTime', width: 24, of: 'startTime' },
        { head: 'Description', width: 11, of: 'description' },
      ],
    },
    example: `$ econe-describe-snapshots -H
SnapshotId    VolumeId     Size   Status     StartTime                Description
---------------------------------------------------------------------------------
snap-00000008 vol-00000007 10     completed  2026-11-23T15:58:00.000Z before the upgrade`,
  },
  {
    name: 'econe-create-keypair',
    action: 'CreateKeyPair',
    purpose: 'Create a key pair and print its private key',
    details: 'The private key is shown this once; the cloud does not keep it.',
    operands: [KEYPAIR],
    options: [],
    output: { lines: ['keyName: {keyName}', 'Fingerprint: {keyFingerprint}', 'Private Key:', '{keyMaterial}'] },
    example: `$ econe-create-keypair helen-key
keyName: helen-key
Fingerprint: 1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f
Private Key:
-----BEGIN RSA PRIVATE KEY-----
…`,
  },
  {
    name: 'econe-import-keypair',
    action: 'ImportKeyPair',
    purpose: 'Import the public key of a key pair that you have',
    operands: [KEYPAIR],
    options: [
      {
        name: 'file',
        short: 'f',
        value: 'FILE',
        about: 'Public key as ssh-keygen writes it, such as ~/.ssh/id_ed25519.pub',
        required: true,
        fills: ([path = '']) => ({ PublicKeyMaterial: base64(contentOf(path)) }),
      },
    ],
    output: { lines: ['keyName: {keyName}', 'Fingerprint: {keyFingerprint}'] },
    example: `$ econe-import-keypair helen-key -f ~/.ssh/id_ed25519.pub
keyName: helen-key
Fingerprint: PqTwFyUZ9LZ3pXCrfVmVZpMK6bLC4tQUkO7T3wT0yKY=`,
  },
  {
    name: 'econe-delete-keypair',
    action: 'DeleteKeyPair',
    purpose: 'Delete a key pair',
    details: 'Instances keep the public key they were run with.',
    operands: [KEYPAIR],
    options: [],
    output: { lines: ['Success: Deleting {KeyName}'] },
    example: '$ econe-delete-keypair helen-key\nSuccess: Deleting helen-key',
  },
  {
    name: 'econe-describe-keypairs',
    action: 'DescribeKeyPairs',
    purpose: 'List key pairs',
    operands: [only(KEYPAIR)],
    options: [],
    output: {
      rows: 'keySet/item',
      columns: [
        { head: 'KeyName', width: 15, of: 'keyName' },
        { head: 'Fingerprint', width: 59, of: 'keyFingerprint' },
      ],
    },
    example: `$ econe-describe-keypairs -H
KeyName         Fingerprint
------------------------------------------------------------------------------
helen-key       1f:51:ae:28:bf:89:e9:d8:1f:25:5d:37:2d:7d:b8:ca:9f:f5:f1:6f`,
  },
  {
    name: 'econe-create-tags',
    action: 'CreateTags',
    purpose: 'Add tags to resources, replacing those with the same key',
    operands: [RESOURCES],
    options: [
      {
        name: 'tag',
        short: 't',
        value: 'KEY[=VALUE]',
        about: 'Tag to add; may be repeated',
        required: true,
        many: true,
        fills: tags(''),
      },
    ],
    output: { lines: ['Success: Tagging {ResourceId}'] },
    example: '$ econe-create-tags i-00000015 -t Name=web -t stage=test\nSuccess: Tagging i-00000015',
  },
  {
    name: 'econe-delete-tags',
    action: 'DeleteTags',
    purpose: 'Remove tags from resources',
    operands: [RESOURCES],
    options: [
      {
        name: 'tag',
        short: 't',
        value: 'KEY[=VALUE]',
        about: 'Tag to remove, whatever its value or only with that one; may be repeated',
        required: true,
        many: true,
        fills: tags(),
      },
    ],
    output: { lines: ['Success: Untagging {ResourceId}'] },
    example: '$ econe-delete-tags i-00000015 -t stage\nSuccess: Untagging i-00000015',
  },
  {
    name: 'econe-describe-tags',
    action: 'DescribeTags',
    purpose: 'List tags',
    operands: [
      only({
        ...RESOURCES,
        fills: ids => (ids.length > 0 ? { Filter: [{ Name: 'resource-id', Value: ids }] } : {}),
      }),
    ],
    options: [],
    output: {
      rows: 'tagSet/item',
      columns: [
        { head: 'ResourceId', width: 13, of: 'resourceId' },
        { head: 'ResourceType', width: 12, of: 'resourceType' },
        { head: 'Key', width: 15, of: 'key' },
        { head: 'Value', width: 15, of: 'value' },
      ],
    },
    example: `$ econe-describe-tags -H i-00000015
ResourceId    ResourceType Key             Value
------------------------------------------------------------------------------
i-00000015    instance     Name            web`,
  },
  {
    name: 'econe-describe-regions',
    action: 'DescribeRegions',
    purpose: 'List the regions of the cloud',
    operands: [],
    options: [],
    output: {
      rows: 'regionInfo/item',
      columns: [
        { head: 'RegionName', width: 15, of: 'regionName' },
        { head: 'Endpoint', width: 30, of: 'regionEndpoint' },
      ],
    },
    example: `$ econe-describe-regions -H
RegionName      Endpoint
------------------------------------------------------------------------------
opennebula      localhost:8787`,
  },
  {
    name: 'econe-describe-availability-zones',
    action: 'DescribeAvailabilityZones',
    purpose: 'List the availability zones of the region',
    operands: [],
    options: [],
    output: {
      rows: 'availabilityZoneInfo/item',
      columns: [
        { head: 'ZoneName', width: 15, of: 'zoneName' },
        { head: 'State', width: 10, of: 'zoneState' },
        { head: 'RegionName', width: 15, of: 'regionName' },
      ],
    },
    example: `$ econe-describe-availability-zones -H
ZoneName        State      RegionName
------------------------------------------------------------------------------
opennebula      available  opennebula`,
  },
]
