// Launching instances: a short form, whose choices are what there is.
import type { Instance } from '@aws-sdk/client-ec2'
import { type Call, call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { operation } from '../../resource/definition.ts'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { number, text, type ValuesOf } from '../../ui/fields.ts'
import { machineFields, machineOf } from './machine.ts'
import { stateOf } from './operations.tsx'

const words = texts.instances.launch

/** How many are to be launched: at least as many, and no more. */
export const countField = () => number(words.count, 1, { least: 1, most: 50 })

export const countOf = (count: string) => ({ MinCount: Number(count), MaxCount: Number(count) })

/** The ids of what was launched. */
export const launched = ([reservation]: readonly unknown[]): string[] =>
  ((reservation as Answer<'RunInstances'>).Instances ?? []).map(({ InstanceId = '' }) => InstanceId)

export const isRunning = (instance: Instance | undefined): boolean => stateOf(instance) === 'running'

/** @param image what is chosen at first; the first one there is where it is empty */
export const launchFields = (image = '') => {
  const machine = machineFields()
  return {
    name: text(words.name),
    ...machine,
    image: { ...machine.image, initial: image },
    count: countField(),
    tags: tagsField(),
  }
}

export type LaunchFields = ReturnType<typeof launchFields>

export const launchCall = ({ name, count, tags, ...machine }: ValuesOf<LaunchFields>): Call =>
  call('RunInstances', {
    ...machineOf(machine),
    ...countOf(count),
    ...(machine.subnet && { SubnetId: machine.subnet }),
    ...(machine.groups.length > 0 && { SecurityGroupIds: [...machine.groups] }),
    ...tagSpecifications('instance', tags, name),
  })

export const launch = operation<Instance, LaunchFields>({
  key: 'launch',
  label: words.label,
  title: () => words.title,
  fields: () => launchFields(),
  calls: values => [launchCall(values)],
  done: () => words.done,
  made: launched,
  until: isRunning,
  reached: words.reached,
})
