// The NICs of an instance that is to be: those of its type, or those that its launch asks for.
import { type Vector, vectors } from '../../../opennebula/xml/attributes.ts'
import { Substituted, type TemplateData, type TemplateVector } from '../../../opennebula/xml/template.ts'
import { combination } from '../../../protocol/complaints.ts'
import { named } from '../../core/attribute-names.ts'
import type { VmTemplate } from '../../core/documents.ts'
import { encodeTags } from '../../core/stored-tags.ts'
import type { Tags } from '../../core/tags.ts'
import type { pickOwn } from '../../network-interfaces/find.ts'
import { nicRecordName, nicRecords, nicTags } from '../../network-interfaces/view.ts'
import type { PickedGroup } from '../../security-groups/find.ts'
import type { AskedInterface } from './network.ts'

/** An interface that an instance shall begin with, with everything found that it names. */
export interface PlannedInterface extends Pick<AskedInterface, 'index' | 'primary' | 'secondary' | 'description'> {
  /** OpenNebula number of its network; undefined keeps that of the type. */
  readonly network: number | undefined
  /** The one that it is, where there is one already. */
  readonly own: ReturnType<typeof pickOwn> | undefined
  /** Its security groups; undefined keeps those of the type, and of the network. */
  readonly groups: readonly PickedGroup[] | undefined
  /** What it says of names in place of what its network does. */
  readonly names: TemplateVector
}

interface Launch {
  readonly template: VmTemplate
  /** By their indexes; none keeps those of the type. */
  readonly interfaces: readonly PlannedInterface[]
  /** OpenNebula network that the primary one's public address is of; undefined for none. */
  readonly publicNetwork: number | undefined
}

/** OpenNebula takes a list instead of the template's, not besides it. */
export const templateVectors = (list: readonly Vector[]): TemplateVector[] => list.map(substituted)

/** With `$…` in its values left for OpenNebula to fill in. */
const substituted = (vector: Vector): TemplateVector =>
  Object.fromEntries(Object.entries(vector).map(([name, value]) => [name, new Substituted(value)]))

/**
 * NIC and NIC_ALIAS of an instance: secondary addresses are aliases, and so is a public one, which OpenNebula frees with the
 * instance. Nothing where those of its type stay as they are.
 * @throws Ec2Error InvalidParameterCombination for an instance type without an interface, of one that names no subnet
 */
export function nicLists({ template, interfaces, publicNetwork }: Launch): TemplateData {
  const [first] = interfaces
  if (!first) return {}
  const ofType = templateVectors(vectors(template.TEMPLATE, 'NIC'))
  const listed = interfaces.map((each, position) => vectorOf(each, ofType[position] ?? ofType[0]))
  const kept = staysInType(interfaces)
    ? ofType.slice(1).map(nic => ({ ...nic, ...first.names, ...groupsOf(first) }))
    : []
  const aliases = interfaces.flatMap(({ secondary }, position) =>
    secondary.map(ip => ({ ...aliasOf(listed, position), ...(ip !== undefined && { IP: ip }) })),
  )
  const external =
    publicNetwork === undefined ? [] : [{ ...aliasOf(listed, 0), NETWORK_ID: publicNetwork, EXTERNAL: true }]
  const elastic = interfaces.flatMap(({ own }, position) =>
    (own?.addresses ?? []).map(({ number }) => ({ ...aliasOf(listed, position), NETWORK_ID: number, EXTERNAL: true })),
  )
  const all = [...external, ...elastic, ...aliases]
  return {
    NIC: [...listed, ...kept],
    ...(all.length > 0 && { NIC_ALIAS: [...all, ...templateVectors(vectors(template.TEMPLATE, 'NIC_ALIAS'))] }),
  }
}

/** Whether a launch changes the first interface of the type, and keeps the others. */
const staysInType = ([first, another]: readonly PlannedInterface[]): boolean =>
  first !== undefined && first.network === undefined && another === undefined

const groupsOf = ({ groups }: PlannedInterface) =>
  groups && { SECURITY_GROUPS: groups.map(({ number }) => number).join(',') }

/** An interface with an address of its own has groups of its own, too: those of its network. */
function vectorOf(planned: PlannedInterface, ofType: TemplateVector | undefined): TemplateVector {
  const { network, primary, names } = planned
  const base = network === undefined ? ofType : { NETWORK_ID: network }
  if (!base) throw combination('Instances of this type have no network interface: name a subnet for one.')
  return { ...base, ...names, ...(primary !== undefined && { IP: primary }), ...groupsOf(planned) }
}

/** An alias of an interface, out of the same network. OpenNebula numbers interfaces in the order in which they are listed. */
function aliasOf(listed: readonly TemplateVector[], position: number): TemplateVector {
  const { NAME, NETWORK_ID, NETWORK, NETWORK_UNAME } = listed[position] ?? {}
  const network = { NETWORK_ID, NETWORK, NETWORK_UNAME }
  const known = Object.entries(network).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  return { ...Object.fromEntries(known), PARENT: NAME ?? `NIC${position}` }
}

/** What is kept of the interfaces that are parts of the instance, on its VM. */
export function nicNotes({ template, interfaces }: Launch, tags: Tags) {
  const ofType = vectors(template.TEMPLATE, 'NIC').length
  const count =
    interfaces.length === 0 || staysInType(interfaces) ? Math.max(ofType, interfaces.length) : interfaces.length
  const notes = Array.from({ length: count }, (_, position) => {
    const { index = position, description, own } = interfaces[position] ?? {}
    const isNoted = index !== position || (!own && description)
    return {
      ...(tags.size > 0 && !own && named(nicTags(position), encodeTags(tags))),
      ...(isNoted && named(nicRecordName(position), nicRecords(position).write({ index, description }))),
    }
  })
  return Object.assign({}, ...notes) as (typeof notes)[number]
}
