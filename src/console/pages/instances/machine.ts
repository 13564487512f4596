// What an instance is to be: the fields that a launch and a launch template have in common, and what they become.
import type { _InstanceType, BlockDeviceMapping } from '@aws-sdk/client-ec2'
import { groupsOfSubnet, labelOf, subnets } from '../../resource/choices.ts'
import { account, api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import {
  type Choice,
  check,
  choice,
  many,
  number,
  type Row,
  rows,
  text,
  textOf,
  type ValuesOf,
} from '../../ui/fields.ts'
import { sizeText } from '../../ui/format.tsx'

const words = texts.instances.launch

/** @param unsaid what stands for no choice of an image and a type, where they may be left open */
export const machineFields = (unsaid?: string) => {
  const open = unsaid === undefined ? { required: true } : { none: unsaid }
  return {
    image: choice(words.image, images, { ...open, hint: words.imageHint }),
    type: choice(words.type, types, open),
    key: choice(words.key, keys, { none: unsaid ?? words.noKey, hint: words.keyHint }),
    subnet: choice(words.subnet, subnets(), { none: unsaid ?? words.anySubnet }),
    groups: many(words.groups, ({ subnet }) => groupsOfSubnet(textOf(subnet)), {
      after: ['subnet'],
      ...(unsaid === undefined && { hint: words.groupsHint }),
    }),
    disks: rows(words.disks, words.addDisk, {
      device: text(words.device, { required: true, initial: '/dev/sdf' }),
      size: number(words.size, 8, { least: 1 }),
      deleted: check(words.deleted, true),
    }),
    userData: text(words.userData, { lines: 5, hint: words.userDataHint }),
  }
}

export type MachineValues = ValuesOf<ReturnType<typeof machineFields>>

/** What of it is sent by the same names in a launch and in a template. */
export const machineOf = ({ image, type, key, disks, userData }: MachineValues) => ({
  ...(image && { ImageId: image }),
  ...(type && { InstanceType: type as _InstanceType }),
  ...(key && { KeyName: key }),
  ...(disks.length > 0 && { BlockDeviceMappings: disks.map(deviceOf) }),
  ...(userData && { UserData: new TextEncoder().encode(userData).toBase64() }),
})

const deviceOf = ({ device, size, deleted }: Row): BlockDeviceMapping => ({
  DeviceName: String(device),
  Ebs: { VolumeSize: Number(size), DeleteOnTermination: deleted === true },
})

/** Own images first. */
async function images(): Promise<Choice[]> {
  const { Images = [] } = await api().call('DescribeImages', {
    Filters: [
      { Name: 'state', Values: ['available'] },
      { Name: 'image-type', Values: ['machine'] },
    ],
  })
  const own = account()
  return Images.toSorted((one, other) => Number(other.OwnerId === own) - Number(one.OwnerId === own)).map(
    ({ ImageId = '', Name }) => ({ value: ImageId, label: labelOf(Name, ImageId) }),
  )
}

async function types(): Promise<Choice[]> {
  const { InstanceTypes = [] } = await api().call('DescribeInstanceTypes', {})
  const size = ({ MemoryInfo }: (typeof InstanceTypes)[number]) => MemoryInfo?.SizeInMiB ?? 0
  return InstanceTypes.toSorted((one, other) => size(one) - size(other)).map(type => ({
    value: type.InstanceType ?? '',
    label: words.typeLabel(type.InstanceType ?? '', type.VCpuInfo?.DefaultVCpus ?? 0, sizeText(size(type) / 1024)),
  }))
}

async function keys(): Promise<Choice[]> {
  const { KeyPairs = [] } = await api().call('DescribeKeyPairs', {})
  return KeyPairs.map(({ KeyName = '' }) => ({ value: KeyName, label: KeyName }))
}
