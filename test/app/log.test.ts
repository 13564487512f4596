// The log's own rules: which words of an error it repeats, and how a streamed answer is watched.
import { describe, expect, it } from 'vitest'
import { causeOf, ToldCause, watchStreams } from '../../src/log.ts'
import { OneError, OneFault, OneUnavailable } from '../../src/opennebula/errors.ts'
import { Ec2Error } from '../../src/protocol/errors.ts'
import { ConfigError } from '../../src/variables.ts'

describe('the cause of an error', () => {
  it.each([
    [
      new OneError('one.image.allocate', 4096, '[one.image.allocate] Error in PATH="http://x/?secret"'),
      'one.image.allocate: XML_RPC_API: … Error in …',
    ],
    [
      new OneError(
        'one.vm.action',
        8192,
        'Error performing action "poweroff": VM 5 of secret, wrong state HOTPLUG_NIC.',
      ),
      'one.vm.action: INTERNAL: Error performing action … VM 5 of … wrong state HOTPLUG_NIC.',
    ],
    [new OneError('one.vm.attach', 8192, "Error 'secret that does not end"), 'one.vm.attach: INTERNAL: Error …'],
    [new OneError('one.vm.attach', 8192, `Error ${'secret '.repeat(999)}`), 'one.vm.attach: INTERNAL: Error …'],
    [new OneFault('one.vm.info', -503, 'near secret'), 'one.vm.info: fault -503: …'],
    [new OneUnavailable('timeout', 'none', 'OpenNebula did not answer in time'), 'OpenNebula did not answer in time'],
    [
      new OneUnavailable('unreachable', 'none', 'The connection failed', { methods: 'one.vm.info' }),
      'one.vm.info: The connection failed',
    ],
    [new ToldCause('one.vm.info: fault -1'), 'one.vm.info: fault -1'],
    [new ConfigError('REGION', 'is wrong'), 'REGION is wrong'],
    [new Ec2Error('IncorrectState', 'Value (secret)'), undefined],
    [
      new Ec2Error('Unavailable', 'x', { cause: new OneFault('one.vm.info', -1, 'secret') }),
      'one.vm.info: fault -1: …',
    ],
    ['secret', 'string'],
    [undefined, undefined],
  ])('%s', (error, cause) => {
    expect(causeOf(error)).toBe(cause)
  })

  it('of a defect is its name and where it happened, without its message', () => {
    const cause = causeOf(new TypeError('secret is not a function\n at secret'))
    expect(cause).toMatch(/^TypeError at .*log\.test\.ts/)
    expect(cause).not.toContain('secret')
  })
})

async function* counting(to: number, failure?: Error): AsyncGenerator<number> {
  for (let number = 1; number <= to; number++) yield number
  if (failure) throw failure
}

/** Reads as a response's writer does. */
async function read(output: object | undefined, most = Number.POSITIVE_INFINITY): Promise<number[]> {
  const read: number[] = []
  for (const list of Object.values(output ?? {}) as AsyncIterable<number>[]) {
    for await (const number of list) {
      read.push(number)
      if (read.length === most) return read
    }
  }
  return read
}

describe('streamed lists', () => {
  it('are not there in most answers', () => {
    const output = { Instances: [1, 2], Return: true }
    expect(watchStreams(output)).toEqual({ output })
    expect(watchStreams(undefined)).toEqual({ output: undefined })
  })

  it('end when all of them did', async () => {
    const { output, ended } = watchStreams({ A: counting(3), B: counting(2) })
    expect(await read(output)).toEqual([1, 2, 3, 1, 2])
    expect(await ended).toBe('whole')
  })

  it('are broken off by the first failure, which goes on to the writer', async () => {
    const failure = new Error('late')
    const { output, ended } = watchStreams({ A: counting(3, failure), B: counting(2) })
    await expect(read(output)).rejects.toBe(failure)
    expect(await ended).toEqual({ failure })
  })

  it('are left when the client goes away', async () => {
    const { output, ended } = watchStreams({ A: counting(100) })
    expect(await read(output, 2)).toEqual([1, 2])
    expect(await ended).toBe('left')
  })
})
