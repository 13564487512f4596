// All pages, in the order of the navigation: the first one is where a visitor begins.
import { resourcePage, type Section } from '../resource/page.tsx'
import { texts } from '../texts.ts'
import { accessKeys } from './access-keys/page.tsx'
import { addresses } from './addresses/page.tsx'
import { dhcpOptions } from './dhcp-options/page.tsx'
import { eventsPage } from './events/page.tsx'
import { images } from './images/page.tsx'
import { imports, snapshotImports } from './imports/page.tsx'
import { instances } from './instances/page.tsx'
import { internetGateways } from './internet-gateways/page.tsx'
import { keyPairs } from './key-pairs/page.tsx'
import { launchTemplates } from './launch-templates/page.tsx'
import { networkAcls } from './network-acls/page.tsx'
import { networkInterfaces } from './network-interfaces/page.tsx'
import { overview } from './overview/page.tsx'
import { routeTables } from './route-tables/page.tsx'
import { securityGroups } from './security-groups/page.tsx'
import { snapshots } from './snapshots/page.tsx'
import { subnets } from './subnets/page.tsx'
import { uploadPage } from './upload/page.tsx'
import { usagePage } from './usage/page.tsx'
import { volumes } from './volumes/page.tsx'
import { vpcs } from './vpcs/page.tsx'

const words = texts.frame.sections

export const sections: readonly Section[] = [
  { title: words.account, pages: [overview, usagePage, eventsPage] },
  { title: words.compute, pages: [resourcePage(instances), resourcePage(launchTemplates)] },
  { title: words.images, pages: [resourcePage(images), uploadPage, resourcePage(imports)] },
  { title: words.storage, pages: [resourcePage(volumes), resourcePage(snapshots), resourcePage(snapshotImports)] },
  {
    title: words.network,
    pages: [
      resourcePage(vpcs),
      resourcePage(subnets),
      resourcePage(networkInterfaces),
      resourcePage(addresses),
      resourcePage(internetGateways),
      resourcePage(routeTables),
      resourcePage(networkAcls),
      resourcePage(dhcpOptions),
    ],
  },
  {
    title: words.security,
    pages: [resourcePage(securityGroups), resourcePage(keyPairs), resourcePage(accessKeys)],
  },
]
