// Which words of an error the log repeats.
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../../src/config/names.ts'
import { causeOf } from '../../../src/ec2/core/cause.ts'
import { OwnWords } from '../../../src/lib/log.ts'
import { OneError, OneFault, OneUnavailable } from '../../../src/opennebula/errors.ts'
import { Ec2Error } from '../../../src/protocol/errors.ts'

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
    [new OwnWords('one.vm.info: fault -1'), 'one.vm.info: fault -1'],
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
    expect(cause).toMatch(/^TypeError at .*cause\.test\.ts/)
    expect(cause).not.toContain('secret')
  })
})
