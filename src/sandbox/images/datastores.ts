// Datastores, as everybody sees them: one.datastorepool.info.
import { type MethodTable, method } from '../objects/methods.ts'
import { objectXml } from '../objects/owner-xml.ts'
import { poolValue } from '../objects/selection.ts'
import { cdata, idSet, plain, templateXml } from '../protocol/xml.ts'
import { type Datastore, KINDS } from '../world/model.ts'
import type { World } from '../world/world.ts'

const datastoreXml = (world: World, datastore: Datastore): string =>
  objectXml(
    world,
    KINDS.datastore,
    datastore,
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

export const DATASTORE_METHODS: MethodTable = {
  'one.datastorepool.info': method([], ({ world }) =>
    poolValue(KINDS.datastore, world.datastores.newestFirst(), datastore => datastoreXml(world, datastore)),
  ),
}
