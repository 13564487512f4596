// What a version of a launch template says: an instance, of which anything may be left open.
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2'
import { tagsField, tagsIn } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { text, type ValuesOf } from '../../ui/fields.ts'
import { machineFields, machineOf } from '../instances/machine.ts'

const words = texts.launchTemplates

/** @param unsaid what stands for something that the version does not say */
export const versionFields = (unsaid: string) => ({
  description: text(words.versionDescription),
  ...machineFields(unsaid),
  tags: { ...tagsField(), label: words.instanceTags },
})

/** A subnet is that of the first interface, and then the groups are, too. */
export function dataOf({
  subnet,
  groups,
  tags,
  ...machine
}: ValuesOf<ReturnType<typeof versionFields>>): RequestLaunchTemplateData {
  const Groups = groups.length > 0 ? [...groups] : undefined
  const Tags = tagsIn(tags)
  return {
    ...machineOf({ ...machine, subnet, groups }),
    ...(subnet && { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: subnet, ...(Groups && { Groups }) }] }),
    ...(!subnet && Groups && { SecurityGroupIds: Groups }),
    ...(Tags.length > 0 && { TagSpecifications: [{ ResourceType: 'instance', Tags }] }),
  }
}
