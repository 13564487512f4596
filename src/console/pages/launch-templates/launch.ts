// Launching instances from a launch template.
import type { LaunchTemplateSpecification } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { operation } from '../../resource/definition.ts'
import { tagSpecifications, tagsField } from '../../resource/tags.tsx'
import { until } from '../../resource/watch.ts'
import { texts } from '../../texts.ts'
import { text } from '../../ui/fields.ts'
import { countField, countOf, isRunning, launched } from '../instances/launch.ts'
import { instances } from '../instances/page.tsx'

const words = texts.launchTemplates.launch

/** Templates and versions on a page: AWS gives no more of them. */
export const PAGE = 200

/** @param template which one an item stands for, and which version of it */
export const launchOf = <Item>(template: (item: Item) => LaunchTemplateSpecification) =>
  operation({
    key: 'launch',
    label: words.label,
    title: () => words.title,
    about: () => words.about,
    fields: () => ({ name: text(texts.terms.name), count: countField(), tags: tagsField() }),
    calls: ({ name, count, tags }, [item]: readonly Item[]) => [
      call('RunInstances', {
        ...(item && { LaunchTemplate: template(item) }),
        ...countOf(count),
        ...tagSpecifications('instance', tags, name),
      }),
    ],
    done: () => texts.instances.launch.done,
    made: launched,
    wait: ids => until(instances.list, ids, isRunning),
    reached: texts.instances.launch.reached,
  })
