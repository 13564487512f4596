// How much of what the account may have it has.
import { useAnswer, WithAnswer } from '../../resource/tabs.tsx'
import { texts } from '../../texts.ts'
import { numberText } from '../../ui/format.tsx'
import { useStore } from '../../ui/store.ts'
import type { Element } from '../../ui/types.ts'
import { addresses, instances } from './lists.ts'

const words = texts.overview.quota

export function Quotas(): Element {
  const asked = useAnswer('DescribeAccountAttributes', { AttributeNames: [] })
  const machines = useStore(instances.shown.state).items.filter(({ State }) => State?.Name !== 'terminated')
  const { items } = useStore(addresses.shown.state)
  return (
    <WithAnswer asked={asked}>
      {({ AccountAttributes = [] }) => {
        const limitOf = (name: string) => {
          const found = AccountAttributes.find(({ AttributeName }) => AttributeName === name)
          return Number(found?.AttributeValues?.[0]?.AttributeValue ?? 0)
        }
        return (
          <ul class="quotas">
            <Bar label={words.instances} used={machines.length} limit={limitOf('max-instances')} />
            <Bar label={words.addresses} used={items.length} limit={limitOf('max-elastic-ips')} />
          </ul>
        )
      }}
    </WithAnswer>
  )
}

function Bar({ label, used, limit }: { label: string; used: number; limit: number }): Element {
  return (
    <li>
      <span>{label}</span>
      <meter aria-label={label} min={0} max={Math.max(limit, 1)} high={limit * 0.9} value={used} />
      <span class="number">{words.of(numberText(used), numberText(limit))}</span>
    </li>
  )
}
