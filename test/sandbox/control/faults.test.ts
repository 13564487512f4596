// Each kind of failure that can be injected, in single calls and inside multicalls.
import { describe, expect, test } from 'vitest'
import type { Injection } from '../../../src/sandbox/control/faults.ts'
import { callXml, client, parseAnswer, post, rawCall } from '../rpc.ts'
import { type Started, start } from '../start.ts'

const ALLOCATE = 'one.document.allocate'

/** Tries to make a document with the failure set; whether the call threw, and how many documents there are then. */
async function allocateUnder(
  { sandbox, helen }: Started,
  failure: Injection,
): Promise<{ threw: boolean; made: number }> {
  sandbox.faults.add(failure)
  const threw = await helen(ALLOCATE, 'NAME="a"', 1).then(
    () => false,
    () => true,
  )
  return { threw, made: sandbox.world.documents.all().length }
}

describe('a dropped connection', () => {
  test('before the call took effect', async () => {
    const failure: Injection = { method: ALLOCATE, kind: 'drop', when: 'before', times: 1 }
    expect(await allocateUnder(await start(), failure)).toEqual({ threw: true, made: 0 })
  })

  test('after it took effect', async () => {
    const failure: Injection = { method: ALLOCATE, kind: 'drop', when: 'after', times: 1 }
    expect(await allocateUnder(await start(), failure)).toEqual({ threw: true, made: 1 })
  })

  test('in a multicall, the calls before it took effect', async () => {
    const { sandbox, url } = await start()
    sandbox.faults.add({ method: 'one.document.delete', kind: 'drop', when: 'before', times: 1 })
    const entry = { methodName: ALLOCATE, params: ['helen:helen', 'NAME="a"', 1] }
    const last = { methodName: 'one.document.delete', params: ['helen:helen', 0] }
    await expect(rawCall(url, 'system.multicall', [[entry, last, entry]])).rejects.toThrow()
    expect(sandbox.world.documents.all()).toHaveLength(1)
    expect(sandbox.log.list().at(-1)).toMatchObject({
      status: 0,
      methods: ['system.multicall', ALLOCATE, 'one.document.delete'],
    })
  })
})

describe('an HTTP status', () => {
  test.each(['before', 'after'] as const)('%s the call took effect', async when => {
    const { sandbox, url } = await start()
    sandbox.faults.add({ method: ALLOCATE, kind: 'status', status: 502, when, times: 1 })
    const response = await post(url, callXml(ALLOCATE, ['helen:helen', 'NAME="a"', 1]))
    expect(response.status).toBe(502)
    expect(sandbox.world.documents.all()).toHaveLength(when === 'after' ? 1 : 0)
  })
})

test('an error of OpenNebula, without effect', async () => {
  const { sandbox, helen } = await start()
  sandbox.faults.add({ method: ALLOCATE, kind: 'error', code: 8192, message: 'Database is locked', times: 1 })
  expect(await helen(ALLOCATE, 'NAME="a"', 1)).toEqual({
    ok: false,
    code: 8192,
    value: `[${ALLOCATE}] Database is locked`,
  })
  expect(sandbox.world.documents.all()).toHaveLength(0)
})

test('an error inside a multicall is one of its answers', async () => {
  const { sandbox, url } = await start()
  sandbox.faults.add({ method: ALLOCATE, kind: 'error', code: 8192, message: 'no', times: 1 })
  const entry = { methodName: ALLOCATE, params: ['helen:helen', 'NAME="a"', 1] }
  const text = await rawCall(url, 'system.multicall', [[entry, entry]])
  expect([...text.matchAll(/<boolean>(\d)/g)].map(match => match[1])).toEqual(['0', '1'])
})

test('a malformed answer has the right length', async () => {
  const { sandbox, url } = await start()
  sandbox.faults.add({ method: '*', kind: 'malformed', times: 1 })
  const response = await post(url, callXml('one.system.version', ['helen:helen']))
  expect([response.status, await response.text()]).toEqual([200, '<methodResponse><oops>'])
})

test('a truncated answer ends after half of its bytes', async () => {
  const { sandbox, url } = await start()
  sandbox.faults.add({ method: '*', kind: 'truncated', times: 1 })
  const response = await post(url, callXml('one.user.info', ['helen:helen', -1]))
  const reader = response.body?.getReader()
  let bytes = 0
  const reading = (async () => {
    for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read())
      bytes += chunk.value.length
  })()
  await expect(reading).rejects.toThrow()
  expect(bytes).toBe(Math.floor(Number(response.headers.get('content-length')) / 2))
})

test('an answer that drips is whole in the end', async () => {
  const { sandbox, url, helen } = await start()
  const whole = await helen('one.user.info', -1)
  sandbox.faults.add({ method: 'one.user.info', kind: 'drip', bytes: 100, ms: 1, times: 1 })
  const response = await post(url, callXml('one.user.info', ['helen:helen', -1]))
  let pieces = 0
  let text = ''
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    pieces += 1
    text += piece
  }
  expect(parseAnswer(text)).toEqual(whole)
  expect(pieces).toBeGreaterThan(3)
})

test('latency delays the answer', async () => {
  const { sandbox, helen } = await start()
  sandbox.faults.add({ method: 'one.system.version', kind: 'latency', ms: 120, times: 1 })
  await helen('one.system.version')
  await helen('one.system.version')
  const [slow, quick] = sandbox.log.list()
  expect(slow?.ms).toBeGreaterThan(110)
  expect(quick?.ms).toBeLessThan(slow?.ms ?? 0)
})

test('a failure lasts for the number of calls, or until it is removed', async () => {
  const { sandbox, helen } = await start()
  const outcome = async (): Promise<boolean> => (await helen('one.system.version')).ok
  sandbox.faults.add({ method: 'one.system.version', kind: 'error', code: 8192, message: 'x', times: 2 })
  expect([await outcome(), await outcome(), await outcome()]).toEqual([false, false, true])
  sandbox.faults.add({ method: '*', kind: 'error', code: 8192, message: 'x' })
  expect([await outcome(), await outcome()]).toEqual([false, false])
  sandbox.faults.clear()
  expect(await outcome()).toBe(true)
})

test('failures of one method leave the others alone', async () => {
  const { sandbox, url } = await start()
  sandbox.faults.add({ method: 'one.vm.info', kind: 'drop', when: 'before' })
  expect((await client(url, 'helen:helen')('one.system.version')).ok).toBe(true)
})
