// The availability zone of a launch: where its instances are to be, and which clusters that leaves them.
import type { Placement } from '@aws-sdk/client-ec2'
import { textOf } from '../../../opennebula/xml/attributes.ts'
import { Substituted } from '../../../opennebula/xml/template.ts'
import { invalid } from '../../../protocol/complaints.ts'
import type { Settings } from '../../core/context.ts'
import type { VmTemplate } from '../../core/documents.ts'
import { asksForZone, zoneAsked } from '../../core/zones.ts'
import type { SubnetView } from '../../subnets/view.ts'

/** Where instances are to be. */
export interface PlannedZone {
  readonly zone: string
  /** OpenNebula clusters that they may run in; any where there are none. */
  readonly clusters: readonly number[]
}

/**
 * The zone that a launch names, else that of its first subnet, else the first one. Only who names either is kept to the
 * clusters of a zone.
 * @param subnets those of its interfaces, in their order
 * @throws Ec2Error InvalidParameterValue for a subnet in the clusters of another zone; as `zoneAsked`
 */
export function plannedZone(
  placement: Placement,
  subnets: readonly SubnetView[],
  settings: Pick<Settings, 'zones' | 'zoneClusters' | 'region'>,
): PlannedZone {
  const isAsked = asksForZone(placement)
  const [first] = subnets
  const asked = zoneAsked(placement, settings)
  const zone = isAsked ? asked : (first?.zone ?? asked)
  const elsewhere = subnets.find(({ zones }) => zones.length > 0 && !zones.includes(zone))
  if (elsewhere) {
    const why = `Subnet '${elsewhere.id}' is in the availability zone ${elsewhere.zone}`
    throw invalid('availabilityZone', zone, why)
  }
  const isKept = isAsked || (first !== undefined && first.zones.length > 0)
  return { zone, clusters: isKept ? (settings.zoneClusters.get(zone) ?? []) : [] }
}

/** What keeps an instance to clusters, besides what its type says of hosts. */
export function inClusters(clusters: readonly number[], { TEMPLATE }: VmTemplate) {
  if (clusters.length === 0) return {}
  const there = clusters.map(cluster => `CLUSTER_ID = ${cluster}`).join(' | ')
  const ofType = textOf(TEMPLATE, 'SCHED_REQUIREMENTS')?.trim()
  return { SCHED_REQUIREMENTS: new Substituted(ofType ? `(${ofType}) & (${there})` : there) }
}
