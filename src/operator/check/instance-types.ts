// The instance types: templates of the operator's that users may use, with what instances get of them.
import type { Network, VmTemplate } from '../../ec2/core/documents.ts'
import { isVolatile } from '../../opennebula/disks.ts'
import { textOf, vectors } from '../../opennebula/xml/attributes.ts'
import { type Finding, note, ok, wrong } from './finding.ts'
import type { View } from './view.ts'

/** @param open the networks that users may use */
export function* checkTypes(
  templates: readonly VmTemplate[],
  open: readonly Network[],
  { usable, who }: View,
): Generator<Finding> {
  const byType = Map.groupBy(
    [...templates].sort((a, b) => a.ID - b.ID),
    template => textOf(template.TEMPLATE, 'EC2_INSTANCE_TYPE'),
  )
  byType.delete(undefined)
  if (byType.size === 0) {
    yield wrong(
      'instance types: none, no instance can be run',
      'mark VM templates with EC2_INSTANCE_TYPE="m1.small" and the like (`onetemplate update`)',
    )
  }
  for (const [name, [template, ...others]] of byType) {
    if (template) {
      const label = `instance type ${name}: template ${template.ID}`
      yield usable('templates')(template)
        ? checkType(label, template, open, who)
        : wrong(`${label} may not be used by ${who}`, `\`onetemplate chmod ${template.ID} 604\``)
    }
    for (const { ID } of others) {
      yield wrong(
        `instance type ${name}: template ${ID} is not used, for template ${template?.ID} has the same EC2_INSTANCE_TYPE`,
        `take the attribute out of one of them (\`onetemplate update ${ID}\`)`,
      )
    }
  }
}

/** Others than the operator make no instance types, unless the operator says so. */
export function* checkStrangers(templates: readonly VmTemplate[]): Generator<Finding> {
  for (const { ID, UID, UNAME, TEMPLATE } of templates) {
    const name = textOf(TEMPLATE, 'EC2_INSTANCE_TYPE')
    if (name === undefined) continue
    yield note(
      `instance type ${name}: template ${ID} does not count, for it is ${UNAME}'s; if ${UNAME} makes types for the cloud, ` +
        `add ${UID} to TRUSTED_OWNERS`,
    )
  }
}

function checkType(label: string, { ID, TEMPLATE }: VmTemplate, open: readonly Network[], who: string): Finding {
  const shut = vectors(TEMPLATE, 'NIC').find(nic => !open.some(network => isNamed(network, nic)))
  if (shut) {
    const { NETWORK_ID: number, NETWORK: name = '?' } = shut
    return wrong(
      `${label}: its NIC names network ${number ?? name}, which ${who} may not use, or which does not exist`,
      number === undefined
        ? `see \`onevnet list\` and \`onetemplate update ${ID}\``
        : `\`onevnet chmod ${number} 604\``,
    )
  }
  const size = `${textOf(TEMPLATE, 'VCPU') ?? 1} VCPU, ${textOf(TEMPLATE, 'MEMORY') ?? 0} MiB`
  const disks = vectors(TEMPLATE, 'DISK')
  if (!disks.every(isVolatile)) {
    return note(`${label}, ${size}; its DISK of an image counts for nothing: instances get that of their AMI`)
  }
  if (!TEMPLATE['NIC']) return note(`${label}, ${size}; it has no NIC: instances need a subnet to be in a network`)
  if (disks.length > 0) return ok(`${label}, ${size}; instances get its volatile disks besides those of their AMI`)
  return ok(`${label}, ${size}`)
}

/** A NIC may leave its network to the scheduler. */
const isNamed = ({ ID, NAME }: Network, { NETWORK_ID: number, NETWORK: name }: Readonly<Record<string, string>>) =>
  number === undefined ? name === undefined || name === NAME : Number(number) === ID
