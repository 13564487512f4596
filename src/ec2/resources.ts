// The table of all kinds of resources that have ids of their own: tags and their listing follow from it.
import { ADDRESS, ASSOCIATION } from './addresses/resource.ts'
import { addressTags } from './addresses/tags.ts'
import { untagged } from './core/one-an-account.ts'
import type { ResourceTable } from './core/taggable.ts'
import { DHCP_OPTIONS } from './dhcp-options/resource.ts'
import { dhcpOptionsTags } from './dhcp-options/tags.ts'
import { taggableInRole } from './disk-images/tags.ts'
import { IMAGE } from './images/resource.ts'
import { imageTags } from './images/tags.ts'
import { IMPORT_IMAGE_TASK, IMPORT_SNAPSHOT_TASK } from './imports/resource.ts'
import { taggableTasks } from './imports/tags.ts'
import { placementGroups } from './instances/placement-groups/find.ts'
import { PLACEMENT_GROUP } from './instances/placement-groups/resource.ts'
import { INSTANCE, RESERVATION } from './instances/resource.ts'
import { instanceTags } from './instances/tags.ts'
import { launchTemplates } from './instances/templates/find.ts'
import { LAUNCH_TEMPLATE } from './instances/templates/resource.ts'
import { INTERNET_GATEWAY } from './internet-gateways/resource.ts'
import { internetGatewayTags } from './internet-gateways/tags.ts'
import { keyPairs } from './key-pairs/find.ts'
import { KEY_PAIR } from './key-pairs/resource.ts'
import { NETWORK_ACL } from './network-acls/resource.ts'
import { NETWORK_INTERFACE } from './network-interfaces/resource.ts'
import { networkInterfaceTags } from './network-interfaces/tags.ts'
import { ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION } from './route-tables/resource.ts'
import { routeTableTags } from './route-tables/tags.ts'
import { SECURITY_GROUP, SECURITY_GROUP_RULE } from './security-groups/resource.ts'
import { securityGroupRuleTags, securityGroupTags } from './security-groups/tags.ts'
import { SNAPSHOT } from './snapshots/resource.ts'
import { SUBNET } from './subnets/resource.ts'
import { subnetTags } from './subnets/tags.ts'
import { VOLUME } from './volumes/resource.ts'
import { volumeTags } from './volumes/tags.ts'
import { VPC } from './vpcs/resource.ts'
import { vpcTags } from './vpcs/tags.ts'

export const resources: ResourceTable = [
  { resource: INSTANCE, tags: instanceTags },
  { resource: IMAGE, tags: imageTags },
  { resource: VOLUME, tags: volumeTags },
  { resource: SNAPSHOT, tags: taggableInRole('snapshot') },
  { resource: IMPORT_IMAGE_TASK, tags: taggableTasks('image') },
  { resource: IMPORT_SNAPSHOT_TASK, tags: taggableTasks('snapshot') },
  { resource: KEY_PAIR, tags: keyPairs.tags },
  { resource: NETWORK_INTERFACE, tags: networkInterfaceTags },
  { resource: ADDRESS, tags: addressTags },
  { resource: RESERVATION },
  { resource: ASSOCIATION },
  { resource: LAUNCH_TEMPLATE, tags: launchTemplates.tags },
  { resource: PLACEMENT_GROUP, tags: placementGroups.tags },
  { resource: SECURITY_GROUP, tags: securityGroupTags },
  { resource: SECURITY_GROUP_RULE, tags: securityGroupRuleTags },
  { resource: SUBNET, tags: subnetTags },
  { resource: VPC, tags: vpcTags },
  { resource: INTERNET_GATEWAY, tags: internetGatewayTags },
  { resource: ROUTE_TABLE, tags: routeTableTags },
  { resource: ROUTE_TABLE_ASSOCIATION },
  { resource: DHCP_OPTIONS, tags: dhcpOptionsTags },
  { resource: NETWORK_ACL, tags: untagged(NETWORK_ACL) },
]
