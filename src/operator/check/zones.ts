// The clusters that are availability zones.
import type { Config } from '../../config/variables.ts'
import type { OneReader } from '../../ec2/core/documents.ts'
import { clusterPool } from '../../opennebula/calls/cluster.ts'
import { type Finding, ok, wrong } from './finding.ts'

/** @param server the server's account, which sees clusters */
export async function* checkZones({ zoneClusters }: Config, server: OneReader): AsyncGenerator<Finding> {
  if (zoneClusters.size === 0) return
  const names = new Map((await Array.fromAsync(server.stream(clusterPool()))).map(({ ID, NAME }) => [ID, NAME]))
  for (const [zone, clusters] of zoneClusters) {
    const missing = clusters.filter(cluster => !names.has(cluster))
    for (const cluster of missing) {
      yield wrong(
        `zone ${zone}: there is no cluster ${cluster}`,
        'ZONE_CLUSTERS must have the numbers of clusters, see `onecluster list`',
      )
    }
    if (missing.length > 0) continue
    yield ok(`zone ${zone}: ${clusters.map(cluster => `cluster ${cluster} (${names.get(cluster)})`).join(', ')}`)
  }
}
