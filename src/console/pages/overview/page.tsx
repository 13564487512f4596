// The overview: how much there is and may be, what happened lately, and what a newcomer does first.
import { useEffect } from 'hono/jsx/dom'
import type { Listing } from '../../resource/listing.ts'
import type { Page } from '../../resource/page.tsx'
import { texts } from '../../texts.ts'
import { numberText, Status, sizeText } from '../../ui/format.tsx'
import { ErrorNotice } from '../../ui/notice.tsx'
import { href } from '../../ui/router.ts'
import { useStore } from '../../ui/store.ts'
import type { Child, Element } from '../../ui/types.ts'
import type { Question } from '../events/lookup.ts'
import { FoundEvents } from '../events/table.tsx'
import { FirstSteps } from './first-steps.tsx'
import { addresses, images, instances, keyPairs, volumes } from './lists.ts'
import { Quotas } from './quotas.tsx'

const words = texts.overview

/** How many events it shows. */
const LATELY: Question = { MaxResults: 8 }

const refreshAll = () => {
  for (const list of [instances, volumes, images, addresses, keyPairs]) void list.shown.refresh()
}

function Overview(): Element {
  useEffect(refreshAll, [])
  const { isLoading } = useStore(instances.shown.state)
  return (
    <>
      <header class="page">
        <h1>{words.title}</h1>
        <button type="button" onClick={refreshAll}>
          {texts.list.refresh}
        </button>
      </header>
      <div class="cards">
        <Card list={instances} path="instances" title={texts.instances.title}>
          {items => <Counts values={items.map(({ State }) => State?.Name ?? '')} />}
        </Card>
        <Card list={volumes} path="volumes" title={texts.volumes.title}>
          {items => <p>{sizeText(items.reduce((sum, { Size = 0 }) => sum + Size, 0))}</p>}
        </Card>
        <Card list={images} path="images" title={texts.images.views.own}>
          {items => <Counts values={items.map(({ State }) => State ?? '')} />}
        </Card>
        <Card list={addresses} path="addresses" title={texts.addresses.title}>
          {items => <p>{words.associated(items.filter(({ AssociationId }) => AssociationId).length)}</p>}
        </Card>
      </div>
      {/* Whether there is an instance decides what stands first: until then nothing does that would move */}
      {!isLoading && (
        <>
          <FirstSteps />
          <h2>{words.quotas}</h2>
          <Quotas />
          <h2>{words.lately}</h2>
          <FoundEvents question={LATELY} />
        </>
      )}
    </>
  )
}

interface CardProps<Item> {
  readonly list: Listing<Item>
  /** Of the page that has them all. */
  readonly path: string
  readonly title: string
  readonly children: (items: readonly Item[]) => Child
}

/** How many there are, and more about them. */
function Card<Item>({ list, path, title, children }: CardProps<Item>): Element {
  const { items, isLoading, error, next } = useStore(list.shown.state)
  return (
    <section class="card">
      <h2>
        <a href={href(path)}>{title}</a>
      </h2>
      {error === undefined ? (
        <>
          <p class="figure">
            {isLoading && items.length === 0 ? '…' : `${numberText(items.length)}${next ? '+' : ''}`}
          </p>
          <div class="more">{children(items)}</div>
        </>
      ) : (
        <ErrorNotice error={error} />
      )}
    </section>
  )
}

/** How many there are of each state. */
function Counts({ values }: { values: readonly string[] }): Element {
  const counts = Map.groupBy(values, value => value)
  return (
    <ul>
      {[...counts].map(([value, all]) => (
        <li key={value}>
          <Status state={value} /> {numberText(all.length)}
        </li>
      ))}
    </ul>
  )
}

export const overview: Page = { path: 'overview', title: words.title, content: () => <Overview /> }
