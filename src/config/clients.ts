// From the configuration to OpenNebula clients, for the Worker and for the operator's commands.
import type { Documents, Reads } from '../opennebula/calls/reads.ts'
import { OpenNebula } from '../opennebula/client.ts'
import { ServerSessions } from '../opennebula/session.ts'
import { SharedAnswers } from '../opennebula/shared-answers.ts'
import { type FetchLike, type Meter, Transport } from '../opennebula/transport.ts'
import type { Flaw } from '../opennebula/xml/flaw.ts'
import { memory } from '../opennebula/xml/memory.ts'
import type { Config } from './variables.ts'

/**
 * A client that acts as the OpenNebula user of this name, and counts on this meter; one that shares may wait for what another reads
 * at the same moment. Who changes something does not: it would wait in vain where that other one was cut off.
 */
export type Clients<D extends Documents = Documents> = (
  userName: string,
  meter: Meter,
  shares?: boolean,
) => OpenNebula<D>

/**
 * @param reads what objects are read as
 * @param send where requests go instead of the network
 * @param onFlaw is told of every object that is left out of an answer because it cannot be read
 */
export function clientsFor<D extends Documents>(
  { origin, serverAdmin }: Pick<Config, 'origin' | 'serverAdmin'>,
  reads: Reads<D>,
  send?: FetchLike,
  onFlaw?: (flaw: Flaw) => void,
): Clients<D> {
  const sessions = new ServerSessions(serverAdmin.password, serverAdmin.name)
  const transport = new Transport({
    url: origin.url,
    fetch: send,
    access: origin.access,
    timeouts: { read: origin.timeout, body: origin.timeout, write: 2 * origin.timeout },
  })
  const shared = new SharedAnswers(() => Date.now())
  const shelves = (method: string) => memory.shelf(`${origin.url} ${method}`)
  return (userName, meter, shares = false) =>
    new OpenNebula({
      ...{ reads, transport, meter, shelves, onFlaw },
      ...(shares && { shared }),
      session: () => sessions.session(userName, Date.now()),
    })
}
