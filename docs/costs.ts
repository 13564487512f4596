// docs/costs.md, from what a test has counted (test/edge/costs.test.ts) and Cloudflare's list prices.

/** Of one request: how often each was done. */
export interface Bill {
  /** Requests to OpenNebula. */
  upstream: number
  kvReads: number
  /** Deletions too, which cost the same. */
  kvWrites: number
  kvLists: number
  /** Calls of the account's object's methods. */
  objectRequests: number
  rowsRead: number
  /** Deletions, alarms that are set and rows of indexes too. */
  rowsWritten: number
  /** R2's, those that write. */
  classA: number
  /** R2's, those that read. */
  classB: number
}

/** What a call has cost. */
export interface Counted {
  readonly name: string
  /** What is special about the call. */
  readonly what: string
  /** Until its answer, and what is done behind it at once. */
  readonly bill: Bill
  /** What the account's object did in the minute behind it, by its alarm. */
  readonly after: Bill
}

export interface Costs {
  /** A key's first request in an isolate. */
  readonly first: Bill
  readonly actions: readonly Counted[]
  readonly objects: readonly Counted[]
}

/** What is counted for a bill: by the day for who pays nothing, by the month for who pays. */
interface Price {
  readonly what: string
  /** US dollars a million. */
  readonly million: number
  /** How many a day the free plan has. */
  readonly free: number
  /** How many a month the paid plan has. */
  readonly included: number
}

const DAYS = 30
const MILLION = 1_000_000

/** When the prices were looked up. */
const PRICED = '2026-11-26'

type Item = keyof Bill | 'requests' | 'cpu' | 'duration'

/**
 * @see https://developers.cloudflare.com/workers/platform/pricing/
 * @see https://developers.cloudflare.com/durable-objects/platform/pricing/
 * @see https://developers.cloudflare.com/kv/platform/pricing/
 * @see https://developers.cloudflare.com/r2/pricing/
 */
const prices: Readonly<Record<Exclude<Item, 'upstream'>, Price>> = {
  requests: { what: 'Requests to the Worker', million: 0.3, free: 100_000, included: 10 * MILLION },
  cpu: { what: 'CPU milliseconds', million: 0.02, free: Number.POSITIVE_INFINITY, included: 30 * MILLION },
  objectRequests: { what: 'Requests to Durable Objects', million: 0.15, free: 100_000, included: MILLION },
  duration: { what: 'GB-seconds of Durable Objects', million: 12.5, free: 13_000, included: 400_000 },
  rowsRead: { what: 'Rows read', million: 0.001, free: 5 * MILLION, included: 25_000 * MILLION },
  rowsWritten: { what: 'Rows written', million: 1, free: 100_000, included: 50 * MILLION },
  kvReads: { what: 'Keys read of KV', million: 0.5, free: 100_000, included: 10 * MILLION },
  kvWrites: { what: 'Keys written or deleted', million: 5, free: 1000, included: MILLION },
  kvLists: { what: 'Lists of keys', million: 5, free: 1000, included: MILLION },
  classA: { what: 'R2, class A', million: 4.5, free: MILLION / DAYS, included: MILLION },
  classB: { what: 'R2, class B', million: 0.36, free: (10 * MILLION) / DAYS, included: 10 * MILLION },
}

/** CPU ms of a request; those of lists of a hundred are measured (test/bench/RESULTS.md), others are about as much as a short one. */
const CPU = 3

/** For so long is an account's object busy with a change: three times the way to OpenNebula and back. Seconds. */
const BUSY = 0.5
/** What Cloudflare counts for an object, whatever it needs. */
const OBJECT_GB = 0.128

