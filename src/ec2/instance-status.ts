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
import type { Vm } from '../opennebula/documents.ts'
import { type FilterTable, matcher } from '../protocol/filters.ts'
import { pageSize, readToken, takePage } from '../protocol/paging.ts'
import type { Streamed } from '../protocol/response.ts'
import { type Context, pageScope } from './context.ts'
import { viewInstance } from './instance.ts'
import { isCursor, pageable, viewAll } from './instances.ts'
import { isImpaired, shownState, stateItem, type VmState } from './states.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceStatus.html */
export async function describeInstanceStatus(
  input: DescribeInstanceStatusRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceStatusResult>> {
  const size = pageSize(input, { set: 'instancesSet', given: input.InstanceIds })
  const matches = matcher(input.Filters, filters)
  const all = input.IncludeAllInstances ?? false
  const select = (vm: Vm) => {
    const status = toStatus(vm, context)
    return (all || status.InstanceState?.Name === 'running') && matches(status) ? status : undefined
  }
  if (input.InstanceIds?.length) {
    const views = await viewAll(input.InstanceIds, context)
    return { InstanceStatuses: views.flatMap(({ vm }) => select(vm) ?? []) }
  }
  const scope = pageScope(context, 'DescribeInstanceStatus', input)
  const after = await readToken(scope, isCursor)
  const found = pageable(context, select, after, { terminated: all })
  const { items, nextToken } = await takePage(found, size, scope, last => last.cursor)
  const InstanceStatuses = (async function* () {
    for await (const { item } of items) yield item
  })()
  return { InstanceStatuses, ...(nextToken !== undefined && { NextToken: nextToken }) }
}

function toStatus(vm: Vm, context: Context): InstanceStatus {
  const { id, record, wanted } = viewInstance(vm, context)
  const state = shownState(vm, wanted)
  const summary = summaryOf(vm, state)
  return {
    InstanceId: id,
    AvailabilityZone: record.zone ?? context.settings.zones[0],
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

type Look = FilterTable<InstanceStatus>[string]

const reachability =
  (check: 'InstanceStatus' | 'SystemStatus'): Look =>
  status =>
    (status[check]?.Details ?? []).map(({ Status }) => Status)

/** What this cloud does not have: the filter is valid and matches nothing. */
const none: Look = () => undefined

const filters: FilterTable<InstanceStatus> = {
  'application-status.status': none,
  'attached-ebs-status.status': status => status.AttachedEbsStatus?.Status,
  'availability-zone': status => status.AvailabilityZone,
  'availability-zone-id': none,
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
  'operator.managed': none,
  'operator.principal': none,
  'system-status.reachability': reachability('SystemStatus'),
  'system-status.status': status => status.SystemStatus?.Status,
}
