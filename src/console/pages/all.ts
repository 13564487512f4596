// All pages, in the order of the navigation: the first one is where a visitor begins.
import { type Page, resourcePage } from '../resource/page.tsx'
import { accessKeys } from './access-keys/page.tsx'
import { eventsPage } from './events/page.tsx'
import { images } from './images/page.tsx'
import { imports } from './imports/page.tsx'
import { instances } from './instances/page.tsx'
import { keyPairs } from './key-pairs/page.tsx'
import { overview } from './overview/page.tsx'
import { uploadPage } from './upload/page.tsx'

export const pages: readonly Page[] = [
  overview,
  resourcePage(instances),
  resourcePage(images),
  uploadPage,
  resourcePage(imports),
  resourcePage(keyPairs),
  resourcePage(accessKeys),
  eventsPage,
]
