// What can be done with network interfaces.
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { groupsIn, groupsOfSubnet, instances, subnets } from '../../resource/choices.ts'
import { operation } from '../../resource/definition.ts'
import { removal } from '../../resource/removal.tsx'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { choice, many, number, plainly, text, textOf } from '../../ui/fields.ts'
import { type Interface, interfaceId } from './list.ts'

const { networkInterfaces: words, terms } = texts

const isAvailable = (found: Interface | undefined) => found?.Status === 'available'

const isAttached = (found: Interface | undefined) => found?.Attachment?.Status === 'attached'

/** What came with an instance ends with it: the first interface cannot be taken from it. */
const isDetachable = (found: Interface) => isAttached(found) && found.Attachment?.DeviceIndex !== 0

export const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  fields: () => ({
    name: text(terms.name),
    subnet: choice(terms.subnet, subnets(), { required: true }),
    address: text(terms.privateAddress, { hint: words.create.addressHint }),
    groups: many(terms.groups, ({ subnet }) => groupsOfSubnet(textOf(subnet)), { after: ['subnet'] }),
    description: text(terms.description),
    tags: tagsField(),
  }),
  calls: ({ name, subnet, address, groups, description, tags }) => [
    call('CreateNetworkInterface', {
      SubnetId: subnet,
      ...(address && { PrivateIpAddress: address }),
      ...(groups.length > 0 && { Groups: [...groups] }),
      ...(description && { Description: description }),
      ...tagSpecifications('network-interface', tags, name),
    }),
  ],
  done: () => words.create.done,
  made: ([made]) => [interfaceId((made as Answer<'CreateNetworkInterface'>).NetworkInterface)],
  until: isAvailable,
  reached: words.create.reached,
})

export const attach = operation({
  key: 'attach',
  label: words.attach.label,
  title: ([found]: readonly Interface[]) => words.attach.title(interfaceId(found)),
  applies: isAvailable,
  fields: ([found]) => ({
    instance: choice(terms.instance, instances({ Name: 'vpc-id', Values: [found?.VpcId ?? ''] }), {
      ...{ required: true, hint: words.attach.instanceHint },
    }),
    index: number(words.attach.index, 1, { least: 1, hint: words.attach.indexHint }),
  }),
  calls: ({ instance, index }, [found]) => [
    call('AttachNetworkInterface', {
      NetworkInterfaceId: interfaceId(found),
      InstanceId: instance,
      DeviceIndex: Number(index),
    }),
  ],
  done: ({ instance }, [found]) => words.attach.done(interfaceId(found), instance),
  until: isAttached,
  reached: words.attach.reached,
})

export const detach = operation<Interface>({
  key: 'detach',
  label: words.detach.label,
  title: ([found]) => words.detach.title(interfaceId(found)),
  applies: isDetachable,
  about: ([found]) => words.detach.about(found?.Attachment?.InstanceId ?? ''),
  calls: (_, [found]) => [call('DetachNetworkInterface', { AttachmentId: found?.Attachment?.AttachmentId })],
  done: (_, [found]) => words.detach.done(interfaceId(found)),
  until: isAvailable,
  reached: words.detach.reached,
})

const secondaryOf = ({ PrivateIpAddresses = [] }: Interface): string[] =>
  PrivateIpAddresses.flatMap(({ Primary, PrivateIpAddress }) =>
    Primary || PrivateIpAddress === undefined ? [] : [PrivateIpAddress],
  )

export const assign = operation({
  key: 'assign',
  label: words.assign.label,
  title: ([found]: readonly Interface[]) => words.assign.title(interfaceId(found)),
  applies: isAttached,
  fields: () => ({
    address: text(terms.privateAddress, { hint: words.assign.addressHint }),
  }),
  calls: ({ address }, [found]) => [
    call('AssignPrivateIpAddresses', {
      NetworkInterfaceId: interfaceId(found),
      ...(address ? { PrivateIpAddresses: [address] } : { SecondaryPrivateIpAddressCount: 1 }),
    }),
  ],
  done: (_, [found]) => words.assign.done(interfaceId(found)),
})

export const unassign = operation({
  key: 'unassign',
  label: words.unassign.label,
  title: ([found]: readonly Interface[]) => words.unassign.title(interfaceId(found)),
  applies: (found: Interface) => secondaryOf(found).length > 0,
  destroys: true,
  about: () => words.unassign.about,
  fields: ([found]) => ({
    addresses: many(words.addresses, plainly(...(found ? secondaryOf(found) : [])), { required: true }),
  }),
  calls: ({ addresses }, [found]) => [
    call('UnassignPrivateIpAddresses', {
      NetworkInterfaceId: interfaceId(found),
      PrivateIpAddresses: [...addresses],
    }),
  ],
  done: (_, [found]) => words.unassign.done(interfaceId(found)),
})

export const regroup = operation({
  key: 'groups',
  label: words.regroup.label,
  title: ([found]: readonly Interface[]) => words.regroup.title(interfaceId(found)),
  fields: ([found]) => ({
    groups: many(terms.groups, groupsIn(found?.VpcId ?? ''), {
      required: true,
      initial: (found?.Groups ?? []).flatMap(({ GroupId = [] }) => GroupId),
    }),
  }),
  calls: ({ groups }, [found]) => [
    call('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: interfaceId(found), Groups: [...groups] }),
  ],
  done: (_, [found]) => words.regroup.done(interfaceId(found)),
})

export const remove = removal<Interface>({
  words,
  idOf: interfaceId,
  call: found => call('DeleteNetworkInterface', { NetworkInterfaceId: interfaceId(found) }),
  applies: isAvailable,
})
