// Usage: how much of what the account used in a month.
import { useState } from 'hono/jsx/dom'
import { dayOf, monthOf } from '../../../lib/days.ts'
import { limits } from '../../../limits.ts'
import { lineOf } from '../../api/cli-line.ts'
import type { Page } from '../../resource/page.tsx'
import { RowsTable, useAsked, WithAnswer } from '../../resource/tabs.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { CommandLine } from '../../ui/copy.tsx'
import { choice, plainly, textOf, type Values } from '../../ui/fields.ts'
import { FormFields } from '../../ui/form.tsx'
import type { Element } from '../../ui/types.ts'

const words = texts.usage

/** A line of the report: AWS's type of usage, and how much. */
interface Used {
  readonly type: string
  readonly amount: number
  readonly unit: string
}

/** @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html */
interface Answer {
  readonly ResultsByTime: readonly {
    readonly Groups: readonly {
      readonly Keys: readonly string[]
      readonly Metrics: { readonly UsageQuantity: { readonly Amount: string; readonly Unit: string } }
    }[]
  }[]
}

/** What was used for a minute is to be seen, too. */
const AMOUNT = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 4 })

/** `2026-11`, so many months ago. */
const monthAgo = (months: number, now = new Date()): string =>
  monthOf(dayOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months) / 1000))

const questionOf = (month: string) => ({
  TimePeriod: { Start: `${month}-01`, End: `${monthAgo(-1, new Date(`${month}-01T00:00:00Z`))}-01` },
  Granularity: 'MONTHLY',
  Metrics: ['UsageQuantity'],
  GroupBy: [{ Type: 'DIMENSION', Key: 'USAGE_TYPE' }],
})

async function report(month: string): Promise<readonly Used[]> {
  const answer = (await api().json('ce', 'AWSInsightsIndexService.GetCostAndUsage', questionOf(month))) as Answer
  return answer.ResultsByTime.flatMap(({ Groups }) =>
    Groups.map(({ Keys: [type = ''], Metrics: { UsageQuantity } }) => ({
      ...{ type, amount: Number(UsageQuantity.Amount), unit: UsageQuantity.Unit },
    })),
  )
}

/** Those of which there are reports. */
const months = Array.from({ length: limits.usageMonths.most }, (_, ago) => monthAgo(ago))

const fields = {
  month: choice(words.month, plainly(...months), {
    ...{ initial: monthAgo(0), required: true, hint: words.monthHint },
  }),
}

function Usage(): Element {
  const [values, setValues] = useState<Values>({ month: fields.month.initial })
  const month = textOf(values['month'])
  const asked = useAsked(() => report(month), [month])
  const where = { endpoint: location.origin, region: api().region }
  return (
    <>
      <header class="page">
        <h1>{words.title}</h1>
      </header>
      <form class="inline" onSubmit={event => event.preventDefault()}>
        <FormFields fields={fields} values={values} mistakes={{}} change={setValues} />
      </form>
      <WithAnswer asked={asked}>
        {used => (
          <RowsTable
            label={words.title}
            rows={used}
            keyOf={({ type }) => type}
            empty={words.none}
            columns={[
              { key: 'type', label: words.type, value: ({ type }) => type },
              { key: 'amount', label: words.amount, value: ({ amount }) => AMOUNT.format(amount) },
              { key: 'unit', label: words.unit, value: ({ unit }) => unit },
            ]}
          />
        )}
      </WithAnswer>
      <CommandLine lines={[lineOf('ce', 'GetCostAndUsage', questionOf(month), where)]} />
    </>
  )
}

export const usagePage: Page = { path: 'usage', title: words.title, content: () => <Usage /> }
