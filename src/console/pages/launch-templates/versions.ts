// The versions of a launch template, and what can be done with one.
import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { type Column, operation, type Resource } from '../../resource/definition.ts'
import { listTab } from '../../resource/list-tab.tsx'
import { listing } from '../../resource/listing.ts'
import { removal } from '../../resource/removal.tsx'
import { texts } from '../../texts.ts'
import { dataOf, versionFields } from './fields.ts'
import { launchOf, PAGE } from './launch.ts'

const { launchTemplates: words, terms } = texts

const numberOf = (version: LaunchTemplateVersion | undefined) => String(version?.VersionNumber ?? '')

const create = (template: LaunchTemplate) =>
  operation({
    key: 'create',
    label: words.newVersion.label,
    title: () => words.newVersion.title,
    about: () => words.newVersion.about,
    fields: () => versionFields(words.newVersion.unsaid),
    calls: values => [
      call('CreateLaunchTemplateVersion', {
        LaunchTemplateId: template.LaunchTemplateId,
        SourceVersion: '$Latest',
        ...(values.description && { VersionDescription: values.description }),
        LaunchTemplateData: dataOf(values),
      }),
    ],
    done: () => words.newVersion.done,
  })

const setDefault = operation<LaunchTemplateVersion>({
  key: 'default',
  label: words.setDefault.label,
  title: () => words.setDefault.label,
  applies: ({ DefaultVersion }) => !DefaultVersion,
  calls: (_, [version]) => [
    call('ModifyLaunchTemplate', { LaunchTemplateId: version?.LaunchTemplateId, DefaultVersion: numberOf(version) }),
  ],
  done: (_, [version]) => words.setDefault.done(numberOf(version)),
})

const remove = removal<LaunchTemplateVersion>({
  words: words.versions,
  idOf: numberOf,
  call: version =>
    call('DeleteLaunchTemplateVersions', {
      LaunchTemplateId: version.LaunchTemplateId,
      Versions: [numberOf(version)],
    }),
  applies: ({ DefaultVersion }) => !DefaultVersion,
})

const columns: readonly Column<LaunchTemplateVersion>[] = [
  { key: 'number', label: words.version, value: ({ VersionNumber }) => VersionNumber, as: 'number' },
  { key: 'default', label: words.default, value: ({ DefaultVersion }) => (DefaultVersion ? terms.yes : terms.no) },
  { key: 'description', label: terms.description, value: ({ VersionDescription }) => VersionDescription },
  {
    key: 'image',
    label: texts.instances.columns.image,
    value: ({ LaunchTemplateData }) => LaunchTemplateData?.ImageId,
    as: 'code',
    link: 'images',
  },
  {
    key: 'type',
    label: texts.instances.columns.type,
    value: ({ LaunchTemplateData }) => LaunchTemplateData?.InstanceType,
  },
  {
    key: 'key',
    label: texts.instances.columns.keyPair,
    value: ({ LaunchTemplateData }) => LaunchTemplateData?.KeyName,
  },
  { key: 'created', label: words.created, value: ({ CreateTime }) => CreateTime, as: 'time' },
]

const versionsOf = (LaunchTemplateId: string, template: LaunchTemplate): Resource<LaunchTemplateVersion> => ({
  path: 'versions',
  texts: words.versions,
  list: listing('DescribeLaunchTemplateVersions', {
    input: { LaunchTemplateId },
    byIds: Versions => ({ LaunchTemplateId, Versions: [...Versions] }),
    items: ({ LaunchTemplateVersions }) => LaunchTemplateVersions,
    idOf: numberOf,
    page: PAGE,
  }),
  columns,
  operations: [
    launchOf(({ VersionNumber }: LaunchTemplateVersion) => ({ LaunchTemplateId, Version: String(VersionNumber) })),
    setDefault,
    remove,
  ],
  creations: [create(template)],
  tabs: [],
})

export const versions = listTab('versions', words.versions.title, versionsOf)
