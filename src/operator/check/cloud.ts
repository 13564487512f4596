// OpenNebula's side of econe-check: whether it can be reached and used, and what instances would find there.
import type { Clients } from '../../config/clients.ts'
import type { Config } from '../../config/variables.ts'
import type { Documents, Network, OneReader, VmTemplate } from '../../ec2/core/documents.ts'
import { isEarlier, missingIn, OLDEST } from '../../opennebula/calls/methods.ts'
import { OneError, OneUnavailable } from '../../opennebula/errors.ts'
import { newMeter } from '../../opennebula/transport.ts'
import { checkDatastore } from './datastore.ts'
import { type Finding, note, ok, wrong } from './finding.ts'
import { checkStrangers, checkTypes } from './instance-types.ts'
import { checkMarketplace } from './marketplace.ts'
import { checkAddresses, checkNetworks } from './networks.ts'
import { checkSubnets } from './subnets.ts'
import { askedAs, checkUser, oneOfEachGroup } from './users.ts'
import { poolsOf, type View, viewOf } from './view.ts'
import { checkZones } from './zones.ts'

/**
 * Looks at the cloud as the server's account, which sees everything, and asks as users what these may use of it.
 * @param userName OpenNebula user whose view is asked for; one of each group where absent
 */
export async function* checkCloud(
  config: Config,
  clients: Clients<Documents>,
  userName?: string,
): AsyncGenerator<Finding> {
  const server = clients(config.serverAdmin.name, newMeter())
  const reached = await reach(config, server)
  yield* reached
  if (reached.some(({ kind }) => kind === 'wrong')) return
  if (userName !== undefined) {
    const user = await checkUser(userName, clients)
    yield user
    if (user.kind === 'wrong') return
  }
  const names = userName === undefined ? await oneOfEachGroup(server) : [userName]
  if (userName === undefined) yield askedAs(names)
  yield* checkObjects(config, server, await viewOf({ config, clients, server, names, userName }))
}

async function reach({ origin, serverAdmin }: Config, server: ReturnType<Clients<Documents>>): Promise<Finding[]> {
  // User and password may be part of the address
  const { host } = new URL(origin.url)
  try {
    const version = await server.version()
    const { NAME } = await server.user()
    return [
      ok(`OpenNebula at ${host}: version ${version}`),
      ...checkVersion(version),
      ok(`server account: ${NAME} is accepted`),
    ]
  } catch (error) {
    if (error instanceof OneUnavailable) {
      return [
        wrong(
          `OpenNebula at ${host}: ${error.message}`,
          'is ONE_XMLRPC right, oned running, and the way to it (tunnel, proxy, Access token) open?',
        ),
      ]
    }
    if (!(error instanceof OneError)) throw error
    return [
      ok(`OpenNebula at ${host}: it answers`),
      wrong(
        `server account: ${serverAdmin.name} is refused`,
        `ONE_AUTH must hold the name and password of an enabled user of group oneadmin with the driver server_cipher`,
      ),
    ]
  }
}

/** What a front-end of this version does not have. */
export function checkVersion(version: string): Finding[] {
  if (isEarlier(version, OLDEST)) {
    return [wrong(`OpenNebula ${version}: too old, instances cannot be served`, `it takes ${OLDEST} or newer`)]
  }
  return missingIn(version).map(({ what, since }) => note(`OpenNebula ${version}: no ${what}, for that needs ${since}`))
}

async function* checkObjects(config: Config, server: OneReader, view: View): AsyncGenerator<Finding> {
  const { templates, networks, datastores, networkTemplates } = await poolsOf(server)
  const isOperators = ({ UID }: VmTemplate | Network) => view.operators.has(UID)
  yield* checkTypes(templates.filter(isOperators), networks.filter(view.usable('networks')), view)
  yield* checkStrangers(templates.filter(template => !isOperators(template)))
  yield* checkNetworks(networks.filter(isOperators), config, view)
  yield checkAddresses(networks, config, view)
  yield checkSubnets({ networks, networkTemplates }, config, view)
  yield checkDatastore(datastores, config, view)
  yield await checkMarketplace(config, server, view)
  yield* checkZones(config, server)
}
