// The whole life cycle on a front-end that fails, on each upstream method in turn. Failures of a kind take turns; with FAILURES=all each
// method is given all of them.
//
// The client is AWS's SDK with the retries that it has by default. Every answer has to be right, a 503 or OpenNebula's internal error (or a connection
// that breaks off in a list), the retries have to complete the life cycle, and in the end there is what was asked for.
import {
  CreateKeyPairCommand,
  CreateTagsCommand,
  DeleteKeyPairCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  EC2Client,
  type Instance,
  RegisterImageCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { afterAll, describe, expect, it } from 'vitest'
import type { Failure, Injection } from '../../src/sandbox/control/faults.ts'
import { credentials, until } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

/** Failures of a kind, on a cloud of their own. */
interface Kind {
  readonly failures: Readonly<Record<string, Failure>>
  /** How many of them a method is given. */
  readonly turns: number
  /** How many calls of a method fail, one after the other. */
  readonly times: number
}

/** Time-outs upstream are a second, and two for what changes something. Twice is what the SDK's retries make up for. */
const kinds: Readonly<Record<string, Kind>> = {
  slow: {
    times: 1,
    turns: 1,
    failures: {
      // Shortly beyond: what takes effect after a whole life is over is there again
      'latency beyond the time-out': { kind: 'latency', ms: 2100 },
      'a slow drip': { kind: 'drip', bytes: 20, ms: 100 },
    },
  },
  sudden: {
    times: 2,
    turns: 2,
    failures: {
      'dropped before it took effect': { kind: 'drop', when: 'before' },
      'dropped after it took effect': { kind: 'drop', when: 'after' },
      'half of the answer': { kind: 'truncated' },
      'an internal error of OpenNebula': { kind: 'error', code: 8192, message: 'Internal error' },
      'HTTP 500 after it took effect': { kind: 'status', status: 500, when: 'after' },
      'no XML': { kind: 'malformed' },
    },
  },
}

const GIVES_ALL = process.env['FAILURES'] === 'all'

/** What the life cycle calls. */
const methods = [
  'system.multicall',
  'one.user.info',
  'one.user.update',
  'one.templatepool.info',
  'one.secgrouppool.info',
  'one.image.info',
  'one.image.update',
  'one.imagepool.info',
  'one.template.instantiate',
  'one.vmpool.infoset',
  'one.vmpool.infoextended',
  'one.vm.action',
  'one.vm.update',
]

interface Row {
  readonly failure: string
  readonly method: string
  readonly struck: number
  readonly answers: string
}

const rows: Row[] = []

afterAll(() => {
  const names: (keyof Row)[] = ['failure', 'method', 'struck', 'answers']
  const width = (name: keyof Row) => Math.max(...rows.map(row => String(row[name]).length), name.length)
  const line = (cell: (name: keyof Row) => string) => names.map(name => cell(name).padEnd(width(name))).join('  ')
  console.log([line(name => name), ...rows.map(row => line(name => String(row[name])))].join('\n'))
})

/** A cloud with a user for each life, so that what one leaves to be looked after meets no failure of another. */
async function cloudFor(lives: number): Promise<Cloud> {
  const users = Array.from({ length: lives }, (_, life) => nameOf(life))
  const seed = {
    privateAddresses: 3 * lives,
    users: users.map(name => ({ name, password: name })),
    images: users.map(owner => ({ name: 'disk', owner, size: 10 })),
  }
  const cloud = await startCloud({ seed, authDelay: 0 }, { UPSTREAM_TIMEOUT_SECONDS: '1' })
  cloud.sandbox.setDelays({ pending: 1, prolog: 1, boot: 1, shutdown: 1, epilog: 1 })
  return cloud
}

/**
 * By the method, another latency. A stop that takes effect long after it was given up may come after the start that followed:
 * nobody at the edge can tell it from one that was asked for anew. Actions are slow, then, but not too slow. And the repeat of a
 * registration that took effect meanwhile finds its name taken, as at AWS: it is slower than any repeat.
 */
const BEARABLE: Readonly<Record<string, number>> = { 'one.vm.action': 1500, 'one.image.update': 20_000 }

const bearable = (failure: Failure, method: string): Failure =>
  failure.kind === 'latency' ? { ...failure, ms: BEARABLE[method] ?? failure.ms } : failure

const nameOf = (life: number) => `user-${life}`

/** A client as the SDK makes it by default, that notes what it is answered. */
function clientOf({ endpoint }: Cloud, user: string, answers: string[]): EC2Client {
  const client = new EC2Client({ endpoint, region: 'us-east-1', credentials: credentials(user) })
  client.middlewareStack.add(
    forward => async request => {
      try {
        const result = await forward(request)
        answers.push(String((result.response as { statusCode?: number }).statusCode))
        return result
      } catch (error) {
        answers.push('broken off')
        throw error
      }
    },
    { step: 'deserialize', priority: 'low' },
  )
  return client
}

const instancesOf = async (client: EC2Client): Promise<Instance[]> => {
  const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}))
  return Reservations.flatMap(({ Instances = [] }) => Instances)
}

