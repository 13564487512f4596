// No secret of any test is in an event: whatever was noted as secret while tests ran (noting.ts) is looked for in the events of
// every account of a cloud when that is stopped, and with it the passwords of its users.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Sandbox } from '../../src/sandbox/server.ts'

/** Characters of a secret that are not anywhere by chance: shorter ones are not looked for. */
export const TELLING = 12

/**
 * @param storage the folder with what the cloud's Workers have stored, which have ended
 * @param file with what was noted
 * @throws Error where something secret is in an event of one of the cloud's accounts
 */
export function expectNoSecrets(storage: string, { world }: Sandbox, file: string): void {
  const secrets = ['PRIVATE KEY-----', ...world.users.all().map(({ password }) => password), ...noted(file)]
  const events = globSync(join(storage, 'do', '**', '*.sqlite')).flatMap(eventsIn)
  const found = secretIn(events, secrets)
  if (found !== undefined) throw new Error(`an event has a secret that begins with ${found}`)
}

/** The events in the database of a Durable Object, each as its table has it. */
function eventsIn(path: string): object[] {
  using database = new DatabaseSync(path, { readOnly: true })
  if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get()) return []
  return database
    .prepare('SELECT * FROM events')
    .all()
    .map(row => ({ ...row, resources: read(row['resources']), details: read(row['details']) }))
}

/** A secret is looked for in what a column says, not in how that is written. */
const read = (column: unknown): unknown => JSON.parse(String(column))

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