/** How many of a thousand calls each is; what is special about it where several of the table have the name. */
const mix: readonly (readonly [share: number, name: string, what?: string])[] = [
  [250, 'DescribeInstances', 'by 100 ids'],
  [150, 'DescribeInstances', 'all, 101 of them'],
  [60, 'DescribeInstanceStatus'],
  [90, 'DescribeVolumes', 'by id'],
  [50, 'DescribeImages', 'by id'],
  [40, 'DescribeSnapshots'],
  [50, 'DescribeSecurityGroups', 'by id'],
  [40, 'DescribeSubnets'],
  [40, 'DescribeVpcs'],
  [30, 'DescribeNetworkInterfaces', 'all, 101 of them'],
  [30, 'DescribeTags'],
  [50, 'GetCallerIdentity'],
  [20, 'RunInstances', ''],
  [15, 'TerminateInstances', 'of it'],
  [10, 'CreateTags', 'on 100 instances'],
  [5, 'CreateVolume', ''],
  [5, 'AttachVolume'],
  [5, 'DeleteVolume'],
  [5, 'CreateSnapshot', 'of an attached volume'],
  [25, 'GetObject'],
  [15, 'HeadObject'],
  [10, 'UploadPart'],
  [5, 'PutObject', ''],
]

const columns: readonly (readonly [item: keyof Bill, head: string])[] = [
  ['upstream', 'OpenNebula'],
  ['kvReads', 'KV read'],
  ['kvWrites', 'written'],
  ['kvLists', 'listed'],
  ['objectRequests', 'object'],
  ['rowsRead', 'rows read'],
  ['rowsWritten', 'written'],
  ['classA', 'R2 A'],
  ['classB', 'R2 B'],
]

const AMOUNT = new Intl.NumberFormat('en')
const dollars = (amount: number): string => amount.toFixed(2)

const items = Object.keys(prices) as readonly (keyof typeof prices)[]

type Amounts = Readonly<Partial<Record<Item, number>>>

const sum = (amounts: readonly Amounts[]): Amounts =>
  Object.fromEntries(items.map(item => [item, amounts.reduce((total, each) => total + (each[item] ?? 0), 0)]))

const times = (factor: number, amounts: Amounts): Amounts =>
  Object.fromEntries(items.map(item => [item, factor * (amounts[item] ?? 0)]))

/** Dollars of so many, at list prices and with nothing included; of one a dollar is a millionth. */
const worth = (amounts: Amounts): number =>
  items.reduce((total, item) => total + ((amounts[item] ?? 0) * prices[item].million) / MILLION, 0)

/** All that one call takes. */
function taken({ bill, after }: Pick<Counted, 'bill' | 'after'>): Amounts {
  const duration = bill.rowsWritten > 0 ? BUSY * OBJECT_GB : 0
  return sum([bill, after, { requests: 1, cpu: CPU, duration }])
}

const rowOf = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] {
  const rule = head.map((_, index) => (index === 0 ? '---' : '--:'))
  return [rowOf(head), rowOf(rule), ...rows.map(rowOf)]
}

/** A cell of what a call has cost, and behind a plus what its alarm has. */
const cell = (now: number, later: number): string => (later > 0 ? `${now || ''}+${later}` : String(now || ''))

const costTable = (counted: readonly Counted[]): string[] =>
  table(
    ['', ...columns.map(([, head]) => head), '$ a million'],
    counted.map(({ name, what, bill, after }) => [
      what ? `${name}, ${what}` : name,
      ...columns.map(([item]) => cell(bill[item], after[item])),
      dollars(MILLION * worth(taken({ bill, after }))),
    ]),
  )

const isFree = ({ bill, after }: Counted): boolean => columns.every(([item]) => bill[item] === 0 && after[item] === 0)

/** Where several calls of a name have cost the same, one of them. */
const distinct = (counted: readonly Counted[]): Counted[] =>
  counted.filter(
    ({ name, bill, after }, index) =>
      !counted
        .slice(0, index)
        .some(earlier => earlier.name === name && isSame(earlier.bill, bill) && isSame(earlier.after, after)),
  )

const isSame = (one: Bill, other: Bill): boolean => columns.every(([item]) => one[item] === other[item])

