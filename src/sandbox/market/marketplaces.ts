// Marketplaces and their appliances: one.market.*, one.marketapp.* and their pools. What a marketplace's driver would find is there
// from the beginning: the seed has it.
import { documentedMethods, templateMethods } from '../objects/kinds.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { ownersXml, ownerXml, permissionsXml } from '../objects/owner-xml.ts'
import { acquire, requireAdmin } from '../objects/permissions.ts'
import { poolValue, select } from '../objects/selection.ts'
import type { DocumentedSpec, TemplateSpec } from '../objects/spec.ts'
import { internal } from '../protocol/errors.ts'
import { single, type Template } from '../protocol/template.ts'
import { cdata, idSet, plain, templateXml, wrap } from '../protocol/xml.ts'
import { type Appliance, KINDS, type Marketplace } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

export const ApplianceState = { READY: 1, DISABLED: 4 } as const

/** By their numbers. */
export const APPLIANCE_TYPES = ['UNKNOWN', 'IMAGE', 'VMTEMPLATE', 'SERVICE_TEMPLATE']

/** The one zone. */
const ZONE = 0

const marketplaceXml = (world: World, market: Marketplace): string =>
  wrap(
    'MARKETPLACE',
    ownerXml(world, market),
    plain('STATE', market.enabled ? 0 : 1),
    cdata('MARKET_MAD', single(market.template, 'MARKET_MAD')),
    cdata('ZONE_ID', ZONE),
    ...['TOTAL_MB', 'FREE_MB', 'USED_MB'].map(name => plain(name, 0)),
    idSet(
      'MARKETPLACEAPPS',
      appliancesOf(world, market.id).map(({ id }) => id),
    ),
    permissionsXml(market),
    templateXml('TEMPLATE', market.template),
  )

const appliancesOf = ({ appliances }: World, marketplace: number): Appliance[] =>
  appliances.all().filter(appliance => appliance.marketplace === marketplace)

export const MARKETPLACE: TemplateSpec<Marketplace> = {
  name: 'market',
  pool: world => world.marketplaces,
  xml: marketplaceXml,
  byAdmins: true,
  lockable: false,
  make: (_, base) => ({ ...base, enabled: true }),
}

const applianceXml = (world: World, appliance: Appliance): string =>
  wrap(
    'MARKETPLACEAPP',
    ownersXml(world, appliance),
    plain('REGTIME', appliance.regtime),
    plain('NAME', appliance.name),
    cdata('ZONE_ID', ZONE),
    cdata('ORIGIN_ID', -1),
    cdata('SOURCE', appliance.source),
    cdata('MD5', appliance.md5),
    plain('SIZE', appliance.size),
    ...['DESCRIPTION', 'VERSION'].map(name => cdata(name, single(appliance.template, name))),
    cdata('FORMAT', appliance.format),
    cdata('APPTEMPLATE64', single(appliance.template, 'APPTEMPLATE64')),
    plain('MARKETPLACE_ID', appliance.marketplace),
    plain('MARKETPLACE', world.marketplaces.get(appliance.marketplace)?.name ?? ''),
    plain('STATE', appliance.state),
    plain('TYPE', appliance.type),
    permissionsXml(appliance),
    templateXml('TEMPLATE', appliance.template),
  )

const APPLIANCE: DocumentedSpec<Appliance> = {
  name: 'marketapp',
  pool: world => world.appliances,
  xml: applianceXml,
}

/** One that is switched off has no appliances, and gets others when it is switched on again. */
function enableMarketplace(call: Call, id: number, enabled: boolean): number {
  const { world } = call
  acquire(call, world.marketplaces, id, 'MANAGE').enabled = enabled
  if (!enabled) for (const appliance of appliancesOf(world, id)) world.appliances.remove(appliance.id)
  return id
}

function enableAppliance(call: Call, id: number, enabled: boolean): number {
  const state = enabled ? ApplianceState.READY : ApplianceState.DISABLED
  acquire(call, call.world.appliances, id, 'MANAGE').state = state
  return id
}

export const MARKETPLACE_METHODS: MethodTable = {
  ...templateMethods(MARKETPLACE),
  ...documentedMethods(APPLIANCE),
  // The one pool of which nobody can say which objects are wanted
  'one.marketpool.info': method([], ({ world, user }) =>
    poolValue(
      KINDS.marketplace,
      select(user, KINDS.marketplace, world.marketplaces.newestFirst(), ALL, -1, -1),
      marketplace => marketplaceXml(world, marketplace),
    ),
  ),
  'one.market.enable': method([int, bool], enableMarketplace),
  'one.marketapp.allocate': method([string, int], ({ user }) => {
    requireAdmin(user, 'CREATE', KINDS.appliance)
    throw internal('The sandbox has the appliances of its seed, and no others.')
  }),
  'one.marketapp.enable': method([int, bool], enableAppliance),
}

const ALL = -2

/**
 * The appliance that an image is to be made of; undefined where it names none. Neither whether the caller may use it nor its
 * state is looked at. Throws code 8192 for one that does not exist.
 */
export function applianceFor({ appliances, marketplaces }: World, template: Template): Appliance | undefined {
  if (!('FROM_APP' in template)) return undefined
  const found = appliances.get(Number(single(template, 'FROM_APP')))
  if (!found) throw internal('Cannot determine image SIZE.')
  if (!marketplaces.get(found.marketplace)) throw internal("Could not get the appliance's market.")
  return found
}

/** What an image has of its appliance, whatever its own template says. */
export const imageOf = ({ name, source, md5 }: Appliance): Template => ({
  FROM_APP_NAME: [name],
  FROM_APP_MD5: [md5],
  PATH: [source],
})
