// What the installation is made of, as its users see it: version, zone, clusters, hosts, datastores.
import { documentValue, type MethodTable, method } from '../objects/methods.ts'
import { ownerXml, permissionsXml } from '../objects/objects.ts'
import { isAdmin } from '../objects/permissions.ts'
import { poolValue } from '../objects/selection.ts'
import { cdata, idSet, plain, templateXml, wrap } from '../protocol/xml.ts'
import { type Datastore, KINDS } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

export const VERSION = '7.0.1'

const ZONES = wrap(
  'ZONE_POOL',
  wrap(
    'ZONE',
    plain('ID', 0),
    plain('NAME', 'OpenNebula'),
    plain('STATE', 0),
    wrap('TEMPLATE', cdata('ENDPOINT', 'http://localhost:2633/RPC2')),
    wrap('SERVER_POOL'),
  ),
)

const datastoreXml = (world: World, datastore: Datastore): string =>
  wrap(
    'DATASTORE',
    ownerXml(world, datastore),
    permissionsXml(datastore),
    cdata('DS_MAD', datastore.dsMad),
    cdata('TM_MAD', datastore.tmMad),
    cdata('BASE_PATH', `/var/lib/one/datastores/${datastore.id}`),
    plain('TYPE', datastore.type),
    plain('DISK_TYPE', 0),
    plain('STATE', 0),
    idSet('CLUSTERS', [0]),
    plain('TOTAL_MB', datastore.totalMb),
    plain('FREE_MB', datastore.freeMb),
    plain('USED_MB', datastore.usedMb),
    idSet('IMAGES', imagesOf(world, datastore)),
    templateXml('TEMPLATE', datastore.template),
  )

const imagesOf = (world: World, datastore: Datastore): number[] =>
  world.images
    .all()
    .filter(image => image.datastore === datastore.id)
    .map(image => image.id)

const hostXml = (name: string, id: number): string =>
  wrap(
    'HOST',
    plain('ID', id),
    plain('NAME', name),
    plain('STATE', 2),
    plain('CLUSTER_ID', 0),
    plain('CLUSTER', 'default'),
  )

/** Plain users see neither clusters nor hosts. */
const forAdmins = ({ user }: Call, xml: string): string => (isAdmin(user) ? xml : '')

export const INFRASTRUCTURE_METHODS: MethodTable = {
  'one.system.version': method([], () => VERSION),
  'one.zonepool.info': method([], () => documentValue(ZONES)),
  'one.clusterpool.info': method([], call =>
    documentValue(wrap('CLUSTER_POOL', forAdmins(call, wrap('CLUSTER', plain('ID', 0), plain('NAME', 'default'))))),
  ),
  'one.hostpool.info': method([], call =>
    documentValue(wrap('HOST_POOL', forAdmins(call, call.world.hosts.map(hostXml).toReversed().join('')))),
  ),
  'one.datastorepool.info': method([], ({ world }) =>
    poolValue(KINDS.datastore, world.datastores.newestFirst(), datastore => datastoreXml(world, datastore)),
  ),
}
