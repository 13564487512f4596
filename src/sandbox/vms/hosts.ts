// What VMs run on: hosts and their one cluster, which oneadmin's group sees.
import { documentValue, type MethodTable, method } from '../objects/methods.ts'
import { isAdmin } from '../objects/permissions.ts'
import { plain, wrap } from '../protocol/xml.ts'
import type { Call } from '../world/world.ts'

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

export const HOST_METHODS: MethodTable = {
  'one.clusterpool.info': method([], call =>
    documentValue(wrap('CLUSTER_POOL', forAdmins(call, wrap('CLUSTER', plain('ID', 0), plain('NAME', 'default'))))),
  ),
  'one.hostpool.info': method([], call =>
    documentValue(wrap('HOST_POOL', forAdmins(call, call.world.hosts.map(hostXml).toReversed().join('')))),
  ),
}
