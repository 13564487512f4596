// Launch templates: what instances are launched with, under a name, in versions.
import type { LaunchTemplate } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { factsTab, useAnswer, WithAnswer } from '../../resource/tabs.tsx'
import { tagsTab } from '../../resource/tags.tsx'
import { texts } from '../../texts.ts'
import { Verbatim } from '../../ui/copy.tsx'
import { text } from '../../ui/fields.ts'
import type { Element } from '../../ui/types.ts'
import { dataOf, versionFields } from './fields.ts'
import { launchOf, PAGE } from './launch.ts'
import { versions } from './versions.ts'

const { launchTemplates: words, terms } = texts

const templateId = (template: LaunchTemplate | undefined): string => template?.LaunchTemplateId ?? ''

const create = operation({
  key: 'create',
  label: words.create.label,
  title: () => words.create.title,
  about: () => words.create.about,
  fields: () => ({ name: text(terms.name, { required: true }), ...versionFields(words.create.unsaid) }),
  calls: ({ name, ...version }) => [
    call('CreateLaunchTemplate', {
      LaunchTemplateName: name,
      ...(version.description && { VersionDescription: version.description }),
      LaunchTemplateData: dataOf(version),
    }),
  ],
  done: ({ name }) => words.create.done(name),
  made: ([made]) => [templateId((made as Answer<'CreateLaunchTemplate'>).LaunchTemplate)],
  until: (template: LaunchTemplate | undefined) => template !== undefined,
})

const remove = removal<LaunchTemplate>({
  words,
  idOf: ({ LaunchTemplateName = '' }) => LaunchTemplateName,
  call: template => call('DeleteLaunchTemplate', { LaunchTemplateId: templateId(template) }),
})

const columns: readonly Column<LaunchTemplate>[] = [
  { key: 'name', label: terms.name, value: ({ LaunchTemplateName }) => LaunchTemplateName },
  { key: 'id', label: words.id, value: templateId, as: 'code' },
  {
    key: 'default',
    label: words.defaultVersion,
    value: ({ DefaultVersionNumber }) => DefaultVersionNumber,
    as: 'number',
  },
  { key: 'latest', label: words.latestVersion, value: ({ LatestVersionNumber }) => LatestVersionNumber, as: 'number' },
  { key: 'created', label: words.created, value: ({ CreateTime }) => CreateTime, as: 'time' },
]

/** All that the default version says, as the API has it. */
function DefaultVersion({ id }: { id: string }): Element {
  const asked = useAnswer('DescribeLaunchTemplateVersions', { LaunchTemplateId: id, Versions: ['$Default'] })
  return (
    <WithAnswer asked={asked}>
      {({ LaunchTemplateVersions = [] }) => (
        <Verbatim>{JSON.stringify(LaunchTemplateVersions[0]?.LaunchTemplateData, null, 2)}</Verbatim>
      )}
    </WithAnswer>
  )
}

export const launchTemplates: Resource<LaunchTemplate> = {
  path: 'launch-templates',
  texts: words,
  list: listing('DescribeLaunchTemplates', {
    byIds: LaunchTemplateIds => ({ LaunchTemplateIds: [...LaunchTemplateIds] }),
    items: ({ LaunchTemplates }) => LaunchTemplates,
    idOf: templateId,
    page: PAGE,
  }),
  nameOf: ({ LaunchTemplateName }) => LaunchTemplateName,
  columns,
  operations: [launchOf(template => ({ LaunchTemplateId: templateId(template), Version: '$Default' })), remove],
  creations: [create],
  tabs: [
    versions,
    {
      key: 'default',
      label: words.defaultVersion,
      content: DefaultVersion,
      calls: id => [call('DescribeLaunchTemplateVersions', { LaunchTemplateId: id, Versions: ['$Default'] })],
    },
    factsTab('description', terms.description, columns),
    tagsTab(),
  ],
}
