// A sandbox for one test: served, with clients of its users, and closed when the test ends.
import { onTestFinished } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { type Answer, client, element, type Param } from './rpc.ts'

export interface Started {
  sandbox: Sandbox
  url: string
  helen: Client
  rival: Client
  admin: Client
}

export type Client = (method: string, ...params: Param[]) => Promise<Answer>

/** Time stands still unless the options say otherwise. */
export async function start(options: SandboxOptions = {}): Promise<Started> {
  const sandbox = createSandbox({ manualClock: true, ...options })
  onTestFinished(async () => await sandbox.close())
  const { url } = await sandbox.listen()
  const as = (name: string): Client => client(url, `${name}:${name}`)
  return { sandbox, url, helen: as('helen'), rival: as('rival'), admin: as('oneadmin') }
}

/** Long enough for every state to end. */
export const LONG = 60_000

/** A world with an image that everybody may use (id 0) and `count` instances of helen's made of it. */
export const cloud = (count = 0): SandboxOptions => ({
  seed: {
    images: [{ name: 'ttylinux', owner: 'oneadmin', public: true, size: 40, template: 'EC2_AMI="YES"' }],
    instances: [{ count, owner: 'helen', image: 'ttylinux' }],
  },
})

/** STATE and LCM_STATE of a VM. */
export async function vmState(user: Client, id: number): Promise<[state: number, lcm: number]> {
  const { value } = await user('one.vm.info', id, false)
  return [Number(element(value, 'STATE')), Number(element(value, 'LCM_STATE'))]
}

/** STATE of an image. */
export const imageState = async (user: Client, id: number): Promise<number> =>
  Number(element((await user('one.image.info', id, false)).value, 'STATE'))
