// What a newcomer does first: shown until there is an instance.
import { texts } from '../../texts.ts'
import { href } from '../../ui/router.ts'
import { useStore } from '../../ui/store.ts'
import type { Element } from '../../ui/types.ts'
import { images, instances, keyPairs } from './lists.ts'

const words = texts.overview.first

export function FirstSteps(): Element | null {
  const machines = useStore(instances.shown.state)
  const keys = useStore(keyPairs.shown.state).items
  const own = useStore(images.shown.state).items
  if (machines.isLoading || machines.error !== undefined || machines.items.length > 0) return null
  return (
    <section class="card first" aria-labelledby="first">
      <h2 id="first">{words.title}</h2>
      <ol>
        <Step isDone={keys.length > 0} path={['key-pairs']} label={words.key} why={words.keyWhy} />
        <Step isDone={own.length > 0} path={['upload']} label={words.image} why={words.imageWhy}>
          <a href={href('images', '~marketplace')}>{words.marketplace}</a>
        </Step>
        <Step isDone={false} path={['instances']} label={words.launch} why={words.launchWhy} />
      </ol>
    </section>
  )
}

interface StepProps {
  readonly isDone: boolean
  readonly path: readonly string[]
  readonly label: string
  readonly why: string
  readonly children?: Element
}

const Step = ({ isDone, path, label, why, children }: StepProps): Element => (
  <li>
    <a href={href(...path)}>{label}</a> {children} {isDone && <strong>{words.done}</strong>}
    <p class="hint">{why}</p>
  </li>
)
