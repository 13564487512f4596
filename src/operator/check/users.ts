// Whether requests can act as a user, and the users who are asked what they may use.
import { isInGroup0 } from '../../auth/standing.ts'
import type { Clients } from '../../config/clients.ts'
import type { Documents, OneReader } from '../../ec2/core/documents.ts'
import { OneError, UnsafeValue } from '../../opennebula/errors.ts'
import { newMeter } from '../../opennebula/transport.ts'
import { type Finding, note, ok, wrong } from './finding.ts'

export async function checkUser(name: string, clients: Clients<Documents>): Promise<Finding> {
  try {
    const user = await clients(name, newMeter()).user()
    const { ID } = user
    if (!user.ENABLED) return wrong(`user ${name}: disabled, keys of theirs are refused`, `\`oneuser enable ${ID}\``)
    if (isInGroup0(user)) {
      return wrong(
        `user ${name}: in OpenNebula's group 0, keys of theirs are refused`,
        'make a user of its own, or a key with `econe-keys create --allow-admin`',
      )
    }
    return ok(`user ${name}: number ${ID}, requests can act as them`)
  } catch (error) {
    if (!(error instanceof OneError || error instanceof UnsafeValue)) throw error
    return wrong(
      `user ${name}: requests cannot act as them`,
      'is there such a user, and is it enabled? See `oneuser list`',
    )
  }
}

/** Users that are asked as, where none is named: each costs the front-end half a second. */
const GROUPS_ASKED = 5

/**
 * Names of ordinary users, one of each group: OpenNebula's rules (`oneacl`) give rights besides an object's own
 * permissions, mostly to groups, and what they add up to it says itself when it is asked as somebody.
 */
export async function oneOfEachGroup(server: OneReader): Promise<string[]> {
  const names = new Map<number, string>()
  for await (const user of server.users()) {
    const isOrdinary = user.ENABLED && !isInGroup0(user) && !user.AUTH_DRIVER.startsWith('server_')
    // They come newest first, and the oldest is the one to stay
    if (isOrdinary) names.set(user.GID, user.NAME)
  }
  return [...names].toSorted(([a], [b]) => a - b).flatMap(([, name], index) => (index < GROUPS_ASKED ? name : []))
}

export const askedAs = (names: readonly string[]): Finding =>
  note(
    names.length > 0
      ? `what users may use: asked as ${names.join(', ')}, one user of each group; --user asks as another`
      : 'what users may use: not checked, for there is no user yet to ask as',
  )
