// Launching instances: a short form, whose choices are what there is.
import type { BlockDeviceMapping, Instance, RunInstancesRequest } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { groupsOfSubnet, labelOf, subnets } from '../../resource/choices.ts'
import { operation } from '../../resource/definition.ts'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { account, api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { type Choice, check, choice, many, number, type Row, rows, text, textOf } from '../../ui/fields.ts'
import { sizeText } from '../../ui/format.tsx'
import { stateOf } from './operations.tsx'

const words = texts.instances.launch

export const launch = operation({
  key: 'launch',
  label: words.label,
  title: () => words.title,
  fields: () => ({
    name: text(words.name),
    image: choice(words.image, images, { required: true, hint: words.imageHint }),
    type: choice(words.type, types, { required: true }),
    key: choice(words.key, keys, { none: words.noKey, hint: words.keyHint }),
    subnet: choice(words.subnet, subnets(), { none: words.anySubnet }),
    groups: many(words.groups, ({ subnet }) => groupsOfSubnet(textOf(subnet)), {
      after: ['subnet'],
      hint: words.groupsHint,
    }),
    count: number(words.count, 1, { least: 1, most: 50 }),
    disks: rows(words.disks, words.addDisk, {
      device: text(words.device, { required: true, initial: '/dev/sdf' }),
      size: number(words.size, 8, { least: 1 }),
      deleted: check(words.deleted, true),
    }),
    userData: text(words.userData, { lines: 5, hint: words.userDataHint }),
    tags: tagsField(),
  }),
  calls: ({ name, image, type, key, subnet, groups, count, disks, userData, tags }) => [
    call('RunInstances', {
      ImageId: image,
      InstanceType: type as NonNullable<RunInstancesRequest['InstanceType']>,
      MinCount: Number(count),
      MaxCount: Number(count),
      ...(key && { KeyName: key }),
      ...(subnet && { SubnetId: subnet }),
      ...(groups.length > 0 && { SecurityGroupIds: [...groups] }),
      ...(disks.length > 0 && { BlockDeviceMappings: disks.map(deviceOf) }),
      ...(userData && { UserData: new TextEncoder().encode(userData).toBase64() }),
      ...tagSpecifications('instance', tags, name),
    }),
  ],
  done: () => words.done,
  made: ([reservation]) =>
    ((reservation as Answer<'RunInstances'>).Instances ?? []).map(({ InstanceId = '' }) => InstanceId),
  until: (instance: Instance | undefined) => stateOf(instance) === 'running',
  reached: words.reached,
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
