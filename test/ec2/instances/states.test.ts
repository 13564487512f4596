// Every state of OpenNebula in EC2's words, and that none of them is what a waiter takes for a failure.
import type { InstanceStateName } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { failureReason, isImpaired, shownState, stateItem, stateOf } from '../../../src/ec2/instances/states.ts'
import { LCM_STATE, VM_STATE } from '../../../src/opennebula/states.ts'

const active = (lcm: keyof typeof LCM_STATE) => ({ STATE: VM_STATE.ACTIVE, LCM_STATE: LCM_STATE[lcm] })
const at = (state: keyof typeof VM_STATE) => ({ STATE: VM_STATE[state], LCM_STATE: 0 })

/** The numbers and names as OpenNebula documents them; 13, 14, 55 and 58 are not in use. */
const lcmStates: Readonly<Record<InstanceStateName, string>> = {
  pending: `0 LCM_INIT, 1 PROLOG, 2 BOOT, 9 PROLOG_RESUME, 15 CLEANUP_RESUBMIT, 19 BOOT_UNKNOWN, 20 BOOT_POWEROFF,
    21 BOOT_SUSPENDED, 22 BOOT_STOPPED, 31 PROLOG_UNDEPLOY, 32 BOOT_UNDEPLOY, 36 BOOT_FAILURE, 39 PROLOG_FAILURE,
    47 BOOT_UNDEPLOY_FAILURE, 48 BOOT_STOPPED_FAILURE, 49 PROLOG_RESUME_FAILURE, 50 PROLOG_UNDEPLOY_FAILURE`,
  running: `3 RUNNING, 4 MIGRATE, 7 SAVE_MIGRATE, 8 PROLOG_MIGRATE, 16 UNKNOWN, 17 HOTPLUG, 24 HOTPLUG_SNAPSHOT,
    25 HOTPLUG_NIC, 26 HOTPLUG_SAVEAS, 35 BOOT_MIGRATE, 37 BOOT_MIGRATE_FAILURE, 38 PROLOG_MIGRATE_FAILURE,
    57 DISK_SNAPSHOT, 59 DISK_SNAPSHOT_DELETE, 60 PROLOG_MIGRATE_UNKNOWN, 61 PROLOG_MIGRATE_UNKNOWN_FAILURE,
    62 DISK_RESIZE, 66 HOTPLUG_RESIZE, 69 BACKUP`,
  stopping: `5 SAVE_STOP, 6 SAVE_SUSPEND, 10 EPILOG_STOP, 18 SHUTDOWN_POWEROFF, 29 SHUTDOWN_UNDEPLOY,
    30 EPILOG_UNDEPLOY, 41 EPILOG_STOP_FAILURE, 42 EPILOG_UNDEPLOY_FAILURE`,
  stopped: `27 HOTPLUG_SAVEAS_POWEROFF, 28 HOTPLUG_SAVEAS_SUSPENDED, 33 HOTPLUG_PROLOG_POWEROFF,
    34 HOTPLUG_EPILOG_POWEROFF, 43 PROLOG_MIGRATE_POWEROFF, 44 PROLOG_MIGRATE_POWEROFF_FAILURE,
    45 PROLOG_MIGRATE_SUSPEND, 46 PROLOG_MIGRATE_SUSPEND_FAILURE, 51 DISK_SNAPSHOT_POWEROFF,
    52 DISK_SNAPSHOT_REVERT_POWEROFF, 53 DISK_SNAPSHOT_DELETE_POWEROFF, 54 DISK_SNAPSHOT_SUSPENDED,
    56 DISK_SNAPSHOT_DELETE_SUSPENDED, 63 DISK_RESIZE_POWEROFF, 64 DISK_RESIZE_UNDEPLOYED, 65 HOTPLUG_NIC_POWEROFF,
    67 HOTPLUG_SAVEAS_UNDEPLOYED, 68 HOTPLUG_SAVEAS_STOPPED, 70 BACKUP_POWEROFF, 71 RESTORE`,
  'shutting-down': '11 EPILOG, 12 SHUTDOWN, 23 CLEANUP_DELETE, 40 EPILOG_FAILURE',
  terminated: '',
}

