// OpenNebula's own API, as any of its users has it.
import { Dispatcher } from '../../../src/sandbox/rpc/dispatcher.ts'
import type { Sandbox } from '../../../src/sandbox/server.ts'

type Param = number | boolean | string

/** Calls OpenNebula itself as a user, whose password is the name: past its server. @returns the answer's value, a number where it is an id */
export const oneOf =
  ({ sandbox: { world, faults } }: { readonly sandbox: Sandbox }, user = 'rival') =>
  async (method: string, ...params: Param[]): Promise<number> => {
    const answer = await new Dispatcher(world, faults).answer({ method, params: [`${user}:${user}`, ...params] })
    const [ok, value] = Array.isArray(answer) ? answer : []
    if (ok !== true) throw new Error(`${method}: ${JSON.stringify(value)}`)
    return Number(value)
  }

export type One = ReturnType<typeof oneOf>

/** Lets everybody use an object. */
export const publish = (one: One, kind: 'template' | 'image' | 'secgroup' | 'vn' | 'vm', id: number) =>
  one(`one.${kind}.chmod`, id, -1, -1, -1, 1, -1, -1, 1, -1, -1)
