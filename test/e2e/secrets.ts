// No secret of any test is in an event: whatever was noted as secret while tests ran (noting.ts) is looked for in the events of
// every account of a cloud when that is stopped, and with it the passwords of its users.
import { existsSync, readFileSync } from 'node:fs'
import type { EventPage, EventQuery } from '../../src/account/events/event.ts'
import { accountId } from '../../src/ec2/core/account.ts'
import type { Sandbox } from '../../src/sandbox/server.ts'

/** Characters of a secret that are not anywhere by chance: shorter ones are not looked for. */
export const TELLING = 12

/** The accounts' objects. */
export interface Accounts {
  getByName(account: string): { lookUp(query: EventQuery): Promise<EventPage> }
}

/** @throws Error where something secret is in an event of one of the cloud's accounts */
export async function expectNoSecrets({ ACCOUNT }: { readonly ACCOUNT: Accounts }, { world }: Sandbox, file: string) {
  const users = world.users.all()
  const secrets = ['PRIVATE KEY-----', ...users.map(({ password }) => password), ...noted(file)]
  for (const { id, name } of users) {
    const { events } = await ACCOUNT.getByName(accountId(id)).lookUp({ most: Number.MAX_SAFE_INTEGER })
    const found = secretIn(events, secrets)
    if (found !== undefined) throw new Error(`an event of ${name} has a secret that begins with ${found}`)
  }
}

const noted = (file: string): string[] =>
  existsSync(file)
    ? Array.from(readFileSync(file, 'utf8').trimEnd().split('\n'), line => JSON.parse(line) as string)
    : []

/** How a secret begins that is in a value; undefined where none is. */
export function secretIn(value: unknown, secrets: Iterable<string>): string | undefined {
  const text = JSON.stringify(value)
  const escaped = Map.groupBy(
    Array.from(new Set(secrets), secret => JSON.stringify(secret).slice(1, -1)),
    secret => secret.slice(0, TELLING),
  )
  // Of many secrets each place is looked at once
  for (let at = 0; at + TELLING <= text.length; at++) {
    const begin = text.slice(at, at + TELLING)
    if (escaped.get(begin)?.some(secret => text.startsWith(secret, at))) return begin
  }
  return undefined
}