const listed = Object.entries(lcmStates).flatMap(([ec2, list]) =>
  list
    .split(/,\s*/)
    .filter(entry => entry !== '')
    .map(entry => {
      const [number = '', name = ''] = entry.split(' ')
      return { name, number: Number(number), ec2 }
    }),
)

describe('the states of OpenNebula', () => {
  it('are all there', () => {
    const ours = Object.entries(LCM_STATE).map(([name, number]) => ({ name, number }))
    const byNumber = (a: { number: number }, b: { number: number }) => a.number - b.number
    expect(listed.map(({ name, number }) => ({ name, number })).toSorted(byNumber)).toEqual(ours.toSorted(byNumber))
    const unused = [13, 14, 55, 58]
    const numbers = Array.from({ length: 72 }, (_, number) => number).filter(number => !unused.includes(number))
    expect(ours.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(numbers)
  })

  it.each(listed)('shows $name ($number) as $ec2', ({ number, ec2 }) => {
    expect(stateOf({ STATE: VM_STATE.ACTIVE, LCM_STATE: number })).toBe(ec2)
  })

  it.each<[keyof typeof VM_STATE, InstanceStateName]>([
    ['INIT', 'pending'],
    ['PENDING', 'pending'],
    ['HOLD', 'pending'],
    ['CLONING', 'pending'],
    ['CLONING_FAILURE', 'pending'],
    ['STOPPED', 'stopped'],
    ['SUSPENDED', 'stopped'],
    ['POWEROFF', 'stopped'],
    ['UNDEPLOYED', 'stopped'],
    ['DONE', 'terminated'],
  ])('shows %s as %s, whatever its LCM_STATE was', (state, ec2) => {
    for (const lcm of [0, 3, 12, 18]) expect(stateOf({ STATE: VM_STATE[state], LCM_STATE: lcm })).toBe(ec2)
  })

  it('says where the host is silent or a step failed, and with which words', () => {
    for (const { name, number } of listed) {
      const vm = { STATE: VM_STATE.ACTIVE, LCM_STATE: number }
      expect([name, isImpaired(vm)]).toEqual([name, name === 'UNKNOWN' || name.endsWith('_FAILURE')])
      expect([name, failureReason(vm) !== undefined]).toEqual([name, name.endsWith('_FAILURE')])
    }
    expect(isImpaired(at('POWEROFF'))).toBe(false)
    expect(isImpaired({ ...at('POWEROFF'), LCM_STATE: LCM_STATE.BOOT_FAILURE })).toBe(false)
    expect(failureReason(active('BOOT_FAILURE'))).toBe('Server.InternalError: The instance failed while booting')
  })

  it('has AWS’s codes', () => {
    const names: InstanceStateName[] = ['pending', 'running', 'shutting-down', 'terminated', 'stopping', 'stopped']
    expect(names.map(name => stateItem(name))).toEqual([
      { Code: 0, Name: 'pending' },
      { Code: 16, Name: 'running' },
      { Code: 32, Name: 'shutting-down' },
      { Code: 48, Name: 'terminated' },
      { Code: 64, Name: 'stopping' },
      { Code: 80, Name: 'stopped' },
    ])
  })
})

describe('the waiters of the SDKs', () => {
  /** What each waiter takes for a failure, and the states that a VM goes through while it waits. */
  const waits: readonly {
    waiter: string
    fails: InstanceStateName[]
    ends: InstanceStateName
    goal?: 'stop' | 'terminate' | 'reboot'
    way: { STATE: number; LCM_STATE: number }[]
  }[] = [
    {
      waiter: 'instance-running, after a launch',
      fails: ['shutting-down', 'terminated', 'stopping'],
      ends: 'running',
      way: [at('CLONING'), at('PENDING'), active('LCM_INIT'), active('PROLOG'), active('BOOT'), active('RUNNING')],
    },
    {
      waiter: 'instance-running, after a start',
      fails: ['shutting-down', 'terminated', 'stopping'],
      ends: 'running',
      way: [
        active('BOOT_POWEROFF'),
        active('BOOT_SUSPENDED'),
        active('BOOT_UNKNOWN'),
        at('PENDING'),
        active('PROLOG_RESUME'),
        active('BOOT_STOPPED'),
        active('PROLOG_UNDEPLOY'),
        active('BOOT_UNDEPLOY'),
        active('RUNNING'),
      ],
    },
    {
      waiter: 'instance-running, of a running one that OpenNebula works on',
      fails: ['shutting-down', 'terminated', 'stopping'],
      ends: 'running',
      way: [
        active('HOTPLUG'),
        active('HOTPLUG_NIC'),
        active('HOTPLUG_SAVEAS'),
        active('HOTPLUG_SNAPSHOT'),
        active('DISK_RESIZE'),
        active('HOTPLUG_RESIZE'),
        active('MIGRATE'),
        active('SAVE_MIGRATE'),
        active('PROLOG_MIGRATE'),
        active('BOOT_MIGRATE'),
        active('BACKUP'),
        active('UNKNOWN'),
        active('RUNNING'),
      ],
    },
    {
      waiter: 'instance-running, while an image is made of it',
      fails: ['shutting-down', 'terminated', 'stopping'],
      ends: 'running',
      goal: 'reboot',
      way: [
        active('SHUTDOWN_POWEROFF'),
        at('POWEROFF'),
        active('HOTPLUG_SAVEAS_POWEROFF'),
        at('POWEROFF'),
        active('BOOT_POWEROFF'),
        active('RUNNING'),
      ],
    },
    {
      waiter: 'instance-stopped',
      fails: ['pending', 'terminated'],
      ends: 'stopped',
      way: [active('SHUTDOWN_POWEROFF'), at('POWEROFF')],
    },
    {
      waiter: 'instance-stopped, of one that is stopped as soon as it can be',
      fails: ['pending', 'terminated'],
      ends: 'stopped',
      goal: 'stop',
      way: [active('PROLOG'), active('BOOT'), active('RUNNING'), active('SHUTDOWN_POWEROFF'), at('POWEROFF')],
    },
    {
      waiter: 'instance-stopped, of a stopped one that OpenNebula works on',
      fails: ['pending', 'terminated'],
      ends: 'stopped',
      way: [
        active('HOTPLUG_PROLOG_POWEROFF'),
        active('HOTPLUG_EPILOG_POWEROFF'),
        active('HOTPLUG_NIC_POWEROFF'),
        active('HOTPLUG_SAVEAS_POWEROFF'),
        active('HOTPLUG_SAVEAS_SUSPENDED'),
        active('HOTPLUG_SAVEAS_STOPPED'),
        active('HOTPLUG_SAVEAS_UNDEPLOYED'),
        active('DISK_RESIZE_POWEROFF'),
        active('BACKUP_POWEROFF'),
        active('RESTORE'),
        at('POWEROFF'),
      ],
    },
    {
      waiter: 'instance-terminated',
      fails: ['pending', 'stopping'],
      ends: 'terminated',
      way: [active('SHUTDOWN'), active('EPILOG'), active('CLEANUP_DELETE'), active('EPILOG_FAILURE'), at('DONE')],
    },
    {
      waiter: 'instance-terminated, of one that is terminated as soon as it can be',
      fails: ['pending', 'stopping'],
      ends: 'terminated',
      goal: 'terminate',
      way: [
        at('PENDING'),
        active('PROLOG'),
        active('BOOT'),
        active('HOTPLUG'),
        active('SHUTDOWN_POWEROFF'),
        active('RUNNING'),
        active('SHUTDOWN'),
        active('EPILOG'),
        at('DONE'),
      ],
    },
  ]

  it.each(waits)('$waiter', ({ fails, ends, goal, way }) => {
    const shown = way.map(vm => shownState(vm, goal))
    for (const state of shown) expect(fails).not.toContain(state)
    expect(shown.at(-1)).toBe(ends)
    expect(shown.slice(0, -1).filter(state => state === 'terminated')).toEqual([])
  })

  it('are told when an instance ends though an image is made of it', () => {
    expect(shownState(active('SHUTDOWN'), 'reboot')).toBe('shutting-down')
    expect(shownState(at('DONE'), 'reboot')).toBe('terminated')
  })

  it('see a stopped instance as stopped, though a stop was asked for', () => {
    expect(shownState(at('POWEROFF'), 'stop')).toBe('stopped')
    expect(shownState(at('DONE'), 'terminate')).toBe('terminated')
  })
})
