// Availability zones: the names of the configuration, and the clusters of OpenNebula that the operator has put into them.
import { notTogether, unknownValue } from '../../protocol/complaints.ts'
import type { Settings } from './context.ts'

type Zones = Pick<Settings, 'zones' | 'region'>

/**
 * The zone that a request names; undefined where there is none of that name.
 * econe's client always asks for `default`, Terraform for an empty one: both mean the first.
 */
export function zoneNamed(name: string | undefined, { zones }: Zones): string | undefined {
  if (!name || name === 'default') return zones[0]
  return zones.find(zone => zone === name)
}

/** Ids follow from the order of the zones, as AWS's do: the second is `…-az2`. */
export const zoneId = (name: string, { zones, region }: Zones): string => `${region}-az${zones.indexOf(name) + 1}`

/** The zone of an id. */
export const zoneOfId = (id: string, settings: Zones): string | undefined =>
  settings.zones.find(name => zoneId(name, settings) === id)

/** The zones that these clusters are in, in the order of the zones. */
export const zonesOfClusters = (
  clusters: readonly number[],
  { zones, zoneClusters }: Pick<Settings, 'zones' | 'zoneClusters'>,
): string[] => zones.filter(zone => zoneClusters.get(zone)?.some(cluster => clusters.includes(cluster)))

/** A zone as requests ask for it. */
export interface AskedZone {
  readonly AvailabilityZone?: string | undefined
  readonly AvailabilityZoneId?: string | undefined
}

/** Whether a request asks for a zone in particular. */
export const asksForZone = ({ AvailabilityZone: name, AvailabilityZoneId: id }: AskedZone): boolean =>
  Boolean(id || (name && name !== 'default'))

/** The zone that a request asks for, by name or id; the first where it asks for none. @throws Ec2Error InvalidParameterCombination, InvalidParameterValue */
export function zoneAsked({ AvailabilityZone: name, AvailabilityZoneId: id }: AskedZone, zones: Zones): string {
  if (name && id) throw notTogether('AvailabilityZone', 'AvailabilityZoneId')
  const zone = id ? zoneOfId(id, zones) : zoneNamed(name, zones)
  if (zone === undefined) throw unknownValue('availability zone', id || name || '')
  return zone
}
