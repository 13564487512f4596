// Lookups side by side: one request for what each asks first, and each is told its own.
import { beforeEach, describe, expect, it } from 'vitest'
import { type Documents, image, imagePool, type OneReader, reads, vm } from '../../../src/ec2/core/documents.ts'
import { sideBySide } from '../../../src/ec2/core/side-by-side.ts'
import { OpenNebula } from '../../../src/opennebula/client.ts'
import { OneError, OneUnavailable } from '../../../src/opennebula/errors.ts'
import { ServerSessions } from '../../../src/opennebula/session.ts'
import { newMeter, Transport } from '../../../src/opennebula/transport.ts'
import { createSandbox } from '../../../src/sandbox/server.ts'
import { answer } from '../../account/stage.ts'

const sandbox = createSandbox({
  manualClock: true,
  seed: {
    images: ['first', 'second'].map(name => ({ name, owner: 'helen' })),
    instances: [{ owner: 'helen', count: 2, image: 'first' }],
  },
})

/** The methods of each request. */
let requests: string[][] = []
let isDown = false

const [name = '', password = ''] = sandbox.serverAdmin.split(':')
const sessions = new ServerSessions(password, name)
const one = new OpenNebula<Documents>({
  reads,
  transport: new Transport({
    url: 'https://one.example.com/RPC2',
    fetch: async (url, init) => {
      const text = await new Request(url, init).text()
      requests.push(Array.from(text.matchAll(/one\.\w+\.\w+/g), ([method]) => method))
      if (isDown) return new Response('down', { status: 502 })
      return await answer(sandbox, text)
    },
  }),
  session: () => sessions.session('helen', Date.now()),
  meter: newMeter(),
})

beforeEach(() => {
  requests = []
  isDown = false
})

describe('lookups side by side', () => {
  it('ask in one request for what each of them asks first, and later for themselves', async () => {
    const found = await sideBySide(
      { one },
      async look => {
        const [first] = await Array.fromAsync(look.one.vms([0]))
        const [second] = await Array.fromAsync(look.one.vms([1]))
        return [first?.ID, second?.ID]
      },
      look => Array.fromAsync(look.one.images(), ({ NAME }) => NAME),
      look => look.one.read(image(1), image(7), vm(1)),
    )
    expect(found[0]).toEqual([0, 1])
    expect(found[1]).toEqual(expect.arrayContaining(['first', 'second']))
    const [there, gone, machine] = found[2]
    expect(there.value?.[0]?.NAME).toBe('second')
    expect(gone.error).toBeInstanceOf(OneError)
    expect(machine.value?.[0]?.ID).toBe(1)
    const together = ['one.vmpool.infoset', 'one.imagepool.info', 'one.image.info', 'one.image.info', 'one.vm.info']
    expect(requests).toEqual([together, ['one.vmpool.infoset']])
  })

  it('ask once for what several of them ask for, each in its own order', async () => {
    const [first, second, all] = [imagePool({ only: 0 }), imagePool({ only: 1 }), imagePool()]
    const names =
      (...calls: (typeof all)[]) =>
      (look: { readonly one: OneReader }) =>
        Array.fromAsync(look.one.stream(...calls), ({ NAME }) => NAME)
    const found = await sideBySide({ one }, names(first, second), names(second, first), names(second, all, all))
    const twice = ['second', 'first', 'second', 'first']
    expect(found).toEqual([
      ['first', 'second'],
      ['second', 'first'],
      ['second', ...twice],
    ])
    // The second asks for the first image again, behind the second one; the third for all of them twice
    expect(requests.map(methods => methods.length)).toEqual([5])
  })

  it('do not wait for one that asks for nothing, or fails before', async () => {
    const number = sideBySide(
      { one },
      async () => 7,
      look => look.one.image(0),
    )
    expect(await number).toEqual([7, expect.objectContaining({ ID: 0 })])
    const failing = sideBySide(
      { one },
      () => Promise.reject(new RangeError('no')),
      look => look.one.image(0),
    )
    await expect(failing).rejects.toBeInstanceOf(RangeError)
    expect(requests).toEqual([['one.image.info'], ['one.image.info']])
  })

  it('are told of what they asked alone, when another has seen enough', async () => {
    const firstOf = async ({ one: reader }: { readonly one: OneReader }) => {
      for await (const { ID } of reader.images()) return ID
      return undefined
    }
    const [first, all] = await sideBySide(
      { one },
      look => firstOf(look),
      look => Array.fromAsync(look.one.stream(imagePool(), imagePool())),
    )
    const whole = await Array.fromAsync(one.images())
    expect(first).toBe(whole[0]?.ID)
    expect(all.map(({ ID }) => ID)).toEqual([...whole, ...whole].map(({ ID }) => ID))
  })

  it('fail as they would alone: with what the first of them fails with', async () => {
    const both = sideBySide(
      { one },
      look => look.one.image(7),
      look => look.one.vm(9),
    )
    await expect(both).rejects.toMatchObject({ method: 'one.image.info', code: 'NO_EXISTS' })
    isDown = true
    const down = sideBySide(
      { one },
      async () => 1,
      look => look.one.vm(0),
      look => look.one.image(0),
    )
    await expect(down).rejects.toBeInstanceOf(OneUnavailable)
  })
})
