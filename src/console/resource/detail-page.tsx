// The page of one item: what it is called, what can be done with it, and tabs of what is told of it.
import { useEffect, useState } from 'hono/jsx/dom'
import { texts } from '../texts.ts'
import { Empty, ErrorNotice } from '../ui/notice.tsx'
import { href } from '../ui/router.ts'
import { useStore } from '../ui/store.ts'
import { Tabs } from '../ui/tabs.tsx'
import type { Element } from '../ui/types.ts'
import { cellOf, isPassing } from './cells.tsx'
import { Command } from './command.tsx'
import type { Resource } from './definition.ts'
import { Operations } from './operations.tsx'
import { find, useRefresh } from './watch.ts'

interface Props<Item> {
  readonly resource: Resource<Item>
  readonly id: string
  readonly tab: string | undefined
}

export function DetailPage<Item>({ resource, id, tab }: Props<Item>): Element {
  const { list, path, texts: words, nameOf, columns } = resource
  const { isBusy = (each: Item) => isPassing(columns, each) } = resource
  const { items } = useStore(list.shown.state)
  const [isKnown, setKnown] = useState(false)
  const [error, setError] = useState<unknown>(undefined)
  const item = items.find(each => list.idOf(each) === id)
  const look = async () => {
    try {
      list.shown.merge(await find(list, [id]))
      setError(undefined)
    } catch (reason) {
      setError(reason)
    }
    setKnown(true)
  }
  useEffect(() => void look(), [id])
  useRefresh(look, item !== undefined && isBusy(item), [id])

  const current = resource.tabs.find(({ key }) => key === tab) ?? resource.tabs[0]
  const calls = current?.calls?.(id) ?? [list.call([id])]
  const name = item && nameOf?.(item)
  const status = columns.find(({ as }) => as === 'status')
  return (
    <>
      <header class="page">
        <div>
          <a class="up" href={href(path)}>
            {words.title}
          </a>
          <h1>{name || id}</h1>
          <p class="under">
            {name && <code>{id}</code>} {item && status && cellOf(status, item)}
          </p>
        </div>
        {item && <Operations resource={resource} operations={resource.operations} items={[item]} />}
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={() => void look()} />}
      {item && current ? (
        <Tabs
          label={id}
          current={current.key}
          tabs={resource.tabs.map(({ key, label }) => ({ key, label, href: href(path, id, key) }))}
        >
          <current.content key={current.key} item={item} id={id} refresh={() => void look()} />
        </Tabs>
      ) : (
        error === undefined &&
        (isKnown ? <Empty title={texts.detail.gone(words.one, id)} /> : <p>{texts.ui.loading}</p>)
      )}
      {calls.length > 0 && <Command calls={calls} />}
    </>
  )
}
