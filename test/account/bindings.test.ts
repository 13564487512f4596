// The object's own means fail: KV, R2, and its storage. Every answer is right or a 503 that a repeat makes up for.
import { env } from 'cloudflare:workers'
import type { RegisterImageResult, Reservation } from '@aws-sdk/client-ec2'
import { describe, expect, it, vi } from 'vitest'
import { Rows } from '../../src/account/rows.ts'
import type { Env } from '../../src/edge/services.ts'
import { type Broken, IMAGE, methodOf, setStage } from './stage.ts'

/** A binding all of whose methods fail, as a rejected promise or at once. */
const failing = <B extends object>(binding: B, how: 'rejects' | 'throws'): B =>
  new Proxy(binding, {
    get: () => () => {
      if (how === 'throws') throw new Error('The binding is down')
      return Promise.reject(new Error('The binding is down'))
    },
  })

const { INDEX, STAGING } = env as Env

const run = { ImageId: IMAGE, MinCount: 2, MaxCount: 2, ClientToken: 'a' }

const idsOf = ({ Instances = [] }: Reservation) => Instances.map(({ InstanceId = '' }) => InstanceId)

describe.each(['rejects', 'throws'] as const)('a binding that %s', how => {
  it('of KV is not missed', async () => {
    const stage = setStage({ INDEX: failing(INDEX, how) })
    const InstanceIds = idsOf(await stage.succeed<Reservation>('RunInstances', run))
    await stage.succeed('CreateTags', { Resources: InstanceIds, Tags: [{ Key: 'a', Value: 'b' }] })
    await stage.succeed('TerminateInstances', { InstanceIds })
    await stage.pass(60_000)
    expect(stage.vms()).toEqual([])
    expect(await stage.unfinished()).toEqual([])
  })

  it('of R2 is a 503 where it is needed, and no harm where it is not', async () => {
    const broken: Broken = { STAGING: failing(STAGING, how) }
    const stage = setStage(broken)
    const staged = await stage.perform('RegisterImage', { ImageLocation: 'ami-1234567890abcdef0' })
    expect(staged.error).toMatchObject({ code: 'Unavailable', status: 503 })
    const registered = await stage.succeed<RegisterImageResult>('RegisterImage', { ImageLocation: IMAGE })
    expect(registered.ImageId).toBe(IMAGE)
    expect(idsOf(await stage.succeed<Reservation>('RunInstances', run))).toHaveLength(2)
  })
})

const methods = ['get', 'list', 'put', 'delete', 'wakeBy'] as const
const works = new Map(methods.map(method => [method, methodOf(method)]))

describe('storage that fails', () => {
  it.each(methods)('at any one %s is a 503 that a repeat makes up for', async method => {
    let failed = 0
    for (let at = 1; ; at++) {
      const stage = setStage()
      const work = works.get(method) ?? methodOf(method)
      let calls = 0
      // The storage itself fails, and the rows say so
      const spy = vi.spyOn(Rows.prototype, method).mockImplementation(function (this: Rows, ...args: never[]) {
        if (++calls !== at) return Reflect.apply(work, this, args)
        const rows = new Rows(failing({} as DurableObjectStorage, 'throws'))
        return Reflect.apply(work, rows, args)
      })
      const first = await stage.perform('RunInstances', run)
      spy.mockRestore()
      if (calls < at) break
      if (first.error) {
        failed++
        expect(first.error, `${method} ${at}`).toMatchObject({ code: 'Unavailable', status: 503 })
      }
      const ids = idsOf(await stage.succeed<Reservation>('RunInstances', run))
      await stage.pass(30 * 60_000)
      expect(stage.ids().toSorted(), `${method} ${at}`).toEqual(ids.toSorted())
      expect(await stage.unfinished(), `${method} ${at}`).toEqual([])
    }
    expect(failed).toBeGreaterThan(0)
  })
})
