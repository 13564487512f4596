// With whose eyes the cloud is looked at: which objects are the operator's, and which users may use.
import type { Clients } from '../../config/clients.ts'
import type { Config } from '../../config/variables.ts'
import {
  type Documents,
  type Network,
  networkPool,
  type OneReader,
  templatePool,
  type VmTemplate,
} from '../../ec2/core/documents.ts'
import { datastorePool } from '../../opennebula/calls/datastore.ts'
import { group } from '../../opennebula/calls/group.ts'
import { networkTemplatePool } from '../../opennebula/calls/vntemplate.ts'
import type { Datastore, NetworkTemplate } from '../../opennebula/documents.ts'
import { OneError, UnsafeValue } from '../../opennebula/errors.ts'
import { newMeter } from '../../opennebula/transport.ts'
import type { Outcome } from '../../opennebula/xml/xmlrpc.ts'

const ONEADMIN = 0
const ONEADMIN_GROUP = 0

/** With whose eyes the objects are looked at. */
export interface View {
  readonly operators: ReadonlySet<number>
  /** Whether they may use an object of a kind. */
  readonly usable: (kind: ObjectKind) => (object: Looked) => boolean
  /** Who they are, in words. */
  readonly who: string
}

/** Who looks. */
export interface Eyes {
  readonly config: Config
  readonly clients: Clients<Documents>
  /** The server's account, which sees everything. */
  readonly server: OneReader
  /** The users that are asked. */
  readonly names: readonly string[]
  /** The one whose view is wanted; that of users at large where absent. */
  readonly userName?: string | undefined
}

/** @throws OneError | OneUnavailable */
export async function viewOf({ config, clients, server, names, userName }: Eyes): Promise<View> {
  const operators = await operatorsOf(config, server)
  const seen = await seenBy(names, clients)
  const usable = (kind: ObjectKind) => (object: Looked) =>
    names.length === 0 || (userName === undefined && isForUsers(object)) || seen[kind].has(object.ID)
  return { operators, who: userName ?? 'users', usable }
}

/** The users whose objects are the operator's, by number. */
async function operatorsOf({ trustedOwners }: Config, server: OneReader): Promise<ReadonlySet<number>> {
  const members: number[] = []
  for await (const { USERS } of server.stream(group(ONEADMIN_GROUP))) members.push(...USERS.ID)
  return new Set([ONEADMIN, ...members, ...trustedOwners])
}

/** Whether users other than the server's own group may use an object by its permissions. */
const isForUsers = ({ PERMISSIONS: { GROUP_U, OTHER_U }, GID }: Looked) =>
  OTHER_U || (GROUP_U && GID !== ONEADMIN_GROUP)

type Looked = VmTemplate | Network | Datastore | NetworkTemplate

const KINDS = ['templates', 'networks', 'datastores', 'networkTemplates'] as const
type ObjectKind = (typeof KINDS)[number]

/** The numbers of what at least one of these users may use, as OpenNebula itself says. */
async function seenBy(
  names: readonly string[],
  clients: Clients<Documents>,
): Promise<Readonly<Record<ObjectKind, Set<number>>>> {
  const none = () => new Set<number>()
  const seen = { templates: none(), networks: none(), datastores: none(), networkTemplates: none() }
  for (const name of names) {
    const pools = await poolsOf(clients(name, newMeter())).catch(nothingIfRefused)
    for (const kind of KINDS) for (const { ID } of pools[kind]) seen[kind].add(ID)
  }
  return seen
}

/** Whoever cannot be acted as may use nothing. */
function nothingIfRefused(error: unknown): Pools {
  if (!(error instanceof OneError || error instanceof UnsafeValue)) throw error
  return { templates: [], networks: [], datastores: [], networkTemplates: [] }
}

export interface Pools {
  readonly templates: readonly VmTemplate[]
  readonly networks: readonly Network[]
  readonly datastores: readonly Datastore[]
  readonly networkTemplates: readonly NetworkTemplate[]
}

/** What a user may use, all of it for an administrator. @throws OneError | OneUnavailable */
export async function poolsOf(one: OneReader): Promise<Pools> {
  const [templates, networks, datastores, networkTemplates] = await one.read(
    templatePool(),
    networkPool(),
    datastorePool(),
    networkTemplatePool(),
  )
  return {
    templates: resultOf(templates),
    networks: resultOf(networks),
    datastores: resultOf(datastores),
    networkTemplates: resultOf(networkTemplates),
  }
}

function resultOf<T>({ value, error }: Outcome<T>): T {
  if (error) throw error
  return value
}
