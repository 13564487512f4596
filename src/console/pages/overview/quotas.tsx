// How much of what the account may have it has: of those quotas that people come up against.
import { lineOf } from '../../api/cli-line.ts'
import { useAsked, WithAnswer } from '../../resource/tabs.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { CommandLine } from '../../ui/copy.tsx'
import { numberText } from '../../ui/format.tsx'
import type { Element } from '../../ui/types.ts'

const words = texts.overview.quota

/** A quota as the report has it. @see https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_QuotaUtilizationInfo.html */
interface Told {
  readonly QuotaCode: string
  /** In percent. */
  readonly Utilization: number
  readonly AppliedValue: number
}

type Code = keyof typeof words.names

const isShown = ({ QuotaCode }: Told): boolean => Object.hasOwn(words.names, QuotaCode)

const ask = (operation: string, input: object) =>
  api().json('servicequotas', `ServiceQuotasV20190624.${operation}`, input)

/** The report is ready at once. */
async function report(): Promise<readonly Told[]> {
  const { ReportId } = (await ask('StartQuotaUtilizationReport', {})) as { ReportId: string }
  const { Quotas } = (await ask('GetQuotaUtilizationReport', { ReportId })) as { Quotas: Told[] }
  return Quotas.filter(isShown)
}

export function Quotas(): Element {
  const asked = useAsked(report, [])
  const where = { endpoint: location.origin, region: api().region }
  return (
    <>
      <WithAnswer asked={asked}>
        {quotas =>
          quotas.length === 0 ? (
            <p class="hint">{words.none}</p>
          ) : (
            <ul class="quotas">
              {quotas.map(quota => (
                <Bar key={quota.QuotaCode} quota={quota} />
              ))}
            </ul>
          )
        }
      </WithAnswer>
      <CommandLine lines={[lineOf('service-quotas', 'ListServiceQuotas', { ServiceCode: 'ec2' }, where)]} />
    </>
  )
}

function Bar({ quota: { QuotaCode, Utilization, AppliedValue } }: { quota: Told }): Element {
  const label = words.names[QuotaCode as Code]
  return (
    <li>
      <span>{label}</span>
      <meter aria-label={label} min={0} max={100} high={90} value={Math.min(100, Utilization)} />
      <span class="number">{words.of(numberText(Utilization), numberText(AppliedValue))}</span>
    </li>
  )
}
