// The installation itself: its version, and its zone.
import { documentValue, type MethodTable, method } from '../objects/methods.ts'
import { cdata, plain, wrap } from '../protocol/xml.ts'

const VERSION = '7.0.1'

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

export const SYSTEM_METHODS: MethodTable = {
  'one.system.version': method([], () => VERSION),
  'one.zonepool.info': method([], () => documentValue(ZONES)),
}
