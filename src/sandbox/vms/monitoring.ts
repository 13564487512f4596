// What VMs use, in samples: one.vm.monitoring, one.vmpool.monitoring, and MONITORING in a VM's document.
import { randomInt } from 'node:crypto'
import { documentValue, int, type MethodTable, method } from '../objects/methods.ts'
import { acquire } from '../objects/permissions.ts'
import { select } from '../objects/selection.ts'
import { forgetWritten } from '../objects/written.ts'
import { sampleXml, wrap } from '../protocol/xml.ts'
import { KINDS, type Sample, type Vm } from '../world/model.ts'
import { VmState } from '../world/vm-states.ts'
import type { World } from '../world/world.ts'

/** The front-end forgets what is older (4 hours, at a sample each 30 s). */
const KEPT = 480

/** On a host, which knows of it. */
const SAMPLED: readonly number[] = [VmState.ACTIVE, VmState.SUSPENDED, VmState.POWEROFF]

/** Schedules the next sample, where the world has any. */
export function scheduleSample(world: World): void {
  if (world.monitoring > 0) world.clock.schedule(world.monitoring, { kind: 'monitoring', id: 0, ticket: 0 })
}

/** Takes a sample of every VM on a host. */
export function takeSamples(world: World): void {
  for (const vm of world.vms.all()) if (SAMPLED.includes(vm.state) && vm.deployId !== '') takeSample(world, vm)
  scheduleSample(world)
}

function takeSample(world: World, vm: Vm): void {
  const last = vm.samples.at(-1)
  vm.lastPoll = world.clock.seconds()
  vm.samples = [...vm.samples.slice(1 - KEPT), measure(vm, last)]
  forgetWritten(vm)
}

/** As by the front-end's dummy driver: at random, but for what only grows. */
const measure = (vm: Vm, last: Sample = {}): Sample => ({
  CPU: randomInt(100),
  DISKRDBYTES: randomInt(1000),
  DISKRDIOPS: randomInt(1000),
  DISKWRBYTES: randomInt(1000),
  DISKWRIOPS: randomInt(1000),
  ID: vm.id,
  MEMORY: randomInt(50_000, 262_144),
  NETRX: (last['NETRX'] ?? 3000) + randomInt(200),
  NETTX: (last['NETTX'] ?? 3000) + randomInt(200),
  TIMESTAMP: vm.lastPoll,
})

const samplesXml = (vms: readonly Vm[]): string =>
  wrap('MONITORING_DATA', ...vms.flatMap(vm => vm.samples.map(sample => wrap('MONITORING', sampleXml(sample)))))

const byId = (vms: readonly Vm[]): Vm[] => vms.toSorted((one, other) => one.id - other.id)

export const MONITORING_METHODS: MethodTable = {
  'one.vm.monitoring': method([int], (call, id) =>
    documentValue(samplesXml([acquire(call, call.world.vms, id, 'USE')])),
  ),
  'one.vmpool.monitoring': method([int, int.or(-1)], ({ world, user }, filter) =>
    documentValue(samplesXml(byId(select(user, KINDS.vm, world.vms.all(), filter, -1, -1)))),
  ),
}
