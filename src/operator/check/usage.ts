// econe-check --usage: what all accounts used in a month, or one of them, as the Worker tells the operator.
import { ACCOUNTS_PATH, usagePath } from '../../auth/operator-door.ts'
import { listIn, textOf } from '../../cli/answers.ts'
import { Failure, networkFailure } from '../../cli/errors.ts'
import { parsed } from '../../cli/json.ts'
import type { UsageLine } from '../../cli/usage/report.ts'
import { isJsonObject, type JsonObject } from '../../lib/json-object.ts'
import { askDoor, type DoorAnswer, type DoorConfig, doorAddress, UNPROVEN } from './door.ts'

/** Who is asked about what. */
export interface UsageQuestion {
  /** The Worker's address. */
  readonly url: string
  readonly config: DoorConfig
  /** `2026-11` */
  readonly month: string
  /** The name of a user, or its 12 digits; all where absent. */
  readonly account: string | undefined
}

/**
 * The lines of the report, by accounts; those that used nothing have none.
 * @throws {Failure} in words
 */
export async function usageLines({ url, config, month, account }: UsageQuestion): Promise<UsageLine[]> {
  const ask = async (path: string, name: string) => listIn(await answerOf(path, url, config), name)
  const all = (await ask(ACCOUNTS_PATH, 'accounts')).map(each => ({
    id: textOf(each['id']),
    name: textOf(each['name']),
  }))
  const asked = all
    .filter(({ id, name }) => account === undefined || id === account || name === account)
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
  if (asked.length === 0 && account !== undefined)
    throw new Failure(`there is no user ${account}: see \`oneuser list\``)
  const lines: UsageLine[] = []
  // One after the other: each is a question to OpenNebula about all that a user has
  for (const { id, name: user } of asked) {
    for (const line of await ask(usagePath(id, month), 'usage')) {
      lines.push({
        ...{ account: id, user, type: textOf(line['type']) },
        ...{ quantity: textOf(line['quantity']), unit: textOf(line['unit']) },
      })
    }
  }
  return lines
}

/** Times that a question is asked again that came too soon after others, and how long after; milliseconds. */
const TIMES = 30
const PAUSE = 2000

async function answerOf(path: string, url: string, config: DoorConfig): Promise<JsonObject> {
  const address = doorAddress(path, url, config)
  if (!address) throw new Failure(`'${url}' is no address: give the Worker's, such as https://ec2.example.com`)
  for (let time = 0; ; time++) {
    const { status, text } = await reached(path, address, config)
    if (status === 429 && time < TIMES) {
      await new Promise(resolve => setTimeout(resolve, PAUSE))
      continue
    }
    if (status === 404) throw new Failure(`the Worker does not tell of usage: ${UNPROVEN}`)
    const answer = status === 200 ? parsed(text) : undefined
    if (isJsonObject(answer)) return answer
    throw new Failure(`the Worker answers with HTTP status ${status}: see its log`)
  }
}

const reached = (path: string, address: URL, config: DoorConfig): Promise<DoorAnswer> =>
  askDoor(path, address, config).catch((error: unknown) => {
    throw networkFailure(address, error)
  })
