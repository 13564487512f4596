// Users: one.user.* and one.userpool.info.
import { randomBytes } from 'node:crypto'
import { isMerge, updating } from '../objects/changes.ts'
import { bool, documentValue, ids, int, type MethodTable, method, string } from '../objects/methods.ts'
import { nameError, notAllocated } from '../objects/names.ts'
import { existing, isAdmin, noSuch, notAuthorized, requireAdmin } from '../objects/permissions.ts'
import { internal, refused } from '../protocol/errors.ts'
import { merge, parseTemplate } from '../protocol/template.ts'
import { cdata, idSet, plain, templateXml, wrap } from '../protocol/xml.ts'
import { KINDS, type User } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'
import { USERS_GROUP } from './groups.ts'
import { NO_QUOTAS, quotaWriter, withQuotas } from './quotas.ts'
import { sha256 } from './sessions.ts'

const DEFAULT_QUOTAS = wrap('DEFAULT_USER_QUOTAS', NO_QUOTAS)

const loginTokensXml = (user: User): string =>
  user.loginTokens
    .map(({ token, expires }) =>
      wrap('LOGIN_TOKEN', plain('TOKEN', token), plain('EXPIRATION_TIME', expires), plain('EGID', -1)),
    )
    .join('')

const userContent = (world: World, user: User): string =>
  plain('ID', user.id) +
  plain('GID', user.groups[0] ?? -1) +
  idSet('GROUPS', user.groups) +
  plain('GNAME', world.groupName(user.groups[0] ?? -1)) +
  plain('NAME', user.name) +
  cdata('PASSWORD', user.password) +
  cdata('AUTH_DRIVER', user.authDriver) +
  plain('ENABLED', user.enabled ? 1 : 0) +
  loginTokensXml(user) +
  templateXml('TEMPLATE', user.template)

const poolEntry = (world: World, user: User, quotas: string): string =>
  wrap('USER', userContent(world, user)) + wrap('QUOTAS', plain('ID', user.id), quotas)

/** A user manages itself; oneadmin's group manages everybody. Unlike for info, -1 is nobody here. */
function managed({ world, user }: Call, id: number): User {
  if (id < 0) throw notAuthorized(user, 'MANAGE', KINDS.user)
  const target = existing(world.users, id)
  if (target.id !== user.id && !isAdmin(user)) throw notAuthorized(user, 'MANAGE', KINDS.user, id)
  return target
}

function visible({ world, user }: Call, id: number): User {
  const target = existing(world.users, id === -1 ? user.id : id)
  if (target.id !== user.id && !isAdmin(user)) throw notAuthorized(user, 'USE', KINDS.user, id)
  return target
}

/** Adds a user; TOKEN_PASSWORD is made as by the front-end. */
export function addUser(
  world: World,
  user: Pick<User, 'name' | 'groups'> & { secret: string; authDriver?: string; enabled?: boolean },
): User {
  return world.users.add(id => ({
    id,
    name: user.name,
    groups: user.groups,
    password: sha256(user.secret),
    authDriver: user.authDriver ?? 'core',
    enabled: user.enabled ?? true,
    loginTokens: [],
    quotas: {},
    template: { TOKEN_PASSWORD: [randomBytes(32).toString('hex')] },
  }))
}

/** Makes a token (seconds > 0, or -1 for one that does not expire) or revokes one (0). */
function login(call: Call, name: string, token: string, seconds: number): string {
  const target = call.world.users.find(user => user.name === name)
  if (!target) throw noSuch(KINDS.user, -1)
  managed(call, target.id)
  if (seconds === 0) return revoke(target, token)
  if (seconds < -1) throw internal('Wrong valid period for token')
  const made = token || randomBytes(32).toString('hex')
  target.loginTokens.push({ token: made, expires: seconds === -1 ? -1 : call.world.clock.seconds() + seconds })
  return made
}

function allocate(
  { world, user }: Call,
  name: string,
  secret: string,
  driver: string,
  groups: readonly number[],
): number {
  requireAdmin(user, 'CREATE', KINDS.user)
  const other = world.users.find(candidate => candidate.name === name)
  const error = nameError(name) ?? (other && `NAME is already taken by USER ${other.id}.`)
  if (error) throw notAllocated(KINDS.user, error)
  for (const gid of groups) if (!world.groups.has(gid)) throw noSuch(KINDS.group, gid)
  const own = groups.length > 0 ? [...groups] : [USERS_GROUP]
  return addUser(world, { name, secret, groups: own, authDriver: driver || 'core' }).id
}

function revoke(user: User, token: string): string {
  const kept = user.loginTokens.filter(candidate => token !== '' && candidate.token !== token)
  if (token !== '' && kept.length === user.loginTokens.length) throw internal(`Could not find token: ${token}`)
  user.loginTokens = kept
  return token
}

export const USER_METHODS: MethodTable = {
  'one.user.info': method([int, bool.or(false)], (call, id) => {
    const { world } = call
    const user = visible(call, id)
    return documentValue(wrap('USER', userContent(world, user), quotaWriter(world)(user), DEFAULT_QUOTAS))
  }),
  'one.userpool.info': method([], ({ world, user }) => {
    const users = world.users.newestFirst().filter(other => isAdmin(user) || other.id === user.id)
    const quotas = quotaWriter(world)
    const entries = users.map(other => poolEntry(world, other, quotas(other)))
    return documentValue(wrap('USER_POOL', ...entries, DEFAULT_QUOTAS))
  }),
  'one.user.update': method([int, string, int.or(0)], (call, id, text, type) => {
    const user = managed(call, id)
    const changes = updating(() => parseTemplate(text))
    const kept = { TOKEN_PASSWORD: user.template['TOKEN_PASSWORD'] ?? [] }
    user.template = merge(isMerge(type) ? user.template : kept, changes)
    return user.id
  }),
  'one.user.login': method([string, string, int, int.or(-1)], (call, name, token, seconds) =>
    login(call, name, token, seconds),
  ),
  'one.user.allocate': method([string, string, string.or(''), ids.or([])], (call, ...asked) =>
    allocate(call, ...asked),
  ),
  'one.user.delete': method([int], ({ world, user }, id) => {
    requireAdmin(user, 'MANAGE', KINDS.user, id)
    if (id === 0) throw refused('oneadmin cannot be deleted.')
    world.users.remove(existing(world.users, id).id)
    return id
  }),
  'one.user.quota': method([int, string], ({ world, user }, id, text) => {
    requireAdmin(user, 'ADMIN', KINDS.user, id)
    const target = existing(world.users, id)
    target.quotas = withQuotas(target.quotas, text)
    return id
  }),
  'one.user.passwd': method([int, string], (call, id, secret) => {
    const user = managed(call, id)
    user.password = sha256(secret)
    delete user.session
    return user.id
  }),
  'one.user.chauth': method([int, string, string], (call, id, authDriver, secret) => {
    requireAdmin(call.user, 'ADMIN', KINDS.user)
    const user = existing(call.world.users, id)
    user.authDriver = authDriver
    if (secret !== '') user.password = sha256(secret)
    delete user.session
    return user.id
  }),
  'one.user.enable': method([int, bool], ({ world, user }, id, enabled) => {
    requireAdmin(user, 'ADMIN', KINDS.user)
    if (id === 0) throw refused('Cannot enable/disable oneadmin user')
    const target = existing(world.users, id)
    target.enabled = enabled
    delete target.session
    return target.id
  }),
}
