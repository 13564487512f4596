// The quotas of an account, and those of accounts that have none of their own: lists of them, and single ones.
import type { Caller } from '../../ec2/core/call.ts'
import type { Context } from '../../ec2/core/context.ts'
import { type AccountLimits, readLimits } from '../../ec2/quotas/find.ts'
import { amountOf, defaultOf, type QuotaRow, quotaServices, quotaTable } from '../../ec2/quotas/table.ts'
import { excerpt } from '../../lib/excerpt.ts'
import type { JsonObject } from '../../lib/json-object.ts'
import { limits } from '../../limits.ts'
import { JsonError, Members } from '../../protocol/json.ts'
import type { EdgeContext } from '../context.ts'
import { readContext } from '../dispatch.ts'
import { mostIn, pageOf } from './pages.ts'

const PAGED = ['NextToken', 'MaxResults']

const LEVELS = ['ACCOUNT', 'RESOURCE', 'ALL']

/**
 * @throws JsonError NoSuchResourceException, IllegalArgumentException, InvalidPaginationTokenException; ValidationException and
 *   SerializationException for what no input of it has
 * @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
 */
export async function listServiceQuotas(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const members = new Members(input, ['ServiceCode', 'QuotaCode', 'QuotaAppliedAtLevel', ...PAGED])
  const rows = rowsOf(members.required('ServiceCode'))
  const [code, level = 'ACCOUNT'] = [members.string('QuotaCode'), members.string('QuotaAppliedAtLevel')]
  if (!LEVELS.includes(level)) {
    throw illegal(`The level '${excerpt(level)}' is not one of ${LEVELS.join(', ')}.`)
  }
  // No quota is one of a resource alone
  const asked = rows.filter(row => level !== 'RESOURCE' && (code === undefined || row.code === code))
  const context = await readContext('ListServiceQuotas', input, caller, c)
  const { items, next } = await pageOf(
    asked,
    mostIn(members, limits.quotasPage.most),
    'ListServiceQuotas',
    input,
    context,
  )
  const account = await readLimits(context)
  return { Quotas: items.map(row => applied(row, account, context)), ...next }
}

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListAWSDefaultServiceQuotas.html */
export async function listAwsDefaultServiceQuotas(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const operation = 'ListAWSDefaultServiceQuotas'
  const members = new Members(input, ['ServiceCode', ...PAGED])
  const rows = rowsOf(members.required('ServiceCode'))
  const context = await readContext(operation, input, caller, c)
  const { items, next } = await pageOf(rows, mostIn(members, limits.quotasPage.most), operation, input, context)
  const account = await readLimits(context)
  return { Quotas: items.map(row => ofAll(row, account, context)), ...next }
}

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
export async function getServiceQuota(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const members = new Members(input, ['ServiceCode', 'QuotaCode', 'ContextId'])
  const row = rowIn(members)
  const resource = members.string('ContextId')
  if (resource !== undefined) throw noSuch(`There are no quotas of the resource '${excerpt(resource)}'.`)
  const context = await readContext('GetServiceQuota', input, caller, c)
  return { Quota: applied(row, await readLimits(context), context) }
}

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetAWSDefaultServiceQuota.html */
export async function getAwsDefaultServiceQuota(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const row = rowIn(new Members(input, ['ServiceCode', 'QuotaCode']))
  const context = await readContext('GetAWSDefaultServiceQuota', input, caller, c)
  return { Quota: ofAll(row, await readLimits(context), context) }
}

/** @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServices.html */
export async function listServices(input: JsonObject, caller: Caller, c: EdgeContext): Promise<object> {
  const most = mostIn(new Members(input, PAGED), limits.quotasPage.most)
  const services = Object.entries(quotaServices).map(([code, name]) => ({ code, name }))
  const context = await readContext('ListServices', input, caller, c)
  const { items, next } = await pageOf(services, most, 'ListServices', input, context)
  return { Services: items.map(({ code, name }) => ({ ServiceCode: code, ServiceName: name })), ...next }
}

function rowsOf(service: string): readonly QuotaRow[] {
  const rows = quotaTable.filter(row => row.service === service)
  if (rows.length > 0) return rows
  throw noSuch(`There are no quotas of the service '${excerpt(service)}': see ListServices.`)
}

function rowIn(members: Members): QuotaRow {
  const [service, code] = [members.required('ServiceCode'), members.required('QuotaCode')]
  const row = rowsOf(service).find(each => each.code === code)
  if (row) return row
  throw noSuch(`There is no quota '${excerpt(code)}' of the service ${service}: see ListServiceQuotas.`)
}

const noSuch = (sentence: string) => new JsonError('NoSuchResourceException', sentence)

const illegal = (sentence: string) => new JsonError('IllegalArgumentException', sentence)

/** A quota with the value that counts for the account. */
const applied = (row: QuotaRow, account: AccountLimits, context: Context): object => ({
  ...quotaOf(row, context.account.id, context),
  Value: amountOf(row, account),
  QuotaAppliedAtLevel: 'ACCOUNT',
})

/** A quota with the value that counts for accounts without one of their own. */
const ofAll = (row: QuotaRow, account: AccountLimits, context: Context): object => ({
  ...quotaOf(row, '', context),
  Value: defaultOf(row, account),
})

/** @param account the one that it is of; empty of a default */
const quotaOf = (
  { service, code, name, description, adjustable }: QuotaRow,
  account: string,
  { settings: { region } }: Context,
): object => ({
  ServiceCode: service,
  ServiceName: quotaServices[service],
  QuotaArn: `arn:aws:servicequotas:${region}:${account}:${service}/${code}`,
  QuotaCode: code,
  QuotaName: name,
  Unit: 'None',
  Adjustable: adjustable,
  GlobalQuota: false,
  ...(description !== undefined && { Description: description }),
})
