// Every recorded exchange is replayed, in order, against a fresh sandbox of its installation over HTTP: the answers must be
// the same.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APPLIANCE_TYPES } from '../../src/sandbox/market/marketplaces.ts'
import type { SeedAppliance } from '../../src/sandbox/market/seed.ts'
import { usedLeases } from '../../src/sandbox/networks/addresses.ts'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { Lcm } from '../../src/sandbox/world/vm-states.ts'
import { type Answer, client, element, type Param, parseAnswer, rawCall, serverToken } from '../sandbox/rpc.ts'
import { EXCEPTIONS } from './exceptions.ts'
import {
  comparable,
  firstInstallation,
  type Recording,
  recordings,
  secondInstallation,
  thirdInstallation,
} from './recordings.ts'

const HOUR = 3600
const STEP = 25
const MAX_STEPS = 6000

const readable = (response: string): string => response.replaceAll('&lt;', '<').replaceAll('&gt;', '>')

interface Installation {
  name: string
  recordings: readonly Recording[]
  options: SandboxOptions
  /** Ms that passed between one file and the next. */
  pause: number
  /** What was done there and not recorded, by the recording that it preceded. */
  unrecorded: ReadonlyMap<string, (replay: Replay) => Promise<void>>
}

const INSTALLATIONS: readonly Installation[] = [
  {
    name: 'the first installation',
    recordings: firstInstallation,
    options: { seed: { allowAll: true, networkTemplate: false } },
    pause: 0,
    unrecorded: new Map([['01-auth-and-system 1', useUpFirstIds]]),
  },
  {
    name: 'the second installation',
    recordings: secondInstallation,
    options: {
      seed: {
        ...{ allowAll: true, networkTemplate: false },
        users: [{ name: 'oneadmin', password: 'opennebula', group: 'oneadmin' }],
      },
      hosts: ['host1', 'host2'],
      // Its scheduler let instances wait for longer
      delays: { pending: 3000 },
      monitoring: 30_000,
    },
    pause: 1500,
    unrecorded: new Map([
      // The recorder waited for an image, and in vain for others
      ['14-copies-and-disks 12', async replay => replay.sandbox.advance(1000)],
      ['14-copies-and-disks 28', async replay => replay.sandbox.advance(60_000)],
      ['15-usage-and-quotas 1', async replay => loseEpilog(replay, 5)],
      ['17-what-others-may-do 1', tryWhatOthersMayDo],
    ]),
  },
  {
    name: 'the third installation',
    recordings: thirdInstallation,
    options: {
      seed: {
        networkTemplate: false,
        users: [{ name: 'oneadmin', password: 'opennebula', group: 'oneadmin' }],
        marketplaces: [
          {
            ...{ name: 'Appliances', hidden: true },
            template: 'MARKET_MAD="one" ENDPOINT="http://images.example.net/" DESCRIPTION="Appliances of the operator"',
          },
        ],
        appliances: recordedAppliances(),
      },
    },
    pause: 0,
    unrecorded: new Map(),
  },
]

/** What the marketplace's driver had found, as the first list of it has it. */
function recordedAppliances(): SeedAppliance[] {
  const list = thirdInstallation.find(({ method }) => method === 'one.marketapppool.info')
  const documents = readable(list?.response ?? '').match(/<MARKETPLACEAPP>.*?<\/MARKETPLACEAPP>/g) ?? []
  return documents.toReversed().map(document => ({
    name: element(document, 'NAME') ?? '',
    marketplace: element(document, 'MARKETPLACE') ?? '',
    type: APPLIANCE_TYPES[Number(element(document, 'TYPE'))] ?? '',
    size: Number(element(document, 'SIZE')),
    source: element(document, 'SOURCE') ?? '',
    md5: element(document, 'MD5') ?? '',
    format: element(document, 'FORMAT') ?? '',
    regtime: Number(element(document, 'REGTIME')),
    template: /<TEMPLATE>.*<\/TEMPLATE>/.exec(document)?.[0] ?? '',
  }))
}

/** What `<session:other>` stands for. */
const OTHER_SESSIONS = new Map<string, () => string>([
  ['wrong password', () => 'helen:wrong'],
  ['no such user', () => 'nobody:wrong'],
  ['server_cipher token for helen', () => serverToken('serveradmin', 'helen', epoch() + HOUR)],
  ['expired server_cipher token', () => serverToken('serveradmin', 'helen', epoch() - HOUR)],
  ['server_cipher token for an unknown user', () => serverToken('serveradmin', 'nobody', epoch() + HOUR)],
  ['user pool as serveradmin', () => serverToken('serveradmin', 'serveradmin', epoch() + HOUR)],
])

const epoch = (): number => Math.floor(Date.now() / 1000)

let files: Server

