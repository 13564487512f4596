// The lists that the overview counts: those of the pages.
import { addresses as addressesPage } from '../addresses/page.tsx'
import { own } from '../images/lists.ts'
import { instances as instancesPage } from '../instances/page.tsx'
import { keyPairs as keyPairsPage } from '../key-pairs/page.tsx'
import { volumeList } from '../volumes/list.ts'

export const { list: instances } = instancesPage
export const { list: keyPairs } = keyPairsPage
export const { list: addresses } = addressesPage
export const images = own
export const volumes = volumeList
