// Internet gateways as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const INTERNET_GATEWAY = {
  kind: 'internetGateway',
  prefix: 'igw',
  type: 'internet-gateway',
  documents: 2010,
  notFound: 'InvalidInternetGatewayID.NotFound',
  malformed: 'InvalidInternetGatewayId.Malformed',
  missing: phrase('internetGateway ID', 'internetGateway IDs'),
} as const satisfies Resource
