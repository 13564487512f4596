// Every change, broken off wherever it can be: killed, or one of its calls lost, which takes effect later. Nothing is half done then,
// nor done twice, and nothing is left of it: in the cloud, in the account's object, in R2 and KV.
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Env } from '../../src/edge/services.ts'
import { once } from '../../src/lib/once.ts'
import { limits } from '../../src/limits.ts'
import type { Failure } from '../../src/sandbox/control/faults.ts'
import type { Owned } from '../../src/sandbox/world/model.ts'
import {
  ALL,
  allChanges,
  begin,
  type ChangeAction,
  type EveryChange,
  everyChange,
  hasToken,
  type Scene,
  STAYING,
} from './every-change.ts'
import { aDisk, changes, Killed } from './stage.ts'

const { INDEX, STAGING } = env as Env
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const [READY, LOCKED, DONE, HELEN] = [1, 4, 6, 2]

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
})
afterEach(() => vi.restoreAllMocks())

/** Until all is decided. */
async function end(scene: Scene): Promise<string[]> {
  const { stage } = scene
  await stage.pass(MINUTE)
  // A download ends with whoever it was begun by
  for (const image of stage.sandbox.world.images.all()) {
    if (image.state === LOCKED && image.cloningId < 0 && image.uid === HELEN) image.state = READY
  }
  await stage.pass(3 * HOUR)
  return left(scene)
}

/** All that the account has, a line each: the same lines for the same things. */
async function left({ stage, request }: Scene): Promise<string[]> {
  const { world } = stage.sandbox
  const running = world.vms.all().filter(({ state }) => state !== DONE)
  const addresses = world.networks.all().map(({ ranges }) => ranges.map(({ leases }) => Object.keys(leases).length))
  const { keys } = await INDEX.list({ prefix: 'key' })
  return [
    ...lines('user', world.users.get(HELEN)?.template),
    ...owned('image', world.images.all(), ({ state, type, persistent, size, vms }) => [
      state,
      type,
      persistent,
      size,
      vms.length,
    ]),
    ...owned('vm', running, ({ state, lcm, userTemplate }) => [state, lcm, userTemplate]),
    ...owned('network', world.networks.all(), ({ state, vms }) => [state, vms.length]),
    ...owned('group', world.securityGroups.all(), ({ vms, leaving }) => [vms.length, leaving.length]),
    ...owned('document', world.documents.all(), ({ type }) => [type]),
    ...owned('vmGroup', world.vmGroups.all(), ({ roles }) => [roles.length]),
    ...lines('addresses', addresses.flat().filter(Boolean)),
    ...lines('unfinished', await stage.unfinished()),
    ...keys.map(({ name }) => name),
    ...lines('staged', (await STAGING.list()).objects.length),
  ]
    .map(line => plain(line, request))
    .toSorted()
}

const owned = <T extends Owned>(kind: string, objects: readonly T[], more: (object: T) => unknown) =>
  objects
    .filter(({ uid }) => uid === HELEN)
    .flatMap(object => lines(kind, [object.name, object.template, object.permissions.join(' '), more(object)]))

/** The numbers of other objects, and what nobody asks about when its time is over. */
const PASSING =
  /^(?:(?:.*_)?(?:ID|IDS|SOURCE|TARGET)|SECURITY_GROUP_RULE|EC2_ADDRESS_MOVED|EC2_HOTPLUG|EC2_DISK_\d+_DETACH|UUID|moving|token)$/

function lines(path: string, value: unknown): string[] {
  if (typeof value === 'string') {
    const inside = record(value)
    return inside === undefined ? (value === '' ? [] : [`${path} ${value}`]) : lines(path, inside)
  }
  if (value === null || typeof value !== 'object') return [`${path} ${String(value)}`]
  return Object.entries(value).flatMap(([name, member]) => (PASSING.test(name) ? [] : lines(`${path}.${name}`, member)))
}

