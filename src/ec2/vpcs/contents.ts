// What a VPC is not deleted with: each kind of content, with the room that it is of.
import { gatewayContent } from '../internet-gateways/find.ts'
import { routeTableContent } from '../route-tables/find.ts'
import { securityGroupContent } from '../security-groups/find.ts'
import { subnetContent } from '../subnets/find.ts'
import type { VpcContent } from './find.ts'

export const contents: readonly VpcContent<unknown>[] = [
  subnetContent,
  securityGroupContent,
  gatewayContent,
  routeTableContent,
]
