// What an operator's monitoring sees, and what the schedule does: probes, a front-end that is down, the sweep.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { credentials, until } from './cloud.ts'
import { signedGet } from './signed.ts'
import { type Cloud, startCloud } from './stage.ts'

interface Bindings {
  readonly STAGING: {
    put(key: string, value: string, options: object): Promise<unknown>
    list(): Promise<{ objects: { key: string }[] }>
  }
}

let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud({ seed: { images: [{ name: 'ami-imported', owner: 'helen' }] } })
})
afterAll(() => cloud.stop())

const probe = (path: string, init?: RequestInit) => fetch(new URL(path, cloud.endpoint), init)
const logged = (event: string) =>
  cloud.harness
    .getLogs()
    .map(({ message }) => message)
    .filter(line => line.includes(`"event":"${event}"`))

/** Methods that reached OpenNebula since the log was cleared. */
const asked = () => cloud.sandbox.log.list().flatMap(({ methods }) => methods)

/** Waits until nothing that an earlier probe found is remembered. */
async function forgotten(): Promise<void> {
  const before = asked().length
  await until('a new probe', async () => {
    await probe('/readyz')
    return asked().length > before
  })
}

describe('/healthz', () => {
  it('says that the edge is up, without OpenNebula', async () => {
    cloud.sandbox.log.clear()
    const response = await probe('/healthz')
    expect([response.status, await response.text()]).toEqual([200, 'ok\n'])
    expect((await probe('/healthz', { method: 'HEAD' })).status).toBe(200)
    expect(asked()).toEqual([])
  })
})

describe('/readyz', () => {
  it('asks OpenNebula once for all who ask at the same time and soon after', async () => {
    cloud.sandbox.log.clear()
    const responses = await Promise.all(Array.from({ length: 20 }, () => probe('/readyz')))
    expect(responses.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
    expect((await probe('/readyz')).status).toBe(200)
    expect(asked()).toEqual(['one.user.info'])
  })

  it('says no more than that to strangers where OpenNebula is not to be reached, and why to the log', async () => {
    cloud.sandbox.faults.add({ method: 'one.user.info', kind: 'status', status: 502, when: 'before' })
    cloud.harness.clearLogs()
    await forgotten()
    const response = await probe('/readyz')
    expect([response.status, await response.text()]).toEqual([503, 'unavailable\n'])
    await until('the log', async () => logged('not ready').length > 0)
    expect(logged('not ready')[0]).toContain('The way to OpenNebula answered with HTTP status 502')
    cloud.sandbox.faults.clear()
  })

  it('is not ready where the server account is refused', async () => {
    cloud.sandbox.faults.add({ method: 'one.user.info', kind: 'error', code: 256, message: 'who is ONE_AUTH secret' })
    cloud.harness.clearLogs()
    await forgotten()
    expect((await probe('/readyz')).status).toBe(503)
    await until('the log', async () => logged('not ready').length > 0)
    expect(logged('not ready').join()).toContain('one.user.info: AUTHENTICATION')
    expect(logged('not ready').join()).not.toContain('secret')
    cloud.sandbox.faults.clear()
    await forgotten()
    expect((await probe('/readyz')).status).toBe(200)
  })
})

describe('the schedule', () => {
  it('keeps what may still be fetched or belongs to nobody known', async () => {
    const { STAGING } = (await cloud.harness.getWorker().getEnv()) as unknown as Bindings
    const pending = 'staging/000000000002/ami-0123456789abcdef0'
    const orphan = 'staging/000000000099/ami-0123456789abcdef1'
    const customMetadata = (owner: string) => ({ customMetadata: { owner, name: 'x.img', created: '2026-11-23' } })
    await STAGING.put(pending, 'x', customMetadata('helen'))
    await STAGING.put(orphan, 'x', customMetadata('somebody-who-left'))
    cloud.harness.clearLogs()
    await cloud.harness.getWorker().scheduled({ cron: '17 * * * *' })
    const { objects } = await STAGING.list()
    expect(objects.map(({ key }) => key).sort()).toEqual([pending, orphan])
    expect(logged('sweep').map(line => JSON.parse(line) as unknown)).toEqual([
      { event: 'sweep', seen: 2, deleted: 0, freed: 0 },
    ])
  })

  it('deletes nothing while OpenNebula does not answer', async () => {
    const { STAGING } = (await cloud.harness.getWorker().getEnv()) as unknown as Bindings
    cloud.sandbox.faults.add({ method: 'one.imagepool.info', kind: 'drop', when: 'before' })
    const before = await STAGING.list()
    await cloud.harness
      .getWorker()
      .scheduled({ cron: '17 * * * *' })
      .catch(() => undefined)
    expect((await STAGING.list()).objects.length).toBe(before.objects.length)
    cloud.sandbox.faults.clear()
  })
})

describe('a broken configuration', () => {
  it('is no matter of callers: they are told to try again, the log says which variable', async () => {
    const broken = await startCloud({}, { UPSTREAM_TIMEOUT_SECONDS: 'soon' })
    try {
      const response = await signedGet(broken.endpoint, credentials(), { Action: 'DescribeRegions' })
      expect(response.status).toBe(503)
      expect(await response.text()).toContain('<Code>Unavailable</Code>')
      expect((await fetch(new URL('/readyz', broken.endpoint))).status).toBe(503)
      expect((await fetch(new URL('/healthz', broken.endpoint))).status).toBe(200)
      expect((await fetch(new URL('/_image/token', broken.endpoint))).status).toBe(503)
      const lines = broken.harness.getLogs().map(({ message }) => message)
      const [line = ''] = lines.filter(message => message.includes('"event":"request"'))
      expect(JSON.parse(line)).toMatchObject({
        ...{ action: 'DescribeRegions', status: 503, error: 'Unavailable' },
        cause: 'UPSTREAM_TIMEOUT_SECONDS must be a whole number, but is "soon"',
      })
    } finally {
      await broken.stop()
    }
  })
})
