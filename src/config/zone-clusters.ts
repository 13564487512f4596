// ZONE_CLUSTERS: which of OpenNebula's clusters are which availability zone.

/**
 * Reads `one-a=0,104 one-b=105`.
 * @param zones those that there are
 * @param refuse throws what is wrong, in words that follow the name of the variable
 * @returns the clusters by their zones: each cluster once, and no zone without any
 */
export function parseZoneClusters(
  text: string,
  zones: readonly string[],
  refuse: (problem: string) => never,
): ReadonlyMap<string, readonly number[]> {
  const byZone = new Map<string, readonly number[]>()
  const taken = new Set<number>()
  for (const entry of text.split(/\s+/).filter(Boolean)) {
    const [, zone, list = ''] = /^([^=]+)=(\d{1,9}(?:,\d{1,9})*)$/.exec(entry) ?? []
    if (zone === undefined) return refuse(`must have the form zone=cluster,cluster zone=cluster, but has "${entry}"`)
    if (!zones.includes(zone)) refuse(`names the zone "${zone}", which is not in ZONES`)
    if (byZone.has(zone)) refuse(`names the zone "${zone}" twice`)
    const clusters = list.split(',').map(Number)
    for (const cluster of clusters) {
      if (taken.has(cluster)) refuse(`names the cluster ${cluster} twice`)
      taken.add(cluster)
    }
    byZone.set(zone, clusters)
  }
  return byZone
}
