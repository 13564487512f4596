// DescribeInstances: the instances of the account, in their reservations.
import type { DescribeInstancesRequest, DescribeInstancesResult, Instance, Reservation } from '@aws-sdk/client-ec2'
import { Grouped, groupsOf } from '../../lib/transformed.ts'
import { isWhole } from '../../protocol/paging.ts'
import type { Streamed } from '../../protocol/response.ts'
import { accountId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import { type Listing, nextPage, type Placed, type Selected, select } from '../core/describe.ts'
import { find } from '../core/find.ts'
import { showing } from '../network-interfaces/find.ts'
import { instanceFilters } from './filters.ts'
import { type InstanceCursor, instanceSource, isCursor, listVms } from './find.ts'
import { type InstanceView, launchIndex, reservationId, toInstance } from './view.ts'

const listing: Listing<DescribeInstancesRequest, InstanceView, Instance, InstanceCursor> = {
  action: 'DescribeInstances',
  named: {
    ids: ({ InstanceIds }) => InstanceIds,
    set: 'instancesSet',
    find: async (ids, context) => {
      const vms = await find(instanceSource(context), ids, context)
      return Promise.all(vms.map(showing(context)))
    },
  },
  isPlace: isCursor,
  list: (context, after, input) => new Grouped(groupsOfShown(context, after, input)),
  item: toInstance,
  filters: instanceFilters,
  tags: instance => instance.Tags,
}

async function* groupsOfShown(
  context: Context,
  after: InstanceCursor | undefined,
  input: DescribeInstancesRequest,
): AsyncGenerator<Placed<InstanceView, InstanceCursor>[]> {
  const show = showing(context)
  for await (const group of groupsOf(listVms(context, after, { whole: isWhole(input) }))) {
    const shown: Placed<InstanceView, InstanceCursor>[] = []
    for (const [vm, place] of group) shown.push([await show(vm), place])
    yield shown
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export async function describeInstances(
  input: DescribeInstancesRequest,
  context: Context,
): Promise<Streamed<DescribeInstancesResult>> {
  const page = await select(listing, input, context)
  const { items } = page
  return { Reservations: Array.isArray(items) ? grouped(items) : new Grouped(reservations(items)), ...nextPage(page) }
}

type Member = Selected<InstanceView, Instance>

/** Reservations of these instances, each once. */
function grouped(members: readonly Member[]): Reservation[] {
  const byReservation = Map.groupBy(members, ({ view }) => reservationId(view))
  return [...byReservation].map(([ReservationId, group]) => ({
    ReservationId,
    OwnerId: group[0] && accountId(group[0].view.vm.UID),
    Groups: [],
    Instances: group.toSorted((a, b) => launchIndex(a.view) - launchIndex(b.view)).map(({ item }) => item),
  }))
}

/** How many instances are held while a streamed list is grouped: a reservation's are nearly always neighbours. */
const GROUPING_WINDOW = 100

async function* reservations(members: AsyncIterable<Member>): AsyncGenerator<Reservation[]> {
  let window: Member[] = []
  for await (const group of groupsOf(members)) {
    for (const member of group) {
      const last = window.at(-1)
      if (window.length >= GROUPING_WINDOW && last && reservationId(last.view) !== reservationId(member.view)) {
        yield grouped(window)
        window = []
      }
      window.push(member)
    }
  }
  yield grouped(window)
}
