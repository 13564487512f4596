// A walk: the calls of a client's for what it sets up, looks at, changes and takes down, as a table.
import type {
  $Command,
  EC2Client,
  EC2ClientResolvedConfig,
  ResourceType,
  ServiceInputTypes,
  ServiceOutputTypes,
} from '@aws-sdk/client-ec2'
import { expect, vi } from 'vitest'

/** The ids that one call gives and later ones name. */
export type Notes<Name extends string> = Readonly<Record<Name, string>>

type Command<I extends ServiceInputTypes, O extends ServiceOutputTypes> = new (
  input: I,
) => $Command<I, O, EC2ClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>

type Pattern<Name extends string> = (notes: Notes<Name>) => object

interface Outcome<Name extends string, O> {
  /** What the answer has in it. */
  readonly shows?: Pattern<Name>
  /** What the answer has in it in the end: the client asks until then, as waiters do. */
  readonly until?: Pattern<Name>
  /** What it takes from the answer. */
  readonly notes?: (output: O) => Partial<Record<Name, string | undefined>>
  /** The code of the error that the client expects. */
  readonly refused?: string
}

/** One call. Gives what the client takes from the answer. */
export type Step<Name extends string> = (client: EC2Client, notes: Notes<Name>) => Promise<object>

/** A call by which the client sees how something stands, and what it shows once it was made, changed, and is gone. */
export interface Look<Name extends string> {
  readonly ask: (client: EC2Client, notes: Notes<Name>) => Promise<object>
  readonly made: Pattern<Name>
  /** As it was made, where it is absent. */
  readonly changed?: Pattern<Name>
  /** What it shows in the end, or the code of the error where it is not found by its id. Absent for what was there before. */
  readonly gone?: string | Pattern<Name>
}

export interface Walk<Name extends string> {
  readonly apply: readonly Step<Name>[]
  readonly looks: readonly Look<Name>[]
  readonly update: readonly Step<Name>[]
  readonly remove: readonly Step<Name>[]
}

/** What tables are written with, for a walk with notes of these names. */
export function walkWith<Name extends string>() {
  const asks =
    <I extends ServiceInputTypes, O extends ServiceOutputTypes>(
      Kind: Command<I, O>,
      input: (notes: Notes<Name>) => I,
    ) =>
    async (client: EC2Client, notes: Notes<Name>): Promise<Omit<O, '$metadata'>> => {
      const { $metadata: _, ...output } = await client.send(new Kind(input(notes)))
      return output
    }
  return {
    step: <I extends ServiceInputTypes, O extends ServiceOutputTypes>(
      Kind: Command<I, O>,
      input: (notes: Notes<Name>) => I,
      { shows, until, notes: taken, refused }: Outcome<Name, Omit<O, '$metadata'>> = {},
    ): Step<Name> => {
      const ask = asks(Kind, input)
      return async (client, notes) => {
        if (refused !== undefined) {
          await expect(ask(client, notes), Kind.name).rejects.toMatchObject({ name: refused })
          return {}
        }
        const look = async () => {
          const output = await ask(client, notes)
          if (until) expect(output, Kind.name).toMatchObject(until(notes))
          return output
        }
        const output = await (until ? vi.waitFor(look, { timeout: 30_000, interval: 25 }) : look())
        if (shows) expect(output, Kind.name).toMatchObject(shows(notes))
        return taken?.(output) ?? {}
      }
    },
    look: <I extends ServiceInputTypes, O extends ServiceOutputTypes>(
      Kind: Command<I, O>,
      input: (notes: Notes<Name>) => I,
      standings: Omit<Look<Name>, 'ask'>,
    ): Look<Name> => ({ ask: asks(Kind, input), ...standings }),
  }
}

/** Filters of one value each. */
export const filters = (of: Readonly<Record<string, string>>) =>
  Object.entries(of).map(([Name, value]) => ({ Name, Values: [value] }))

/** Tags as AWS's API has them. */
export const tags = (of: Readonly<Record<string, string>>) => Object.entries(of).map(([Key, Value]) => ({ Key, Value }))

/** The tags with which something is made. */
export const made = (ResourceType: ResourceType, of: Readonly<Record<string, string>>) => ({
  TagSpecifications: [{ ResourceType, Tags: tags(of) }],
})

/** Every address, in a rule of a security group. */
export const ANYWHERE = '0.0.0.0/0'

/** A rule of a security group that lets a range of ports in or out, for every address. */
export const rule = (IpProtocol: string, FromPort: number, ToPort = FromPort) => ({
  IpPermissions: [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp: ANYWHERE }] }],
})

/** A public key that nobody has the private one of. */
export const PUBLIC_KEY = Buffer.from(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH2T3v6qBs3F8+J+F4UCloAfIFW1aFE2RGjjPAzch6HZ helen@example.com',
)

/** The image that the operator has for all. */
export const IMAGE = 'ami-00000000'
