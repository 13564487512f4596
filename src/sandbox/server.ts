// An OpenNebula front-end in memory: the same XML-RPC, the same errors, the same state machine, for trying and testing.
// Its rooms, of which each uses those before it alone: protocol, world, objects, users, networks, market and images, vms, control, rpc.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { controlEndpoint } from './control/control.ts'
import { Faults } from './control/faults.ts'
import { RequestLog } from './control/request-log.ts'
import type { Sandbox } from './control/sandbox.ts'
import { finishImage } from './images/image-states.ts'
import { resumeImports } from './images/images.ts'
import { finishNetwork } from './networks/lifecycle.ts'
import { finishLeaving } from './networks/security-groups.ts'
import { createRpcServer } from './rpc/http.ts'
import { PLAIN_USER, SERVER_ADMIN, type Seed, seedPassword, seedWorld } from './seed.ts'
import { sha256 } from './users/sessions.ts'
import { enter, finishPhase, wakeCloning } from './vms/lifecycle.ts'
import { takeSamples } from './vms/monitoring.ts'
import type { Task } from './world/task-heap.ts'
import { STATE_VERSION, World, type WorldOptions, type WorldState } from './world/world.ts'

export type { Sandbox } from './control/sandbox.ts'

export interface SandboxOptions extends WorldOptions {
  seed?: Seed
  /** Serves /sandbox/…, which lets anybody who reaches the port do anything. */
  control?: boolean
}

/** Each kind of task ends a transient state of its object. */
const TASKS: Record<string, (world: World, task: Task) => void> = {
  vm: (world, { id, ticket }) => {
    const vm = world.vms.get(id)
    if (vm?.ticket === ticket) finishPhase(world, vm)
  },
  image: (world, { id, ticket }) => {
    const image = world.images.get(id)
    if (image?.ticket !== ticket) return
    finishImage(world, image)
    wakeCloning(world, image)
  },
  network: (world, { id, ticket }) => {
    const network = world.networks.get(id)
    if (network?.ticket === ticket) finishNetwork(world, network)
  },
  monitoring: takeSamples,
  securityGroup: (world, { id, ticket: vm }) => {
    const group = world.securityGroups.get(id)
    if (group) finishLeaving(group, vm)
  },
}

/** Makes a sandbox; it serves nothing until `listen`. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const world = new World(options, (owner, task) => TASKS[task.kind]?.(owner, task))
  const faults = new Faults()
  const log = new RequestLog()
  const control = options.control ? { control: controlEndpoint(() => sandbox) } : {}
  const server = createRpcServer({ world, faults, log, ...control })
  const sandbox: Sandbox = {
    world,
    faults,
    log,
    serverAdmin: `${SERVER_ADMIN.name}:${seedPassword(options.seed, SERVER_ADMIN)}`,
    user: { name: PLAIN_USER.name, secret: sha256(seedPassword(options.seed, PLAIN_USER)) },
    listen: async (port = 0) => await listen(server, port),
    close: async () => {
      world.clock.stop()
      await close(server)
    },
    advance: ms => world.clock.advance(ms),
    settled: async () => {
      while (world.background.size > 0) await Promise.all(world.background)
    },
    setDelays: delays => {
      const unknown = Object.keys(delays).find(name => !(name in world.delays))
      if (unknown !== undefined) throw new Error(`No delay is called ${unknown}`)
      Object.assign(world.delays, delays)
    },
    setVmState: (id, state, lcm = 0) => {
      const vm = world.vms.get(id)
      if (vm) enter(world, vm, state, lcm)
    },
    refuseShutdowns: (id, times) => {
      const vm = world.vms.get(id)
      if (vm) vm.refusals = times
    },
    reset: () => {
      world.clear()
      faults.clear()
      log.clear()
      world.clearStatistics()
      seedWorld(world, options.seed)
    },
    snapshot: () => world.save(),
    restore: state => {
      if (!isWorldState(state)) throw new Error('Not a snapshot of a sandbox, or of an older one')
      world.load(state)
      resumeImports(world)
    },
  }
  seedWorld(world, options.seed)
  return sandbox
}

const isWorldState = (value: unknown): value is WorldState =>
  typeof value === 'object' && value !== null && 'version' in value && value.version === STATE_VERSION

async function listen(server: Server, port: number): Promise<{ url: string; port: number }> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${bound}/RPC2`, port: bound }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}
