// The report of how much of its quotas an account uses. It is made when it is read: to start one is to say when that is.
import type { Caller } from '../../ec2/core/call.ts'
import { readLimits } from '../../ec2/quotas/find.ts'
import { amountOf, defaultOf, quotaServices, quotaTable, utilizationOf } from '../../ec2/quotas/table.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { JsonError, Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { readContext } from '../dispatch.ts'
import { mostIn, pageOf } from './pages.ts'

/** In front of its time, in an id. */
const REPORT = /^report-(\d{10,11})$/

/** For so long a report is told, as at AWS; seconds. */
const TOLD_FOR = 15 * 60

const seconds = () => Math.floor(Date.now() / 1000)

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_StartQuotaUtilizationReport.html */
export async function startQuotaUtilizationReport(input: JsonObject): Promise<object> {
  new Members(input, [])
  return { ReportId: `report-${seconds()}`, Status: 'PENDING' }
}

/**
 * The quotas whose use is counted, those first of which the most is used.
 *
 * @throws JsonError NoSuchResourceException, IllegalArgumentException, InvalidPaginationTokenException
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetQuotaUtilizationReport.html
 */
export async function getQuotaUtilizationReport(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const operation = 'GetQuotaUtilizationReport'
  const members = new Members(input, ['ReportId', 'NextToken', 'MaxResults'])
  const report = members.required('ReportId')
  const time = Number(REPORT.exec(report)?.[1])
  const age = seconds() - time
  if (!(age >= 0 && age <= TOLD_FOR)) {
    throw new JsonError('NoSuchResourceException', 'There is no such report, or no more: it is told for 15 minutes.')
  }
  const most = mostIn(members, limits.utilizationPage.most)
  const context = await readContext(operation, input, caller, c)
  const account = await readLimits(context)
  const used = quotaTable
    .flatMap(row => {
      const utilization = utilizationOf(row, account)
      return utilization === undefined ? [] : [{ row, utilization }]
    })
    .toSorted((one, other) => other.utilization - one.utilization)
  const { items, next } = await pageOf(used, most, operation, input, context)
  return {
    ReportId: report,
    Status: 'COMPLETED',
    GeneratedAt: time,
    TotalCount: used.length,
    Quotas: items.map(({ row, utilization }) => ({
      QuotaCode: row.code,
      ServiceCode: row.service,
      QuotaName: row.name,
      ServiceName: quotaServices[row.service],
      Utilization: utilization,
      DefaultValue: defaultOf(row, account),
      AppliedValue: amountOf(row, account),
      Adjustable: row.adjustable,
    })),
    ...next,
  }
}
