// The marketplaces of a new sandbox, and what is in them.
import { addObject } from '../objects/kinds.ts'
import { ownedBy, PUBLIC_USE } from '../objects/permissions.ts'
import { parseTemplate } from '../protocol/template.ts'
import type { User } from '../world/model.ts'
import type { World } from '../world/world.ts'
import { APPLIANCE_TYPES, ApplianceState, MARKETPLACE } from './marketplaces.ts'

/** In a marketplace: as its driver would have found it. */
export interface SeedAppliance {
  name: string
  /** `OpenNebula Public` by default. */
  marketplace?: string
  /** oneadmin by default. */
  owner?: string
  /** For its owner alone. */
  hidden?: boolean
  /** IMAGE by default. */
  type?: string
  /** MiB */
  size?: number
  /** What is downloaded: an address, of the scheme `data:` too. */
  source?: string
  md5?: string
  format?: string
  /** Seconds since 1970. */
  regtime?: number
  /** In template syntax or XML, e.g. `VERSION="1.0"`. */
  template?: string
}

export interface SeedMarketplace {
  name: string
  owner?: string
  /** For its owner alone. */
  hidden?: boolean
  /** In template syntax, e.g. `MARKET_MAD="one"`. */
  template: string
}

/** Those of a new installation, by their numbers. */
const MARKETPLACES = [
  {
    name: 'OpenNebula Public',
    enabled: true,
    template: 'MARKET_MAD="one" DESCRIPTION="OpenNebula Systems MarketPlace"',
  },
  {
    name: 'Linux Containers',
    enabled: false,
    template: `MARKET_MAD="linuxcontainers"
      DESCRIPTION="MarketPlace for the public image server fo LXC & LXD hosted at linuxcontainers.org"`,
  },
]
const THEIR_PERMISSIONS = [1, 1, 1, 1, 0, 0, 1, 0, 0]

const ADMIN = 'oneadmin'

interface SeedMarket {
  marketplaces?: readonly SeedMarketplace[]
  appliances?: readonly SeedAppliance[]
}

export function seedMarketplaces(
  world: World,
  user: (name: string) => User,
  { marketplaces = [], appliances = [] }: SeedMarket,
): void {
  for (const [id, { name, enabled, template }] of MARKETPLACES.entries()) {
    const marketplace = addObject({ world, user: user(ADMIN) }, MARKETPLACE, name, parseTemplate(template), id)
    Object.assign(marketplace, { enabled, permissions: [...THEIR_PERMISSIONS] })
  }
  for (const { name, owner = ADMIN, hidden, template } of marketplaces) {
    const marketplace = addObject({ world, user: user(owner) }, MARKETPLACE, name, parseTemplate(template))
    if (!hidden) marketplace.permissions = [...PUBLIC_USE]
  }
  for (const appliance of appliances) addAppliance(world, user(appliance.owner ?? ADMIN), appliance)
}

function addAppliance(world: World, owner: User, seed: SeedAppliance): void {
  const { marketplace: place = 'OpenNebula Public', type = 'IMAGE' } = seed
  const marketplace = world.marketplaces.find(({ name }) => name === place)
  if (!marketplace) throw new Error(`The seed has no marketplace ${place}`)
  world.appliances.add(id => ({
    ...{ id, name: seed.name, ...ownedBy(owner), template: parseTemplate(seed.template ?? '') },
    ...(!seed.hidden && { permissions: [...PUBLIC_USE] }),
    ...{ regtime: seed.regtime ?? world.clock.seconds(), source: seed.source ?? 'data:,', md5: seed.md5 ?? '' },
    ...{ format: seed.format ?? 'qcow2', size: seed.size ?? 1024, type: APPLIANCE_TYPES.indexOf(type) },
    ...{ state: ApplianceState.READY, marketplace: marketplace.id },
  }))
}
