// DescribeInstanceCreditSpecifications and ModifyInstanceCreditSpecification: a choice that is kept and shown.
import type {
  DescribeInstanceCreditSpecificationsRequest,
  DescribeInstanceCreditSpecificationsResult,
  InstanceCreditSpecification,
  InstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationRequest,
  ModifyInstanceCreditSpecificationResult,
  UnsuccessfulInstanceCreditSpecificationItem,
} from '@aws-sdk/client-ec2'
import { noneSpecified } from '../../protocol/complaints.ts'
import type { Streamed } from '../../protocol/response.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { throwFirst } from '../core/failures.ts'
import { locksFor, lookUp } from '../core/find.ts'
import { malformed, notFound } from '../core/resource.ts'
import { findInstances, type InstanceCursor, instanceSource, isCursor, listViews } from './find.ts'
import { choices, choose, recordCall } from './record.ts'
import { INSTANCE, instanceLock } from './resource.ts'
import { type InstanceView, viewInstance } from './view.ts'

export const creditFilters = {
  'instance-id': ({ InstanceId }) => InstanceId,
} satisfies Filters<InstanceCreditSpecification, InstanceView>

const listing: Listing<
  DescribeInstanceCreditSpecificationsRequest,
  InstanceView,
  InstanceCreditSpecification,
  InstanceCursor
> = {
  action: 'DescribeInstanceCreditSpecifications',
  named: { ids: ({ InstanceIds }) => InstanceIds, set: 'instancesSet', find: findInstances },
  isPlace: isCursor,
  list: listViews,
  item: ({ id, record }) => ({ InstanceId: id, CpuCredits: record.cpuCredits ?? choices.cpuCredits.usual }),
  filters: creditFilters,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceCreditSpecifications.html */
export async function describeInstanceCreditSpecifications(
  input: DescribeInstanceCreditSpecificationsRequest,
  context: Context,
): Promise<Streamed<DescribeInstanceCreditSpecificationsResult>> {
  const page = await describe(listing, input, context)
  return { InstanceCreditSpecifications: page.items, ...nextPage(page) }
}

/**
 * Keeps how the CPU of instances is charged, and shows it: here none is slowed down. Instances that there are not are told
 * of in the answer, and the others changed all the same.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceCreditSpecification.html
 */
export async function modifyInstanceCreditSpecification(
  { InstanceCreditSpecifications: wanted = [] }: ModifyInstanceCreditSpecificationRequest,
  context: ChangeContext,
): Promise<ModifyInstanceCreditSpecificationResult> {
  if (wanted.length === 0) throw noneSpecified('instance credit specifications')
  const credits = wanted.map(({ CpuCredits }) => choose('cpuCredits', CpuCredits))
  const ids = wanted.flatMap(({ InstanceId = '' }) => (mayBeId(InstanceId) ? InstanceId : []))
  return context.hold(locksFor(ids, instanceLock), async () => {
    const found = await lookUp(instanceSource(context), ids, context)
    const calls = wanted.flatMap(({ InstanceId = '' }, index) => {
      const vm = found.get(InstanceId)
      return vm ? [recordCall(viewInstance(vm, context), { cpuCredits: credits[index] })] : []
    })
    const one = context.commit()
    if (calls.length > 0) throwFirst(await one.multicall(calls))
    const there = ({ InstanceId = '' }: InstanceCreditSpecificationRequest) => found.has(InstanceId)
    return {
      SuccessfulInstanceCreditSpecifications: wanted.filter(there).map(({ InstanceId }) => ({ InstanceId })),
      UnsuccessfulInstanceCreditSpecifications: wanted.filter(each => !there(each)).map(missing),
    }
  })
}

const mayBeId = (id: string) => /^i-[0-9a-f]{1,17}$/.test(id)

function missing({ InstanceId = '' }: InstanceCreditSpecificationRequest): UnsuccessfulInstanceCreditSpecificationItem {
  return mayBeId(InstanceId)
    ? { InstanceId, Error: { Code: 'InvalidInstanceID.NotFound', Message: notFound(INSTANCE, InstanceId).message } }
    : { InstanceId, Error: { Code: 'InvalidInstanceID.Malformed', Message: malformed(INSTANCE, InstanceId).message } }
}