const untilAll = (client: EC2Client, state: string) =>
  until(state, async () => {
    const instances = await instancesOf(client)
    return instances.length === 3 && instances.every(({ State }) => State?.Name === state) && instances
  })

/** From a disk image (by its number) to three instances and back to nothing, and what has to be true on the way. */
async function liveALife(client: EC2Client, disk: number): Promise<void> {
  const registered = await client.send(new RegisterImageCommand({ ImageLocation: String(disk), Name: 'mine' }))
  const ImageId = registered.ImageId ?? ''
  const { Images } = await client.send(new DescribeImagesCommand({ Owners: ['self'] }))
  expect(Images?.map(image => image.ImageId)).toEqual([ImageId])

  const pair = await client.send(new CreateKeyPairCommand({ KeyName: 'mine', KeyType: 'ed25519' }))
  expect(pair.KeyMaterial).toContain('PRIVATE KEY')
  // A call whose answer was lost may come about behind the one that counts, which is then made again
  await until('the key pair', async () => {
    const { KeyPairs = [] } = await client.send(new DescribeKeyPairsCommand({}))
    return KeyPairs.length === 1 && KeyPairs[0]?.KeyFingerprint === pair.KeyFingerprint
  })

  const run = await client.send(
    new RunInstancesCommand({ ImageId, KeyName: 'mine', SecurityGroups: ['default'], MinCount: 3, MaxCount: 3 }),
  )
  const InstanceIds = (run.Instances ?? []).map(({ InstanceId = '' }) => InstanceId)
  expect(InstanceIds).toHaveLength(3)
  const tag = { Key: 'Name', Value: 'näme ☃' }
  await client.send(new CreateTagsCommand({ Resources: [...InstanceIds, ImageId], Tags: [tag] }))
  const running = await untilAll(client, 'running')
  expect(new Set(running.map(({ InstanceId }) => InstanceId))).toEqual(new Set(InstanceIds))
  expect(running.map(({ Tags }) => Tags)).toEqual([[tag], [tag], [tag]])

  await client.send(new StopInstancesCommand({ InstanceIds }))
  await untilAll(client, 'stopped')
  await client.send(new StartInstancesCommand({ InstanceIds }))
  await untilAll(client, 'running')
  await client.send(new TerminateInstancesCommand({ InstanceIds }))
  await untilAll(client, 'terminated')
  await client.send(new DeleteKeyPairCommand({ KeyName: 'mine' }))
  // A pair of a request that failed may come about late, and is taken back
  await until('no key pair', async () => (await client.send(new DescribeKeyPairsCommand({}))).KeyPairs?.length === 0)
}

/** One life, and what the client was answered in it. */
async function liveWith(cloud: Cloud, life: number, row: Omit<Row, 'struck' | 'answers'>, failure?: Injection) {
  const answers: string[] = []
  const client = clientOf(cloud, nameOf(life), answers)
  const { faults } = cloud.sandbox
  if (failure) faults.add(failure)
  await liveALife(client, life).catch((cause: unknown) => {
    throw new Error(`${row.failure} on ${row.method}: ${answers.join()}`, { cause })
  })
  const struck = (failure?.times ?? 0) - faults.list().reduce((sum, { times = 0 }) => sum + times, 0)
  faults.clear()
  const count = (text: string) => answers.filter(answer => answer === text).length
  const shown = [...new Set(answers)].toSorted().map(answer => `${count(answer)} × ${answer}`)
  rows.push({ ...row, struck, answers: shown.join(', ') })
  expect(
    answers.filter(answer => !['200', '500', '503', 'broken off'].includes(answer)),
    JSON.stringify(row),
  ).toEqual([])
  expect(struck > 0, JSON.stringify(row)).toBe(failure !== undefined)
}

describe('the life cycle', { timeout: 300_000 }, () => {
  it.concurrent.each(Object.entries(kinds))(
    'survives %s failures of every method',
    async (_, { failures, times, turns }) => {
      const ways = Object.entries(failures)
      const given = GIVES_ALL ? ways.length : turns
      const each = methods.flatMap((method, index) =>
        ways
          .filter((_, turn) => (turn + index * given) % ways.length < given)
          .map(([name, failure]) => ({ name, failure, method })),
      )
      const cloud = await cloudFor(each.length + 1)
      try {
        await liveWith(cloud, each.length, { failure: 'none', method: '' })
        expect(rows.find(({ failure }) => failure === 'none')?.answers).toMatch(/^\d+ × 200$/)
        for (const [life, { name, failure, method }] of each.entries()) {
          await liveWith(cloud, life, { failure: name, method }, { ...bearable(failure, method), method, times })
        }
      } finally {
        await cloud.stop()
      }
    },
  )
})
