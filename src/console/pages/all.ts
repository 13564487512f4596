// All pages, in the order of the navigation: the first one is where a visitor begins.
import { type Page, resourcePage } from '../resource/page.tsx'
import { instances } from './instances/page.tsx'
import { keyPairs } from './key-pairs/page.tsx'

export const pages: readonly Page[] = [resourcePage(instances), resourcePage(keyPairs)]