/** The page. @throws TypeError where the mix names what nobody has counted */
export function costsPage({ first, actions, objects }: Costs): string {
  const free = [...new Set([...actions, ...objects].filter(isFree).map(({ name }) => name))]
  const all = [...actions, ...objects]
  const thousand = mix.map(([share, name, what]) => {
    // Who asks for something asks again
    const again = what ? `${what}, again` : 'again'
    const named = all.filter(each => each.name === name)
    const found =
      named.find(each => each.what === again) ?? named.find(each => what === undefined || each.what === what)
    if (!found) throw new TypeError(`nobody has counted ${name} ${what}`)
    return times(share, taken(found))
  })
  const call = times(1 / 1000, sum(thousand))
  const shares = mix.reduce((total, [share]) => total + share, 0)
  if (shares !== 1000) throw new TypeError(`the mix is of ${shares}`)
  const perDay = items
    .map(item => [item, prices[item].free / (call[item] || Number.MIN_VALUE)] as const)
    .toSorted(([, one], [, other]) => one - other)
  const monthly = items.map(item => {
    const used = MILLION * (call[item] ?? 0)
    return [item, used, Math.max(0, used - prices[item].included)] as const
  })
  const overage = monthly.reduce((total, [item, , billed]) => total + (billed * prices[item].million) / MILLION, 0)
  const [[scarcest, most] = ['requests', 0] as const] = perDay
  return `${[
    '# What it costs',
    '',
    'What Cloudflare bills for each call: counted by `test/edge/costs.test.ts`, which fails where this page says something else',
    'and writes it anew with `npm run costs`. Every call is one request to the Worker; requests to OpenNebula are not billed, and',
    `bounded by the [limits](limits.md). Prices are Cloudflare's list prices of ${PRICED}.`,
    '',
    '## A million calls',
    '',
    `Of every thousand: ${mix.map(([share, name, what]) => `${share} ${name}${what ? ` (${what})` : ''}`).join(', ')}.`,
    `CPU is taken to be ${CPU} ms a call, and the account's object to be busy for ${BUSY} s with a change.`,
    '',
    ...table(
      ['', 'in a million calls', '$ a million', '$', 'in the paid plan', '$ beyond it'],
      monthly.map(([item, used, billed]) => [
        prices[item].what,
        AMOUNT.format(Math.round(used)),
        prices[item].million,
        dollars((used * prices[item].million) / MILLION),
        AMOUNT.format(prices[item].included),
        dollars((billed * prices[item].million) / MILLION),
      ]),
    ),
    '',
    `A million of these calls are worth **$${dollars(MILLION * worth(call))}** at list prices. Within what the paid plan has for its`,
    `$5 a month, a million calls a month cost $${dollars(overage)} more.`,
    '',
    `The free plan holds **${AMOUNT.format(Math.floor(most))}** of them a day; what is used up first is “${prices[scarcest].what}”:`,
    '',
    ...table(
      ['', 'a day in the free plan', 'calls a day that it is enough for'],
      perDay
        .filter(([item]) => Number.isFinite(prices[item].free) && (call[item] ?? 0) > 0)
        .map(([item, calls]) => [
          prices[item].what,
          AMOUNT.format(Math.round(prices[item].free)),
          AMOUNT.format(Math.floor(calls)),
        ]),
    ),
    '',
    '## Each call',
    '',
    '*OpenNebula* are requests to the front-end. *KV* counts keys, *object* the requests to the Durable Object of the account, *rows*',
    'those of its storage: deletions, alarms and rows of indexes are written, too. *R2* counts its operations of class A and B; deletions',
    'are free. What the object does by its alarm in the minute behind the call stands behind a plus. The last column is all of that at',
    'list prices, the request and its CPU included, for a million calls. “Again” is a call for what the isolate has looked up before, and',
    'knows from then on, as it is for whoever polls.',
    '',
    `A key's first request in an isolate, and one every half minute from then on, reads ${first.kvReads} keys of KV and`,
    `${first.rowsRead} rows in ${first.objectRequests} request to the account's object besides, and asks OpenNebula ${first.upstream}`,
    'time a minute whether its user is still there. Once a day the use of a key is noted in KV.',
    '',
    `These take a request to the Worker and nothing else: ${free.join(', ')}.`,
    '',
    ...costTable(distinct(actions.filter(each => !isFree(each)))),
    '',
    '## Each operation of S3',
    '',
    'An object of 1 KiB; a larger one costs as much, with an UploadPart and its operation of class A for each part. Where the operator',
    "gave R2's own credentials, bytes of `econe-upload` go to R2 by themselves, and a part costs no request to the Worker.",
    '',
    ...costTable(distinct(objects.filter(each => !isFree(each)))),
  ].join('\n')}\n`
}
