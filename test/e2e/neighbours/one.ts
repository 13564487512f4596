// OpenNebula's own API, as any of its users has it.
import { type Answer, type Param, client as rpcClient } from '../../sandbox/rpc.ts'

/** Calls OpenNebula itself as a user, whose password is the name. @returns the answer's value, a number where it is an id */
export function oneOf({ one }: { readonly one: string }, user = 'rival') {
  const send = rpcClient(one, `${user}:${user}`)
  return async (method: string, ...params: Param[]): Promise<number> => {
    const { ok, value }: Answer = await send(method, ...params)
    if (!ok) throw new Error(`${method}: ${value}`)
    return Number(value)
  }
}

export type One = ReturnType<typeof oneOf>

/** Lets everybody use an object. */
export const publish = (one: One, kind: 'template' | 'image' | 'secgroup' | 'vn' | 'vm', id: number) =>
  one(`one.${kind}.chmod`, id, -1, -1, -1, 1, -1, -1, 1, -1, -1)
