// Rules of security groups by the names of services: what a form offers, and what is shown of what it sends.
import { expect, it } from 'vitest'
import {
  permission,
  portsText,
  protocolName,
  serviceChoices,
  serviceName,
  serviceOf,
  trafficOf,
} from '../../src/console/pages/security-groups/traffic.ts'

const ruleOf = (service: string, from = '', to = '') => permission(trafficOf(service, from, to))

it.each(serviceChoices.map(({ value }) => value))('%s is known again', service => {
  expect(serviceOf(ruleOf(service, '8080', '8090'))).toBe(service)
})

it.each([
  ['tcp', '22', '22', ['SSH', 'TCP', '22']],
  ['tcp', '8080', '', [undefined, 'TCP', '8080']],
  ['udp', '6000', '6010', [undefined, 'UDP', '6000–6010']],
  ['ICMP ping', '', '', ['ICMP ping', 'ICMP', 'type 8']],
  ['all-tcp', '', '', ['All TCP', 'TCP', 'all']],
  ['all', '', '', ['All traffic', 'all', 'all']],
])('%s from %s to %s is shown as it is', (service, from, to, shown) => {
  const rule = ruleOf(service, from, to)
  expect([serviceName(rule), protocolName(rule), portsText(rule)]).toEqual(shown)
})

it('has no service for other types of ICMP, so that nobody changes them into something else', () => {
  expect(serviceOf({ IpProtocol: 'icmp', FromPort: 13, ToPort: -1 })).toBeUndefined()
})
