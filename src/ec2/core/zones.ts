// Availability zones: the names of the configuration, which OpenNebula knows nothing of.
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