/** What a record says, which is base64 of JSON; undefined for another text. */
function record(text: string): unknown {
  try {
    const inside: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text)))
    return typeof inside === 'object' ? inside : undefined
  } catch {
    return undefined
  }
}

/** A line without what differs from world to world: ids, addresses, keys and moments. Ids of the request stay told apart. */
function plain(line: string, request: object): string {
  const ids = JSON.stringify(request).matchAll(/"(\w+)":\[?"([a-z]+-[0-9a-f]{17})"/g)
  const named = new Map(Array.from(ids, ([, member = '', id = '']) => [id, member]))
  return line
    .replaceAll(
      /\b([a-z]+)-[0-9a-f]{17}\b(?::[\w-]+)?/g,
      (id, kind: string) => named.get(id.split(':')[0] ?? '') ?? kind,
    )
    .replaceAll(/\b(?:\d{1,3}\.){3}\d{1,3}\b(?!\/)/g, '*')
    .replaceAll(/\b(?:[0-9a-f]{2}:){5,}[0-9a-f]{2}\b|[\w+/=]{40,}|\b[A-Z0-9]{20}\b/g, '*')
    .replaceAll(/\d{9,}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, '*')
}

const without = (some: readonly string[], others: readonly string[]) => {
  const rest = [...others]
  return some.filter(each => {
    const at = rest.indexOf(each)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

/** What an outcome lacks of one of those that may be, and what it has besides; of the one that it is most like. */
function difference(outcome: readonly string[], allowed: readonly (readonly string[])[]) {
  const all = allowed.map(each => ({ lacks: without(each, outcome), besides: without(outcome, each) }))
  return all.toSorted((a, b) => a.lacks.length + a.besides.length - b.lacks.length - b.besides.length)[0]
}

const NONE = { lacks: [], besides: [] }

const isRepeatable = (action: ChangeAction) => hasToken(action) || !everyChange[action].another

/** How a change ends that nothing disturbs, asked for twice where that is to be the same; and how it is where nobody asks for it. */
async function ends(action: ChangeAction) {
  const scene = await begin(action, true)
  const first = await scene.perform()
  const again = isRepeatable(action) ? await scene.perform() : undefined
  const undone = once(async () => end(await begin(action, true)))
  return { error: first.error?.code, again: again?.error?.code, undone, done: await end(scene) }
}
type Ends = Awaited<ReturnType<typeof ends>>

/** One way to break it off. @returns whether it was, and whether its caller was told that it is done */
type Break = (
  scene: Scene,
) => Promise<{ readonly isBroken: boolean; readonly isAnswered: boolean; readonly late?: () => Promise<void> }>

const killedAt =
  (step: number): Break =>
  async ({ stage, perform }) => {
    stage.killAt(step)
    let isAnswered = false
    try {
      isAnswered = (await perform()).error === undefined
      // Then in what goes on behind the answer
      await stage.pass(HOUR)
    } catch (error) {
      if (!isAnswered) expect(error).toBeInstanceOf(Killed)
    }
    return { isBroken: stage.disarm(), isAnswered }
  }

/** @param late whether the front-end works on it only when all is over, and asked for again */
const lostAt =
  (late: boolean) =>
  (call: number): Break =>
  async ({ stage, perform }) => {
    const isLost = stage.delay(call)
    const { error } = await perform()
    const isBroken = isLost()
    if (!late || !isBroken) await stage.workOff()
    const comesLate = async () => {
      await stage.pass(MINUTE)
      await stage.workOff()
    }
    return { isBroken, isAnswered: error === undefined, ...(late && { late: comesLate }) }
  }

const refusal: Failure = { kind: 'error', code: 8192, message: 'Internal error' }

/** Has the front-end refuse calls that change something, by how many there were. */
function refusing({ sandbox: { faults } }: Scene['stage'], isRefused: (call: number) => boolean) {
  let calls = 0
  const take = (method: string) => (changes(method) && isRefused(++calls) ? [refusal] : [])
  const taking = vi.spyOn(faults, 'take').mockImplementation(take)
  return { count: () => calls, stop: () => taking.mockRestore() }
}

const refusedAt =
  (at: number): Break =>
  async ({ stage, perform }) => {
    const { count, stop } = refusing(stage, call => call === at)
    const { error } = await perform()
    stop()
    return { isBroken: count() >= at, isAnswered: error === undefined }
  }

/** Breaks it off in one way, at each of the steps that it has. @param repeats whether its caller asks again */
async function breakOff(
  action: ChangeAction,
  { at, steps }: Pick<Way, 'at' | 'steps'>,
  repeats: boolean,
  known: Ends,
): Promise<void> {
  const change: EveryChange = everyChange[action]
  for (const step of steps) {
    const scene = await begin(action, repeats)
    const { isBroken, isAnswered, late } = await at(step)(scene)
    if (!isBroken) return
    const asksAgain = repeats && !isAnswered
    const again = asksAgain ? (await scene.perform()).error?.code : known.error
    await late?.()
    const outcome = await end(scene)
    if (asksAgain && late && change.late) continue
    if (!repeats && !isAnswered && change.part) continue
    const isDone = isAnswered || (asksAgain && (again === undefined || !change.goes))
    const where = `step ${step}${isAnswered ? ', answered' : ''}`
    if (again !== undefined) expect(again, where).toBe(change.told)
    expect(difference(outcome, isDone ? [known.done] : [await known.undone(), known.done]), where).toEqual(NONE)
  }
}

/** Refuses all that the account asks for from one call on. @returns the tasks of it that are left in the end */
async function leftOfPoison(action: ChangeAction, from: number) {
  const { stage, perform } = await begin(action, true)
  const { count, stop } = refusing(stage, call => call >= from)
  await perform()
  const isBroken = count() >= from
  await stage.pass(2 * limits.goalAge.most * HOUR)
  stop()
  const left = await stage.unfinished()
  return { isBroken, left: left.filter(task => !STAYING.test(task)) }
}

/** What is tried of that each time: a call of which something is left that has to go. */
const POISONED: readonly (readonly [action: ChangeAction, from: number])[] = [
  ['CreateImage', 2],
  ['AllocateAddress', 2],
]

interface Way {
  readonly name: string
  readonly at: (step: number) => Break
  /** The steps that are tried of every other change: those where most is under way. */
  readonly steps: Iterable<number>
}

const ways: readonly Way[] = [
  { name: 'it is killed', at: killedAt, steps: [3] },
  { name: 'a call of it comes late', at: lostAt(true), steps: [1] },
]

/** What is tried besides. */
const more: readonly Way[] = [
  { name: 'an answer is lost', at: lostAt(false), steps: [] },
  { name: 'a call is refused', at: refusedAt, steps: [] },
]

function* upwards(): Generator<number> {
  for (let step = 1; ; step++) yield step
}

/** What ends something, by what its id begins with. */
const endings: Readonly<Record<string, readonly [action: string, input: (id: string) => object]>> = {
  i: ['TerminateInstances', id => ({ InstanceIds: [id] })],
  ami: ['DeregisterImage', ImageId => ({ ImageId })],
  vol: ['DeleteVolume', VolumeId => ({ VolumeId })],
  snap: ['DeleteSnapshot', SnapshotId => ({ SnapshotId })],
  sg: ['DeleteSecurityGroup', GroupId => ({ GroupId })],
  eipalloc: ['ReleaseAddress', AllocationId => ({ AllocationId })],
  vpc: ['DeleteVpc', VpcId => ({ VpcId })],
  subnet: ['DeleteSubnet', SubnetId => ({ SubnetId })],
  eni: ['DeleteNetworkInterface', NetworkInterfaceId => ({ NetworkInterfaceId })],
  igw: ['DeleteInternetGateway', InternetGatewayId => ({ InternetGatewayId })],
  rtb: ['DeleteRouteTable', RouteTableId => ({ RouteTableId })],
  dopt: ['DeleteDhcpOptions', DhcpOptionsId => ({ DhcpOptionsId })],
}

/** How all is ended that a request names; what the action itself ends is not. */
const endingsIn = (action: ChangeAction, request: object) =>
  Array.from(JSON.stringify(request).matchAll(/"(([a-z]+)-[0-9a-f]{8,17})"/g), ([, id = '', kind = '']) => ({
    id,
    kind,
  })).flatMap(({ id, kind }) => {
    const [ending, input] = endings[kind] ?? []
    return ending && input && ending !== action ? [{ ending, input: input(id) }] : []
  })

/** A change, and the end of something that it is about: in one order or at once. */
async function withEnding(action: ChangeAction, index: number, order: 'before' | 'after' | 'at once') {
  const scene = await begin(action, true)
  const { stage, request, perform } = scene
  const { ending = '', input = {} } = endingsIn(action, request)[index] ?? {}
  const works = [perform, () => stage.perform(ending, input)]
  const codes: (string | undefined)[] = []
  const run = async (index: number) => {
    codes[index] = (await works[index]?.())?.error?.code
  }
  if (order === 'at once') await Promise.all([run(0), run(1)])
  else for (const at of order === 'before' ? [1, 0] : [0, 1]) await run(at)
  return { codes, left: await end(scene) }
}

describe.each(allChanges)('%s', action => {
  const change: EveryChange = everyChange[action]
  const known = once(() => ends(action))

  it('does what it is asked for', async () => {
    const { error, again, done, undone } = await known()
    expect(error).toBe(change.inert && change.told)
    expect([undefined, change.told]).toContain(again)
    if (ALL) expect(done.join() === (await undone()).join()).toBe(change.inert ?? false)
  })

  if (ALL && isRepeatable(action)) {
    it('is done once when it is asked for twice at once', async () => {
      const { done } = await known()
      const scene = await begin(action, true)
      const both = await Promise.all([scene.perform(), scene.perform()])
      const codes = both.map(({ error }) => error?.code)
      if (!change.inert) expect(codes).toContain(undefined)
      for (const code of codes) expect([undefined, change.told]).toContain(code)
      expect(difference(await end(scene), [done])).toEqual(NONE)
    })
  }

  if (ALL) {
    it('does the same at once with the end of what it is about as before it, or behind it', async () => {
      const { request } = await begin(action, true)
      for (const index of endingsIn(action, request).keys()) {
        const outcomes = [await withEnding(action, index, 'before'), await withEnding(action, index, 'after')]
        const { codes, left: outcome } = await withEnding(action, index, 'at once')
        const same = outcomes.filter(each => JSON.stringify(each.codes) === JSON.stringify(codes))
        expect(outcomes.map(each => each.codes)).toContainEqual(codes)
        expect(
          difference(
            outcome,
            same.map(each => each.left),
          ),
        ).toEqual(NONE)
      }
    })
  }

  const poisoned = ALL ? upwards() : POISONED.filter(([name]) => name === action).map(([, from]) => from)
  if (ALL || POISONED.some(([name]) => name === action)) {
    it('ends some day, whatever of it is refused for ever', async () => {
      for (const from of poisoned) {
        const { isBroken, left } = await leftOfPoison(action, from)
        expect(left, `call ${from}`).toEqual([])
        if (!isBroken) return
      }
    })
  }

  for (const { name, at, steps } of ALL
    ? [...ways, ...more]
    : ways.filter((_, index) => index === allChanges.indexOf(action) % ways.length)) {
    const way = { at, steps: ALL ? upwards() : steps }
    if (isRepeatable(action))
      it(`is done once when it is asked for again, wherever ${name}`, async () =>
        breakOff(action, way, true, await known()))
    if (ALL || !isRepeatable(action))
      it(`is whole or not at all, wherever ${name}`, async () => breakOff(action, way, false, await known()))
  }
})
