// Groups of users: one.group.info, one.group.quota and one.grouppool.info.
import { bool, documentValue, int, type MethodTable, method, string } from '../objects/methods.ts'
import { isAdmin, noSuch, notAuthorized, requireAdmin } from '../objects/permissions.ts'
import { idSet, plain, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type User } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { groupQuotaWriter, NO_QUOTAS, withQuotas } from './quotas.ts'

/** The group of plain users. */
export const USERS_GROUP = 1

/** As a new installation makes it. */
const USERS_TEMPLATE = {
  SUNSTONE: [
    {
      DEFAULT_VIEW: 'cloud',
      GROUP_ADMIN_DEFAULT_VIEW: 'groupadmin',
      GROUP_ADMIN_VIEWS: 'groupadmin,cloud',
      VIEWS: 'cloud',
    },
  ],
}

const members = (world: World, gid: number): number[] =>
  world.users
    .all()
    .filter(user => user.groups.includes(gid))
    .map(user => user.id)

const groupContent = (world: World, gid: number): string =>
  plain('ID', gid) +
  plain('NAME', world.groupName(gid)) +
  templateXml('TEMPLATE', gid === USERS_GROUP ? USERS_TEMPLATE : {}) +
  idSet('USERS', members(world, gid)) +
  wrap('ADMINS')

const contentAndQuotas = (world: World, gid: number): string[] => [
  groupContent(world, gid),
  groupQuotaWriter(world)(gid),
]

const DEFAULT_QUOTAS = wrap('DEFAULT_GROUP_QUOTAS', NO_QUOTAS)

/** Members may see their groups, oneadmin's group all. */
const sees = (user: User, gid: number): boolean => isAdmin(user) || user.groups.includes(gid)

/** The group with that number; -1 is the caller's own. */
function visible({ world, user }: Call, id: number): number {
  const gid = id === -1 ? (user.groups[0] ?? -1) : id
  if (!world.groups.has(gid)) throw noSuch(KINDS.group, gid)
  if (!sees(user, gid)) throw notAuthorized(user, 'USE', KINDS.group, gid)
  return gid
}

export const GROUP_METHODS: MethodTable = {
  'one.group.info': method([int, bool.or(false)], (call, id) =>
    documentValue(wrap('GROUP', ...contentAndQuotas(call.world, visible(call, id)), DEFAULT_QUOTAS)),
  ),
  'one.group.quota': method([int, string], ({ world, user }, id, text) => {
    requireAdmin(user, 'ADMIN', KINDS.group, id)
    if (!world.groups.has(id)) throw noSuch(KINDS.group, id)
    world.groupQuotas.set(id, withQuotas(world.groupQuotas.get(id) ?? {}, text))
    return id
  }),
  'one.grouppool.info': method([], ({ world, user }) => {
    const seen = [...world.groups.keys()].filter(gid => sees(user, gid)).sort((one, other) => other - one)
    const quotas = groupQuotaWriter(world)
    const entries = seen.map(
      gid => wrap('GROUP', groupContent(world, gid)) + wrap('QUOTAS', plain('ID', gid), quotas(gid)),
    )
    return documentValue(wrap(KINDS.group.pool, ...entries, DEFAULT_QUOTAS))
  }),
}
