// DescribeLaunchTemplates, and DescribeLaunchTemplateVersions: of one template, or the latest and default ones of all.
import type {
  DescribeLaunchTemplatesRequest,
  DescribeLaunchTemplatesResult,
  DescribeLaunchTemplateVersionsRequest,
  DescribeLaunchTemplateVersionsResult,
  LaunchTemplate,
  LaunchTemplateVersion,
} from '@aws-sdk/client-ec2'
import { needsOneOf } from '../../../protocol/complaints.ts'
import type { Streamed } from '../../../protocol/response.ts'
import type { Context } from '../../core/context.ts'
import { describe, type Filters, type Listing, nextPage, none, whole } from '../../core/describe.ts'
import { findTemplate, launchTemplates, pickTemplate } from './find.ts'
import { invalidVersion } from './resource.ts'
import { numberNamed, type Template, templateItem, type Version, versionItem, versionNamed } from './view.ts'

const PAGES = { min: 1, max: 200 }

export const launchTemplateFilters = {
  'create-time': template => template.CreateTime,
  'launch-template-name': template => template.LaunchTemplateName,
} satisfies Filters<LaunchTemplate, Template>

const templates: Listing<DescribeLaunchTemplatesRequest, Template, LaunchTemplate, string> = {
  action: 'DescribeLaunchTemplates',
  pages: PAGES,
  ...whole(
    context => launchTemplates.all(context),
    ({ id }) => id,
  ),
  named: {
    ids: ({ LaunchTemplateIds = [], LaunchTemplateNames = [] }) => [...LaunchTemplateIds, ...LaunchTemplateNames],
    find: async (_, context, { LaunchTemplateIds = [], LaunchTemplateNames = [] }) => {
      const all = await launchTemplates.all(context)
      const byId = LaunchTemplateIds.map(LaunchTemplateId => pickTemplate({ LaunchTemplateId }, all))
      const byName = LaunchTemplateNames.map(LaunchTemplateName => pickTemplate({ LaunchTemplateName }, all))
      return [...new Set([...byId, ...byName])]
    },
  },
  item: templateItem,
  filters: launchTemplateFilters,
  tags: template => template.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplates.html */
export async function describeLaunchTemplates(
  input: DescribeLaunchTemplatesRequest,
  context: Context,
): Promise<Streamed<DescribeLaunchTemplatesResult>> {
  const page = await describe(templates, input, context)
  return { LaunchTemplates: page.items, ...nextPage(page) }
}

export const launchTemplateVersionFilters = {
  'create-time': version => version.CreateTime,
  'ebs-optimized': ({ LaunchTemplateData }) => LaunchTemplateData?.EbsOptimized,
  'http-endpoint': ({ LaunchTemplateData }) => LaunchTemplateData?.MetadataOptions?.HttpEndpoint,
  'http-protocol-ipv4': none,
  'host-resource-group-arn': none,
  'http-tokens': ({ LaunchTemplateData }) => LaunchTemplateData?.MetadataOptions?.HttpTokens,
  'iam-instance-profile': none,
  'image-id': ({ LaunchTemplateData }) => LaunchTemplateData?.ImageId,
  'instance-type': ({ LaunchTemplateData }) => LaunchTemplateData?.InstanceType,
  'is-default-version': version => version.DefaultVersion,
  'kernel-id': none,
  'license-configuration-arn': none,
  'network-card-index': ({ LaunchTemplateData: { NetworkInterfaces = [] } = {} }) =>
    NetworkInterfaces.map(({ NetworkCardIndex }) => NetworkCardIndex),
  'ram-disk-id': none,
} satisfies Filters<LaunchTemplateVersion, VersionView>

/** A version, and the template that it is of. */
interface VersionView {
  readonly template: Template
  readonly version: Version
}

const versions: Listing<DescribeLaunchTemplateVersionsRequest, VersionView, LaunchTemplateVersion, string> = {
  action: 'DescribeLaunchTemplateVersions',
  pages: PAGES,
  ...whole(versionsWanted, ({ template, version }) => `${template.id} ${FROM_THE_NEWEST - version.number}`),
  item: ({ template, version }, context) => versionItem(template, version, context),
  filters: launchTemplateVersionFilters,
}

/** More than any version's number, with as many digits as what is left of it. */
const FROM_THE_NEWEST = 9_000_000

async function versionsWanted(context: Context, input: DescribeLaunchTemplateVersionsRequest): Promise<VersionView[]> {
  const { LaunchTemplateId, LaunchTemplateName, Versions = [] } = input
  if (LaunchTemplateId || LaunchTemplateName) return versionsOf(await findTemplate(input, context), input)
  if (Versions.length === 0) throw needsOneOf('LaunchTemplateId', 'LaunchTemplateName')
  const number = Versions.find(version => version !== '$Latest' && version !== '$Default')
  if (number !== undefined) throw invalidVersion(number)
  return (await launchTemplates.all(context)).flatMap(template => versionsOf(template, input))
}

/** @throws Ec2Error InvalidLaunchTemplateId.VersionNotFound, InvalidParameterValue */
function versionsOf(
  template: Template,
  { Versions = [], MinVersion = '0', MaxVersion = '$Latest' }: DescribeLaunchTemplateVersionsRequest,
): VersionView[] {
  const { fields } = template
  const named = Versions.map(version => versionNamed(template, version))
  const [least, most] = [numberNamed(fields, MinVersion), numberNamed(fields, MaxVersion)]
  return [...new Set(Versions.length > 0 ? named : fields.versions)]
    .filter(({ number }) => number >= least && number <= most)
    .map(version => ({ template, version }))
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeLaunchTemplateVersions.html */
export async function describeLaunchTemplateVersions(
  input: DescribeLaunchTemplateVersionsRequest,
  context: Context,
): Promise<Streamed<DescribeLaunchTemplateVersionsResult>> {
  const page = await describe(versions, input, context)
  return { LaunchTemplateVersions: page.items, ...nextPage(page) }
}
