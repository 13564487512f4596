// The formats of ids: long ones for everything, as AWS has them for all accounts. Nobody can have others.
import type {
  DescribeAggregateIdFormatResult,
  DescribeIdentityIdFormatRequest,
  DescribeIdentityIdFormatResult,
  DescribeIdFormatRequest,
  DescribeIdFormatResult,
  DescribePrincipalIdFormatRequest,
  DescribePrincipalIdFormatResult,
  IdFormat,
  ModifyIdFormatRequest,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { describe, type Listing, nextPage, whole } from '../core/describe.ts'

/** AWS's names of the types that have formats. */
const TYPES: readonly string[] = [
  'bundle',
  'conversion-task',
  'customer-gateway',
  'dhcp-options',
  'elastic-ip-allocation',
  'elastic-ip-association',
  'export-task',
  'flow-log',
  'image',
  'import-task',
  'instance',
  'internet-gateway',
  'network-acl',
  'network-acl-association',
  'network-interface',
  'network-interface-attachment',
  'prefix-list',
  'reservation',
  'route-table',
  'route-table-association',
  'security-group',
  'snapshot',
  'subnet',
  'subnet-cidr-block-association',
  'volume',
  'vpc',
  'vpc-cidr-block-association',
  'vpc-endpoint',
  'vpc-peering-connection',
  'vpn-connection',
  'vpn-gateway',
]

/** @throws Ec2Error InvalidResourceType.Unknown */
function formats(type?: string): IdFormat[] {
  if (type !== undefined && !TYPES.includes(type)) {
    throw new Ec2Error('InvalidResourceType.Unknown', `The resource type '${excerpt(type)}' has no formats of ids.`)
  }
  return TYPES.filter(each => type === undefined || each === type).map(Resource => ({ Resource, UseLongIds: true }))
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIdFormat.html */
export const describeIdFormat = async ({ Resource }: DescribeIdFormatRequest): Promise<DescribeIdFormatResult> => ({
  Statuses: formats(Resource),
})

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIdentityIdFormat.html */
export const describeIdentityIdFormat = async ({
  Resource,
}: DescribeIdentityIdFormatRequest): Promise<DescribeIdentityIdFormatResult> => ({ Statuses: formats(Resource) })

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAggregateIdFormat.html */
export const describeAggregateIdFormat = async (): Promise<DescribeAggregateIdFormatResult> => ({
  UseLongIdsAggregated: true,
  Statuses: formats(),
})

/** Those who asked for formats of their own. */
const principals: Listing<DescribePrincipalIdFormatRequest, never, never, string> = {
  action: 'DescribePrincipalIdFormat',
  pages: { min: 1, max: 1000 },
  ...whole(async (_, { Resources = [] }) => {
    for (const type of Resources) formats(type)
    return []
  }),
  item: view => view,
  filters: {},
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrincipalIdFormat.html */
export async function describePrincipalIdFormat(
  input: DescribePrincipalIdFormatRequest,
  context: Context,
): Promise<Streamed<DescribePrincipalIdFormatResult>> {
  const page = await describe(principals, input, context)
  return { Principals: page.items, ...nextPage(page) }
}

/**
 * Whoever asks for long ids has them.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyIdFormat.html
 */
export async function modifyIdFormat({ Resource }: ModifyIdFormatRequest, context: ChangeContext): Promise<undefined> {
  if (Resource !== 'all-current') formats(Resource)
  context.commit()
}
