// What CreateSubnet makes networks of: a network template, or a network of the operator's.
import type { Config } from '../../config/variables.ts'
import { type Finding, note, ok, wrong } from './finding.ts'
import type { Pools, View } from './view.ts'

type Looked = Pick<Pools, 'networks' | 'networkTemplates'>

export function checkSubnets({ networks, networkTemplates }: Looked, config: Config, view: View): Finding {
  const { subnetTemplate, subnetParent } = config
  if (subnetTemplate !== undefined) return ofTemplate(subnetTemplate, networkTemplates, view)
  if (subnetParent !== undefined) return outOf(subnetParent, networks, view)
  return note('subnets: nobody can make any, neither SUBNET_TEMPLATE_ID nor SUBNET_PARENT_ID is set')
}

function ofTemplate(number: number, templates: Pools['networkTemplates'], { usable, who }: View): Finding {
  const template = templates.find(({ ID }) => ID === number)
  if (!template) {
    return wrong(
      `subnets: there is no network template ${number}`,
      'SUBNET_TEMPLATE_ID must be the number of the one that networks are made of, see `onevntemplate list`',
    )
  }
  const label = `subnets: network template ${number} (${template.NAME})`
  return usable('networkTemplates')(template)
    ? ok(label)
    : wrong(`${label} may not be used by ${who}`, `\`onevntemplate chmod ${number} 604\``)
}

function outOf(number: number, networks: Pools['networks'], { usable, who }: View): Finding {
  const network = networks.find(({ ID }) => ID === number)
  if (!network) {
    return wrong(
      `subnets: there is no network ${number}`,
      'SUBNET_PARENT_ID must be the number of the network that they are reserved from',
    )
  }
  const label = `subnets: reserved from network ${number} (${network.NAME})`
  if (!usable('networks')(network)) {
    return wrong(`${label}, which may not be used by ${who}`, `\`onevnet chmod ${number} 604\``)
  }
  return isReservation(network)
    ? wrong(
        `${label}, which is a reservation itself`,
        'OpenNebula reserves nothing out of one: name the network that it is of',
      )
    : ok(label)
}

const isReservation = ({ PARENT_NETWORK_ID: parent }: Pools['networks'][number]) => parent !== undefined && parent >= 0