/** images.example.net is a local file server with images of 5 MiB; all other hosts refuse the connection. */
async function serveFiles(): Promise<string> {
  const image = Buffer.alloc(5 * 1024 * 1024)
  files = createServer((request, response) => {
    const found = /^\/gentoo\.img|^\/appliance\/(?!\w+4\/)/.test(request.url ?? '')
    response.writeHead(found ? 200 : 404, { 'Content-Length': found ? image.length : 0 })
    response.end(found && request.method === 'GET' ? image : undefined)
  })
  await new Promise<void>(resolve => files.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(files.address() as AddressInfo).port}`
}

const fetchFrom =
  (base: string): typeof fetch =>
  async (input, init) => {
    const { host, pathname, search } = new URL(input instanceof Request ? input.url : input)
    if (host !== 'images.example.net') throw new TypeError('fetch failed')
    return await fetch(base + pathname + search, init)
  }

/** A sandbox that is taken through the recordings of one installation. */
class Replay {
  readonly sandbox: Sandbox
  readonly #installation: Installation
  readonly #passwords = new Map<string, string>()
  #url = ''

  constructor(installation: Installation, files: string) {
    this.#installation = installation
    this.sandbox = createSandbox({ manualClock: true, fetch: fetchFrom(files), ...installation.options })
    for (const { name, password } of installation.options.seed?.users ?? []) this.#passwords.set(name, password)
  }

  async listen(): Promise<void> {
    this.#url = (await this.sandbox.listen()).url
  }

  /** Calls as a user whose password is known. */
  as(name: string): (method: string, ...params: Param[]) => Promise<Answer> {
    return client(this.#url, this.#login(name))
  }

  /** The answer to a recorded call, at the time when everything that it shows was as in the recording. */
  async answer(recording: Recording): Promise<string> {
    await this.#installation.unrecorded.get(recording.name)?.(this)
    if (recording.name.endsWith(' 1')) this.sandbox.advance(this.#installation.pause)
    await this.#awaitStates(recording)
    const answer = await this.#answerInTime(recording)
    const [name, password] = recording.params
    const isUser = recording.method === 'one.user.allocate' && typeof name === 'string' && typeof password === 'string'
    if (isUser) this.#passwords.set(name, password)
    return answer
  }

  /** A VM, image or network that is not as far yet refuses what it did in the recording: it is asked again a little later. */
  async #answerInTime(recording: Recording): Promise<string> {
    const params = this.#parameters(recording)
    let answer = await rawCall(this.#url, recording.method, params)
    if (!WAITING.has(recording.method) || !parseAnswer(recording.response).ok) return answer
    for (let step = 0; step < MAX_STEPS && NOT_YET.test(answer); step += 1) {
      this.sandbox.advance(STEP)
      answer = await rawCall(this.#url, recording.method, params)
    }
    return answer
  }

  /** Lets time pass until every VM, image and network of the recorded answer is in the state that it had then, or is gone. */
  async #awaitStates(recording: Recording): Promise<void> {
    await this.sandbox.settled()
    const conditions = conditionsOf(recording)
    for (let step = 0; step < MAX_STEPS && !conditions.every(holds => holds(this.sandbox)); step += 1) {
      this.sandbox.advance(STEP)
    }
  }

  #session({ session: recorded, note }: Recording): string {
    if (recorded === '<session:other>') return OTHER_SESSIONS.get(note)?.() ?? ''
    return recorded === null ? '' : this.#withSessions(recorded)
  }

  /** `<session:helen>` in parameters, too: those of a multicall hold sessions. */
  #withSessions(text: string): string {
    return text
      .replace(/<session:server:(\w+)>/g, (_, name: string) => serverToken('serveradmin', name, epoch() + HOUR))
      .replace(/<session:(\w+)>/g, (_, name: string) => this.#login(name))
  }

  #login(name: string): string {
    return `${name}:${this.#passwords.get(name) ?? name}`
  }

  #parameters(recording: Recording): Param[] {
    const params = JSON.parse(this.#withSessions(JSON.stringify(recording.params))) as Param[]
    return recording.session === null ? params : [this.#session(recording), ...params]
  }
}

/** Calls that the recorder made when what they are for was possible. */
const WAITING: ReadonlySet<string> = new Set([
  'one.image.clone',
  'one.vm.action',
  'one.vm.attach',
  'one.vm.attachnic',
  'one.vm.detach',
  'one.vm.detachnic',
  'one.vm.diskresize',
  'one.vm.disksaveas',
  'one.vn.delete',
])

const NOT_YET = /wrong state|not available for state|VM has to be RUNNING|in state: LOCKED|it is locked/

type Condition = (sandbox: Sandbox) => boolean

/** What must hold before the recorded answer can be the sandbox's. */
function conditionsOf(recording: Recording): Condition[] {
  const { method, params } = recording
  const text = reading(recording)
  const gone = GONE.get(method)
  if (gone && text.includes('Error getting')) return [({ world }) => !world[gone].get(Number(params[0]))]
  const samples = text.match(/<MONITORING>/g)?.length ?? 0
  return [
    ...[...text.matchAll(STATES)].map(([, kind, id, state, lcm]) => stateIs(kind, Number(id), Number(state), lcm)),
    ...[...text.matchAll(POLLED)].map(
      ([, id]): Condition =>
        ({ world }) =>
          (world.vms.get(Number(id))?.lastPoll ?? 0) > 0,
    ),
    ...[...text.matchAll(LEASED)].map(
      ([, id, leases]): Condition =>
        ({ world }) => {
          const network = world.networks.get(Number(id))
          return network !== undefined && usedLeases(network) === Number(leases)
        },
    ),
    ...(method === 'one.vmpool.monitoring' ? [({ world }: Sandbox) => samplesOf(world) >= samples] : []),
  ]
}

/** Pools whose objects take a while to go. */
const GONE = new Map<string, 'images' | 'networks'>([
  ['one.image.info', 'images'],
  ['one.vn.info', 'networks'],
])

const STATES =
  /<(VM|IMAGE|VNET)><ID>(\d+)<\/ID>(?:(?!<\/\1>).)*?<STATE>(?:<!\[CDATA\[)?(\d+)(?:\]\]>)?<\/STATE>(?:<LCM_STATE>(\d+)<)?/g
const POLLED = /<VM><ID>(\d+)<\/ID>(?:(?!<\/VM>).)*?<LAST_POLL>[1-9]/g

const LEASED = /<VNET><ID>(\d+)<\/ID>(?:(?!<\/VNET>).)*?<USED_LEASES>(\d+)</g

const stateIs =
  (kind: string | undefined, id: number, state: number, lcm: string | undefined): Condition =>
  ({ world: { images, networks, vms } }) => {
    const object = kind === 'VM' ? vms.get(id) : kind === 'IMAGE' ? images.get(id) : networks.get(id)
    return object?.state === state && (lcm === undefined || vms.get(id)?.lcm === Number(lcm))
  }

const samplesOf = ({ vms }: Sandbox['world']): number => vms.all().reduce((sum, vm) => sum + vm.samples.length, 0)

/** The first installation had had an image 0 and a VM 0. */
async function useUpFirstIds(replay: Replay): Promise<void> {
  const admin = replay.as('oneadmin')
  const image = await admin('one.image.allocate', 'NAME="first" TYPE="DATABLOCK" SIZE="1"', 1, true)
  const vm = await admin('one.template.instantiate', 0, '', true, '', false)
  expect([image.value, vm.value]).toEqual(['0', '0'])
  await admin('one.vm.action', 'terminate-hard', 0)
  replay.sandbox.advance(HOUR)
  await admin('one.image.delete', 0)
  replay.sandbox.advance(HOUR)
}

/** The driver of the second installation never said that it had ended the VM's epilog. */
function loseEpilog({ sandbox }: Replay, id: number): void {
  const vm = sandbox.world.vms.get(id)
  for (let step = 0; step < MAX_STEPS && vm?.lcm !== Lcm.EPILOG; step += 1) sandbox.advance(STEP)
  if (vm) vm.ticket += 1
  sandbox.advance(30_000)
}

/** The last file had been tried before, with quotas on: what was not refused then was left there. */
async function tryWhatOthersMayDo(replay: Replay): Promise<void> {
  const helen = replay.as('helen')
  const usable = [-1, -1, -1, -1, -1, -1, 1, -1, -1]
  await helen(
    'one.template.allocate',
    'NAME="mine" EC2_INSTANCE_TYPE="t3.micro" CPU="1" MEMORY="64" CONTEXT=[START_SCRIPT="echo $USER[TOKEN_PASSWORD]"]',
  )
  await helen('one.template.chmod', 2, ...usable)
  await helen('one.secgroup.allocate', 'NAME="default" RULE=[PROTOCOL="ALL",RULE_TYPE="inbound"]')
  await helen('one.secgroup.chmod', 112, ...usable)
  expect(await helen('one.vn.reserve', 0, 'NAME="res-mine" SIZE="2"')).toMatchObject({ code: 512 })
}

/** The recorded answer, but for the exceptions. */
function reading({ name, response }: Recording): string {
  const exceptions = EXCEPTIONS.filter(({ recording }) => recording === name)
  return exceptions.reduce((read, exception) => read.replace(exception.recorded, exception.read), readable(response))
}

test('all recordings are here', () => {
  expect(recordings).toHaveLength(443)
})

test('every exception is of a recording that has what it replaces', () => {
  for (const { recording, recorded } of EXCEPTIONS) {
    const response = recordings.find(({ name }) => name === recording)?.response ?? ''
    expect(readable(response)).toMatch(recorded)
  }
})

describe.each(INSTALLATIONS)('$name', installation => {
  let replay: Replay

  beforeAll(async () => {
    replay = new Replay(installation, await serveFiles())
    await replay.listen()
  })

  afterAll(async () => {
    files.close()
    await replay.sandbox.close()
  })

  test.each(installation.recordings)('$name: $method, $note', async recording => {
    expect(comparable(await replay.answer(recording))).toEqual(comparable(reading(recording)))
  })
})
