// From a method call to its answer: session, parameters, handler, multicall, injected failures.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Failure, type Faults, strike } from '../control/faults.ts'
import { string } from '../objects/methods.ts'
import { FaultCode, OneError, XmlRpcFault } from '../protocol/errors.ts'
import { faultStruct, type MethodCall, type Value } from '../protocol/xmlrpc.ts'
import { authenticate } from '../users/sessions.ts'
import type { World } from '../world/world.ts'
import { ALL_METHODS } from './methods.ts'

const METHODS = new Map(Object.entries(ALL_METHODS))

const ITS_OWN = ['system.listMethods', 'system.multicall']

/** One request's way through; it learns which methods it held and how its answer is to be spoiled. */
export class Dispatcher {
  readonly #world: World
  readonly #faults: Faults
  readonly methods: string[] = []
  readonly spoiling: Failure[] = []

  constructor(world: World, faults: Faults) {
    this.#world = world
    this.#faults = faults
  }

  /** The answer's value. Throws XmlRpcFault, Dropped and ProxyAnswer. */
  async answer(call: MethodCall): Promise<Value> {
    return await this.#exposed(call.method, async failures => {
      if (call.method === 'system.multicall') return await this.#multicall(call.params[0])
      if (call.method === 'system.listMethods') return [...METHODS.keys(), ...ITS_OWN].sort()
      return await this.#run(call, failures)
    })
  }

  /** N calls in order; each answer is in an array of its own, a fault is a struct. */
  async #multicall(calls: Value | undefined): Promise<Value> {
    if (!Array.isArray(calls)) throw new XmlRpcFault(FaultCode.TYPE, 'Parameter that is supposed to be array is not')
    const answers: Value[] = []
    for (const entry of calls) answers.push(await this.#entry(entry))
    return answers
  }

  async #entry(entry: Value): Promise<Value> {
    try {
      const call = entryCall(entry)
      return [await this.#exposed(call.method, async failures => await this.#run(call, failures))]
    } catch (error) {
      if (error instanceof XmlRpcFault) return faultStruct(error)
      throw error
    }
  }

  /** Runs a call under the failures that are set for it. */
  async #exposed(method: string, run: (failures: readonly Failure[]) => Promise<Value>): Promise<Value> {
    this.methods.push(method)
    const failures = this.#faults.take(method)
    this.spoiling.push(...failures)
    for (const failure of failures) if (failure.kind === 'latency') await sleep(failure.ms)
    strike(failures, 'before')
    const answer = await run(failures)
    strike(failures, 'after')
    return answer
  }

  async #run({ method: name, params }: MethodCall, failures: readonly Failure[]): Promise<Value> {
    const run = METHODS.get(name)
    if (!run) throw new XmlRpcFault(FaultCode.NO_SUCH_METHOD, `Method '${name}' not defined`)
    const [session, ...values] = params
    try {
      const user = await authenticate(this.#world, string.read(session))
      for (const failure of failures) if (failure.kind === 'error') throw new OneError(failure.code, failure.message)
      return [true, await run({ world: this.#world, user, requestId: nextRequestId() }, values), 0]
    } catch (error) {
      if (!(error instanceof OneError)) throw error
      return [false, `[${name}] ${error.message}`, error.code, error.objectId, -1n]
    }
  }
}

function entryCall(entry: Value): MethodCall {
  const name = entry instanceof Map ? entry.get('methodName') : undefined
  const params = entry instanceof Map ? entry.get('params') : undefined
  if (typeof name !== 'string' || !Array.isArray(params)) {
    throw new XmlRpcFault(FaultCode.TYPE, 'A multicall entry needs methodName and params')
  }
  return { method: name, params }
}

let requests = 0

/** The front-end's request numbers are multiples of 16 below 10,000. */
function nextRequestId(): number {
  requests = (requests + 1) % 625
  return requests * 16
}
