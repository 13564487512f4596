// Starting, stopping and rebooting instances.
import type { Instance } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { operation } from '../../resource/definition.ts'
import { texts } from '../../texts.ts'

const words = texts.instances

export const idsOf = (instances: readonly Instance[]): string[] =>
  instances.flatMap(({ InstanceId }) => (InstanceId === undefined ? [] : [InstanceId]))

export const stateOf = (instance: Instance | undefined): string | undefined => instance?.State?.Name

export const start = operation<Instance>({
  key: 'start',
  label: words.start.label,
  title: () => words.start.title,
  many: true,
  applies: instance => stateOf(instance) === 'stopped',
  calls: (_, items) => [call('StartInstances', { InstanceIds: idsOf(items) })],
  done: (_, items) => words.start.done(idsOf(items)),
  until: instance => stateOf(instance) === 'running',
  reached: words.start.reached,
})

export const stop = operation<Instance>({
  key: 'stop',
  label: words.stop.label,
  title: () => words.stop.title,
  many: true,
  applies: instance => ['pending', 'running'].includes(stateOf(instance) ?? ''),
  about: items => words.stop.about(idsOf(items)),
  calls: (_, items) => [call('StopInstances', { InstanceIds: idsOf(items) })],
  done: (_, items) => words.stop.done(idsOf(items)),
  until: instance => stateOf(instance) === 'stopped',
  reached: words.stop.reached,
})

export const reboot = operation<Instance>({
  key: 'reboot',
  label: words.reboot.label,
  title: () => words.reboot.title,
  many: true,
  applies: instance => stateOf(instance) === 'running',
  about: items => words.reboot.about(idsOf(items)),
  calls: (_, items) => [call('RebootInstances', { InstanceIds: idsOf(items) })],
  done: (_, items) => words.reboot.done(idsOf(items)),
})
