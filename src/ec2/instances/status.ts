// DescribeInstanceStatus: how instances and the hosts under them are, as far as OpenNebula tells.
import type {
  DescribeInstanceStatusRequest,
  DescribeInstanceStatusResult,
  InstanceStateName,
  InstanceStatus,
  InstanceStatusSummary,
  StatusType,
  SummaryStatus,
} from '@aws-sdk/client-ec2'
import type { Streamed } from '../../protocol/response.ts'
import type { Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage, no, none } from '../core/describe.ts'
import { zoneId } from '../core/zones.ts'
import { findInstances, type InstanceCursor, isCursor, listViews } from './find.ts'
import { isImpaired, shownState, stateItem, type VmState } from './states.ts'
import type { InstanceView } from './view.ts'

function toStatus({ vm, id, record, wanted }: InstanceView, context: Context): InstanceStatus {
  const state = shownState(vm, wanted)
  const summary = summaryOf(vm, state)
  const zone = record.zone ?? context.settings.zones[0]
  return {
    InstanceId: id,
    AvailabilityZone: zone,
    AvailabilityZoneId: zoneId(zone, context.settings),
    InstanceState: stateItem(state),
    InstanceStatus: summary,
    SystemStatus: summary,
    AttachedEbsStatus: summary,
    Events: [],
  }
}

/** What the checks say: of a host that does not answer nobody knows how its guests are, and AWS fails both then. */
function summaryOf(vm: VmState, state: InstanceStateName): InstanceStatusSummary {
  if (state !== 'running' && state !== 'pending') return { Status: 'not-applicable' }
  if (isImpaired(vm)) return summary('impaired', 'failed')
  return state === 'running' ? summary('ok', 'passed') : summary('initializing', 'initializing')
}

const summary = (Status: SummaryStatus, reachability: StatusType): InstanceStatusSummary => ({
  Status,
  Details: [{ Name: 'reachability', Status: reachability }],
})

type Look = Filters<InstanceStatus, InstanceView>[string]

const reachability =
  (check: 'InstanceStatus' | 'SystemStatus'): Look =>
  status =>
    (status[check]?.Details ?? []).map(({ Status }) => Status)

export const instanceStatusFilters = {
  'application-status.status': none,
  'attached-ebs-status.status': status => status.AttachedEbsStatus?.Status,
  'availability-zone': status => status.AvailabilityZone,
  'availability-zone-id': status => status.AvailabilityZoneId,
  'event.code': none,
  'event.description': none,
  'event.instance-event-id': none,
  'event.not-after': none,
  'event.not-before': none,
  'event.not-before-deadline': none,
  'instance-state-code': status => status.InstanceState?.Code,
  'instance-state-name': status => status.InstanceState?.Name,
  'instance-status.reachability': reachability('InstanceStatus'),
  'instance-status.status': status => status.InstanceStatus?.Status,
  'operator.managed': no,
  'operator.principal': none,
  'system-status.reachability': reachability('SystemStatus'),
  'system-status.status': status => status.SystemStatus?.Status,
} satisfies Filters<InstanceStatus, InstanceView>

const listing: Listing<DescribeInstanceStatusRequest, InstanceView, InstanceStatus, InstanceCursor> = {
  action: 'DescribeInstanceStatus',
  named: {
    ids: ({ InstanceIds }) => InstanceIds,
    set: 'instancesSet',
    find: findInstances,
  },
  isPlace: isCursor,
  list: (context, after, input) => listViews(context, after, input, { terminated: input.IncludeAllInstances === true }),
  item: (view, context, { IncludeAllInstances }) => {
    const status = toStatus(view, context)
    return IncludeAllInstances || status.InstanceState?.Name === 'running' ? status : undefined
  },
  filters: instanceStatusFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
export async function describeInstanceStatus(
  input: DescribeInstanceStatusRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceStatusResult>> {
  const page = await describe(listing, input, context)
  return { InstanceStatuses: page.items, ...nextPage(page) }
}
