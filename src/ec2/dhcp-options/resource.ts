// Sets of DHCP options as resources: their ids, and what is said of them.
import { phrase, type Resource } from '../core/resource.ts'

export const DHCP_OPTIONS = {
  kind: 'dhcpOptions',
  prefix: 'dopt',
  type: 'dhcp-options',
  documents: 2012,
  notFound: 'InvalidDhcpOptionID.NotFound',
  malformed: 'InvalidDhcpOptionsId.Malformed',
  missing: phrase('dhcpOption ID', 'dhcpOption IDs'),
} as const satisfies Resource
