// The frame of every answer: around the result of one call, or around those of a `system.multicall`.
import { MalformedAnswer, type OneFault } from '../errors.ts'
import type { Envelope } from './envelope.ts'
import { fault } from './xmlrpc.ts'

/** Most values of a result: whether it succeeded, what was asked for or a message, a code, and numbers of objects. */
export const MOST_VALUES = 5

/** A call that is answered. */
interface Called {
  readonly method: string
}

/** How what calls answer with is read; calls are known by their place. */
export interface Reading<C extends Called, T> {
  /** Reads the values of a result, to the end of the list but for its end tag. */
  readonly result: (call: number, called: C) => AsyncGenerator<T>
  /** What is told of a call that has no result. */
  readonly fault: (call: number, error: OneFault) => T
}

/**
 * Reads the answer to one call.
 * @throws MalformedAnswer for anything else than a complete and well-formed answer, after what came before it
 */
export async function* readSingle<C extends Called, T>(
  envelope: Envelope,
  called: C,
  reading: Reading<C, T>,
): AsyncGenerator<T> {
  const refusal = await begin(envelope, called.method)
  if (refusal) {
    yield reading.fault(0, refusal)
  } else {
    yield* reading.result(0, called)
    await envelope.expect('/data', '/array', '/value', '/param', '/params')
  }
  await end(envelope)
}

/**
 * Reads the answer to a multicall of these calls.
 * @throws OneFault when it was refused as a whole
 * @throws MalformedAnswer as `readSingle` does, also when there are more or fewer results than calls
 */
export async function* readSeveral<C extends Called, T>(
  envelope: Envelope,
  calls: readonly C[],
  reading: Reading<C, T>,
): AsyncGenerator<T> {
  const refusal = await begin(envelope, 'system.multicall')
  if (refusal) {
    await end(envelope)
    throw refusal
  }
  for (const [call, called] of calls.entries()) {
    await envelope.expect('value')
    if ((await envelope.tag()) === 'struct') {
      yield reading.fault(call, fault(await envelope.struct(), called.method))
    } else {
      await envelope.expect('data', 'value', 'array', 'data')
      yield* reading.result(call, called)
      await envelope.expect('/data', '/array', '/value', '/data', '/array')
    }
    await envelope.expect('/value')
  }
  await envelope.expect('/data', '/array', '/value', '/param', '/params')
  await end(envelope)
}

/** Reads up to the first of what an array holds, or all of a fault. */
async function begin(envelope: Envelope, method: string): Promise<OneFault | undefined> {
  await envelope.expect('methodResponse')
  const tag = await envelope.tag()
  if (tag === 'fault') {
    const error = fault(await envelope.value(), method)
    await envelope.expect('/fault')
    return error
  }
  if (tag !== 'params') throw new MalformedAnswer('neither values nor a fault')
  await envelope.expect('param', 'value', 'array', 'data')
  return undefined
}

async function end(envelope: Envelope): Promise<void> {
  await envelope.expect('/methodResponse')
  await envelope.end()
}
