// Pages as the frame knows them: a step of the address, a name, and what is shown.
import type { Route } from '../ui/router.ts'
import type { Child } from '../ui/types.ts'
import type { Resource } from './definition.ts'
import { DetailPage } from './detail-page.tsx'
import { ListPage } from './list-page.tsx'

/** A page of the console. */
export interface Page {
  /** The first step of its addresses. */
  readonly path: string
  readonly title: string
  /** @param rest the steps that follow */
  readonly content: (rest: Route) => Child
}

/** Pages that belong together, under a heading of the navigation. */
export interface Section {
  readonly title: string
  readonly pages: readonly Page[]
}

/** The pages of a resource: its list, with its views under `~view`, and each of its items. */
export const resourcePage = <Item,>(resource: Resource<Item>): Page => ({
  path: resource.path,
  title: resource.texts.title,
  content: ([id, tab]) =>
    id === undefined || id.startsWith('~') ? (
      <ListPage key={resource.path} resource={resource} view={id?.slice(1)} />
    ) : (
      <DetailPage key={`${resource.path}/${id}`} resource={resource} id={id} tab={tab} />
    ),
})
