// The keys and roles of a Worker, opened for an operator's command.
import { AccessKeys } from '../auth/keys.ts'
import { Roles } from '../auth/roles.ts'
import type { Arguments } from '../cli/arguments.ts'
import { Failure } from '../cli/errors.ts'
import { type Io, print } from '../cli/program.ts'
import { formatTable, type Heading } from '../cli/table.ts'
import type { Variables } from '../config/names.ts'
import { StoreBelow } from '../config/store.ts'
import { edgeSecrets } from '../config/variables.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { withIndex } from './kv.ts'
import type { Job } from './program.ts'

/** What a command works with besides what it is given. */
export interface Scene {
  readonly io: Io
  /** What is sealed in all regions that are meant. */
  readonly everywhere: readonly Stored[]
  readonly all: readonly Stored[]
}

/** What is sealed in KV for a region. */
export interface Stored {
  readonly keys: AccessKeys
  readonly roles: Roles
  readonly region: string
  readonly variables: Variables
}

/** What is done with the keys and roles of a Worker: `stored` are those of the region that is named, else of the first. */
export function withStore(work: (stored: Stored, given: Arguments, scene: Scene) => Promise<void>): Job['run'] {
  return async (given, operator, io) => {
    const now = () => Date.now()
    const regions = operator.all.map(region => ({ ...region, secrets: edgeSecrets(region.variables) }))
    const isMeant = ({ region }: Stored) => operator.everywhere.some(each => each.region === region)
    try {
      await withIndex(operator, io.env, async index => {
        const all = regions.map(({ region, variables, prefix, secrets }): Stored => {
          const parts = { store: prefix === '' ? index : new StoreBelow(index, prefix), secrets, now }
          return { keys: new AccessKeys(parts), roles: new Roles(parts), region, variables }
        })
        const everywhere = all.filter(isMeant)
        const [stored] = everywhere
        if (stored) await work(stored, given, { io, everywhere, all })
      })
    } catch (error) {
      throw inWords(error)
    }
    return 0
  }
}

/** What goes wrong with keys, as an operator can do something about it. */
function inWords(error: unknown): unknown {
  if (!(error instanceof Ec2Error)) return error
  if (error.cause instanceof Failure) return error.cause
  if (error.code !== 'InternalError') return new Failure(error.message)
  return new Failure(
    `${error.message} Is EDGE_SECRET the one that it was made under? The one before it belongs into EDGE_SECRET_OLD; if ` +
      'nobody has it any more, delete it.',
  )
}

/**
 * Does something to what has a name in every region that has it, whatever becomes of it in another one.
 * @param act is told what to add to a message where there are several regions: ` in south`
 * @throws what failed first, and that nobody has it where that is so
 */
export async function wherever(
  { everywhere, all }: Scene,
  act: (stored: Stored, where: string) => Promise<void>,
): Promise<void> {
  const errors: unknown[] = []
  for (const stored of everywhere) {
    await act(stored, all.length > 1 ? ` in ${stored.region}` : '').catch((error: unknown) => errors.push(error))
  }
  const isMissing = (error: unknown) => error instanceof Ec2Error && error.code === 'NoSuchEntity'
  const failure = errors.find(error => !isMissing(error))
  if (failure !== undefined) throw failure
  if (errors.length === everywhere.length) throw errors.at(-1)
}

/** A table of what there is everywhere, with the region in front where there are several. */
export async function printEverywhere<T>(
  scene: Scene,
  columns: readonly Heading[],
  { list, row, heads }: { list: (stored: Stored) => AsyncIterable<T>; row: (each: T) => string[]; heads: boolean },
): Promise<void> {
  const { io, everywhere, all } = scene
  const isOne = all.length === 1
  const rows: string[][] = []
  for (const stored of everywhere) {
    for await (const each of list(stored)) rows.push([...(isOne ? [] : [stored.region]), ...row(each)])
  }
  const region = isOne ? [] : [{ head: 'Region', width: 12 }]
  print(io, formatTable([...region, ...columns], rows, heads ? 0 : undefined))
}
