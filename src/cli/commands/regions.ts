// The commands of regions and availability zones.
import type { Command } from '../command.ts'

export const regionCommands: readonly Command[] = [
  {
    name: 'econe-describe-regions',
    action: 'DescribeRegions',
    purpose: 'List the regions of the cloud',
    operands: [],
    options: [],
    output: {
      rows: 'regionInfo/item',
      columns: [
        { head: 'RegionName', width: 15, of: 'regionName' },
        { head: 'Endpoint', width: 30, of: 'regionEndpoint' },
      ],
    },
    example: `$ econe-describe-regions -H
RegionName      Endpoint
------------------------------------------------------------------------------
opennebula      localhost:8787`,
  },
  {
    name: 'econe-describe-availability-zones',
    action: 'DescribeAvailabilityZones',
    purpose: 'List the availability zones of the region',
    operands: [],
    options: [],
    output: {
      rows: 'availabilityZoneInfo/item',
      columns: [
        { head: 'ZoneName', width: 15, of: 'zoneName' },
        { head: 'State', width: 10, of: 'zoneState' },
        { head: 'RegionName', width: 15, of: 'regionName' },
      ],
    },
    example: `$ econe-describe-availability-zones -H
ZoneName        State      RegionName
------------------------------------------------------------------------------
opennebula      available  opennebula`,
  },
]
