// Launching instances from an image: the form of a launch, with the image chosen.
import type { Image } from '@aws-sdk/client-ec2'
import { operation } from '../../resource/definition.ts'
import { until } from '../../resource/watch.ts'
import { texts } from '../../texts.ts'
import { isRunning, type LaunchFields, launchCall, launched, launchFields } from '../instances/launch.ts'
import { instances } from '../instances/page.tsx'
import { isAvailable, isForSale } from './lists.ts'

const words = texts.instances.launch

export const launchFrom = operation<Image, LaunchFields>({
  key: 'launch',
  label: words.label,
  title: () => words.title,
  applies: image => isAvailable(image) && !isForSale(image),
  fields: ([image]) => launchFields(image?.ImageId),
  calls: values => [launchCall(values)],
  done: () => words.done,
  made: launched,
  wait: ids => until(instances.list, ids, isRunning),
  reached: words.reached,
})
