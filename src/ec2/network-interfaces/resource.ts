// Network interfaces as resources: their ids, and what is said of them.
import { codesOf, phrase, type Resource } from '../core/resource.ts'

export const NETWORK_INTERFACE = {
  kind: 'networkInterface',
  prefix: 'eni',
  type: 'network-interface',
  ...codesOf('InvalidNetworkInterfaceID'),
  missing: phrase('networkInterface ID', 'networkInterface IDs'),
} as const satisfies Resource
