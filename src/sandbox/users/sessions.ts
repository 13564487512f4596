// Who is calling: passwords, login tokens and server_cipher tokens, and the one token that is remembered for each user.
import { createDecipheriv, createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ErrorCode, OneError } from '../protocol/errors.ts'
import type { User } from '../world/model.ts'
import type { World } from '../world/world.ts'

/** The front-end remembers an authenticated server_cipher token this long (SESSION_EXPIRATION_TIME), in ms. */
const SESSION_MS = 900_000

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex')

const notAuthenticated = (): OneError =>
  new OneError(ErrorCode.AUTHENTICATION, "User couldn't be authenticated, aborting call.")

/** The user of a session string. Throws code 256 for an unknown user, a wrong secret, an expired token or a disabled user; a
 *  server may speak for one who is disabled, though. */
export async function authenticate(world: World, session: string): Promise<User> {
  const separator = session.indexOf(':')
  const name = session.slice(0, separator)
  const secret = session.slice(separator + 1)
  const user = world.users.find(candidate => candidate.name === name)
  if (separator < 1 || !user?.enabled) throw notAuthenticated()
  if (user.authDriver === 'server_cipher') return await authenticateByServer(world, user, secret)
  if (user.authDriver === 'public' || !knowsSecret(world, user, secret)) throw notAuthenticated()
  return user
}

function knowsSecret(world: World, user: User, secret: string): boolean {
  const now = world.clock.seconds()
  const token = user.loginTokens.find(candidate => candidate.token === secret)
  return token ? token.expires === -1 || token.expires > now : sha256(secret) === user.password
}

/** `TARGET:` + base64 of the token: the server speaks for the target, whose one remembered token it becomes. */
async function authenticateByServer(world: World, server: User, secret: string): Promise<User> {
  const separator = secret.indexOf(':')
  const target = world.users.find(candidate => candidate.name === secret.slice(0, separator))
  if (!target) throw notAuthenticated()
  if (isRemembered(world, target, secret)) return target
  world.statistics.authentications += 1
  if (world.authDelay > 0) await sleep(world.authDelay)
  if (!isValidToken(world, server, target, secret.slice(separator + 1))) throw notAuthenticated()
  if (target.session && target.session.token !== secret && target.session.expires > world.clock.now()) {
    world.statistics.evictions += 1
  }
  target.session = { token: secret, expires: world.clock.now() + SESSION_MS }
  return target
}

const isRemembered = (world: World, user: User, token: string): boolean =>
  user.session?.token === token && user.session.expires > world.clock.now()

function isValidToken(world: World, server: User, target: User, token: string): boolean {
  const [serverName, targetName, expiry] = decipher(server.password, token).split(':')
  return serverName === server.name && targetName === target.name && Number(expiry) >= world.clock.seconds()
}

/** AES-256-CBC: the key is the first 32 characters of the hex password hash, the IV the first 16 of the key. '' on failure. */
function decipher(passwordHash: string, token: string): string {
  try {
    const cipher = createDecipheriv('aes-256-cbc', passwordHash.slice(0, 32), passwordHash.slice(0, 16))
    return Buffer.concat([cipher.update(token, 'base64'), cipher.final()]).toString()
  } catch {
    return ''
  }
}
