// Launch templates as they are kept, and as AWS's items.
import type { LaunchTemplate, LaunchTemplateVersion, RequestLaunchTemplateData } from '@aws-sdk/client-ec2'
import { limits } from '../../../limits.ts'
import type { Context } from '../../core/context.ts'
import { description, list, milliseconds, text, whole } from '../../core/fields.ts'
import type { Item } from '../../core/items.ts'
import { type RecordOf, record } from '../../core/record.ts'
import { tagItems } from '../../core/tags.ts'
import { dataField } from './data.ts'
import { invalidVersion, noSuchVersion } from './resource.ts'

const versionNumber = whole(1, 1_000_000)

const versionFields = {
  number: versionNumber,
  created: milliseconds,
  description,
  /** The client token of the request that made it: a repeat of it makes no other. */
  token: text(limits.clientToken.most),
  data: dataField,
}

/** A version of a template. Nothing of it ever changes. */
export type Version = RecordOf<typeof versionFields, 'number' | 'created' | 'data'>

const templateFields = {
  created: milliseconds,
  /** The number of the default version. */
  standard: versionNumber,
  /** The highest number that a version ever had: none is given twice. */
  last: versionNumber,
  versions: list(record(versionFields, 'number', 'created', 'data'), limits.launchTemplateVersions.most),
}

/** What is kept of a template. */
export const templateRecord = record(templateFields, 'created', 'standard', 'last', 'versions')
export type TemplateRecord = RecordOf<typeof templateFields, keyof typeof templateFields>

/** A launch template with all of its versions. */
export type Template = Item<TemplateRecord>

/** The bytes that a record takes, as far as its versions go. */
export const sizeOf = ({ versions }: TemplateRecord): number =>
  new TextEncoder().encode(JSON.stringify(versions)).byteLength

const latest = ({ versions }: TemplateRecord): number => Math.max(0, ...versions.map(({ number }) => number))

/**
 * The version that a text means: by its number, `$Latest` or `$Default`; the default one where there is none.
 * @throws Ec2Error InvalidParameterValue, InvalidLaunchTemplateId.VersionNotFound
 */
export function versionNamed({ id, fields }: Template, name: string | undefined): Version {
  const number = numberNamed(fields, name || '$Default')
  const version = fields.versions.find(each => each.number === number)
  if (version === undefined) throw noSuchVersion(name || String(number), id)
  return version
}

/** The number that a version has by its name. @throws Ec2Error InvalidParameterValue */
export function numberNamed(fields: TemplateRecord, name: string): number {
  if (name === '$Latest') return latest(fields)
  if (name === '$Default') return fields.standard
  if (!/^\d{1,9}$/.test(name)) throw invalidVersion(name)
  return Number(name)
}

const creator = ({ account }: Context) => `arn:aws:iam::${account.id}:user/${account.user.name}`

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplate.html */
export const templateItem = ({ id, name, tags, fields }: Template, context: Context): LaunchTemplate => ({
  LaunchTemplateId: id,
  LaunchTemplateName: name,
  CreateTime: new Date(fields.created),
  CreatedBy: creator(context),
  DefaultVersionNumber: fields.standard,
  LatestVersionNumber: latest(fields),
  Tags: tagItems(tags),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateVersion.html */
export const versionItem = (
  { id, name, fields }: Template,
  { number, description: VersionDescription, created, data }: Version,
  context: Context,
): LaunchTemplateVersion => ({
  LaunchTemplateId: id,
  LaunchTemplateName: name,
  VersionNumber: number,
  VersionDescription,
  CreateTime: new Date(created),
  CreatedBy: creator(context),
  DefaultVersion: number === fields.standard,
  LaunchTemplateData: shown(data),
})

/** What a template holds is shown under the names under which it was given. */
const shown = (data: RequestLaunchTemplateData): LaunchTemplateVersion['LaunchTemplateData'] => data
