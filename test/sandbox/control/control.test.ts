// The control endpoint, through which a test in another process drives a sandbox.
import { expect, test } from 'vitest'
import { cloud, type Started, start, vmState } from '../start.ts'

interface Reply {
  status: number
  body: unknown
}

const control =
  ({ url }: Started) =>
  async (method: string, path: string, body?: unknown): Promise<Reply> => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(new URL(`/sandbox/${path}`, url), init)
    return { status: response.status, body: await response.json() }
  }

const OK: Reply = { status: 200, body: { ok: true } }

test('requests are logged with methods, bytes and times, until they are forgotten', async () => {
  const world = await start({ control: true })
  const ask = control(world)
  await world.helen('one.system.version')
  const [request] = world.sandbox.log.list()
  expect(request).toMatchObject({ methods: ['one.system.version'], status: 200 })
  expect(request?.requestBytes).toBeGreaterThan(100)
  expect(request?.responseBytes).toBeGreaterThan(200)
  expect(await ask('GET', 'requests')).toEqual({
    status: 200,
    body: { requests: [request], statistics: { authentications: 0, evictions: 0, downloads: 0 } },
  })
  expect(await ask('DELETE', 'requests')).toEqual(OK)
  expect((await ask('GET', 'requests')).body).toMatchObject({ requests: [] })
})

test('failures are set and removed', async () => {
  const world = await start({ control: true })
  const ask = control(world)
  const failure = { method: 'one.system.version', kind: 'error', code: 8192, message: 'out of order' }
  expect(await ask('POST', 'faults', failure)).toEqual(OK)
  expect(await ask('POST', 'faults', [{ method: 'one.vm.info', kind: 'drop', when: 'before', times: 3 }])).toEqual(OK)
  expect((await ask('GET', 'faults')).body).toHaveLength(2)
  expect(await world.helen('one.system.version')).toMatchObject({ code: 8192 })
  expect(await ask('DELETE', 'faults')).toEqual(OK)
  expect(await world.helen('one.system.version')).toMatchObject({ ok: true })
})

test.each([
  { kind: 'drop', when: 'before' },
  { method: '*', kind: 'drop', when: 'sometimes' },
  { method: '*', kind: 'status', status: '500', when: 'before' },
  { method: '*', kind: 'nothing' },
  { method: '*', kind: 'malformed', times: 'many' },
  'drop',
])('what is no failure is refused: %j', async failure => {
  const world = await start({ control: true })
  const { status, body } = await control(world)('POST', 'faults', failure)
  expect([status, JSON.stringify(body)]).toEqual([400, '{"error":"Not a failure: see the top of control.ts"}'])
  expect(world.sandbox.faults.list()).toEqual([])
})

test('the clock is moved and the delays are changed', async () => {
  const world = await start({ ...cloud(1), control: true })
  const ask = control(world)
  const { body: before } = await ask('GET', 'clock')
  await world.helen('one.vm.action', 'poweroff', 0)
  expect(await ask('POST', 'clock', { advance: 5000 })).toEqual({
    status: 200,
    body: { now: (before as { now: number }).now + 5000, manual: true },
  })
  expect(await vmState(world.helen, 0)).toEqual([8, 0])
  await ask('POST', 'clock', { delays: { boot: 10 } })
  await world.helen('one.vm.action', 'resume', 0)
  await ask('POST', 'clock', { advance: 10 })
  expect(await vmState(world.helen, 0)).toEqual([3, 3])
})

test.each([{ advance: -1 }, { advance: 'soon' }, { delays: { nap: 1 } }, { delays: 5 }, { authDelay: 'long' }, []])(
  'the clock refuses %j',
  async wish => {
    const world = await start({ control: true })
    expect((await control(world)('POST', 'clock', wish)).status).toBe(400)
  },
)

test('a clock with timers cannot be moved', async () => {
  const world = await start({ control: true, manualClock: false })
  expect(await control(world)('POST', 'clock', { advance: 1 })).toMatchObject({ status: 400 })
})

test('a VM is put into a state', async () => {
  const world = await start({ ...cloud(1), control: true })
  expect(await control(world)('POST', 'vms', { id: 0, state: 3, lcm: 16 })).toEqual(OK)
  expect(await vmState(world.helen, 0)).toEqual([3, 16])
})

test('a snapshot is taken and put back, and the seed comes back', async () => {
  const world = await start({ ...cloud(1), control: true })
  const ask = control(world)
  const { body: snapshot } = await ask('GET', 'snapshot')
  await world.helen('one.vm.rename', 0, 'renamed')
  expect(await ask('PUT', 'snapshot', snapshot)).toEqual(OK)
  expect((await world.helen('one.vm.info', 0)).value).toContain('<NAME>m1.small-0</NAME>')
  await world.helen('one.vm.rename', 0, 'renamed')
  expect(await ask('POST', 'reset')).toEqual(OK)
  expect((await world.helen('one.vm.info', 0)).value).toContain('<NAME>m1.small-0</NAME>')
})

test('anything else is refused', async () => {
  const ask = control(await start({ control: true }))
  expect(await ask('GET', 'nonsense')).toMatchObject({ status: 400 })
  expect(await ask('PUT', 'snapshot', {})).toMatchObject({ status: 400 })
})
