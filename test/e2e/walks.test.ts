// Walks of clients: each sets something up, finds it unchanged when it looks again, changes it, and takes it down.
import type { EC2Client } from '@aws-sdk/client-ec2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ec2Of } from './neighbours/support.ts'
import { type Cloud, startCloud } from './stage.ts'
import { ansible } from './walks/ansible.ts'
import { ebsCsiDriver } from './walks/ebs-csi-driver.ts'
import { kubernetes } from './walks/kubernetes.ts'
import { libcloud } from './walks/libcloud.ts'
import { packer } from './walks/packer.ts'
import { terraform } from './walks/terraform.ts'
import { terraformNetworks } from './walks/terraform-networks.ts'
import type { Look, Notes, Step, Walk } from './walks/walk.ts'

let cloud: Cloud

/** Of those that AWS has, one that instances have a burst of CPU with. */
const T3 = 'CPU="1" VCPU="2" MEMORY="128" EC2_INSTANCE_TYPE="t3.micro" NIC=[NETWORK_ID="0"]'

beforeAll(async () => {
  const templates = [{ name: 't3.micro', template: T3 }]
  const images = [{ name: 'linux', owner: 'oneadmin', public: true, size: 1024, template: 'EC2_AMI="YES"' }]
  cloud = await startCloud({ seed: { templates, images } }, { SUBNET_TEMPLATE_ID: '0' })
  // Security group 0 is taken off the networks, as README has it: or it would show at every instance
  for (const { template } of cloud.sandbox.world.networks.all()) template['SECURITY_GROUPS'] = ['']
})
afterAll(() => cloud.stop())

/** What notes are at a time: a step that names one which there is not yet fails. */
const notesOf = <Name extends string>(taken: Readonly<Record<string, string>>): Notes<Name> =>
  new Proxy({} as Notes<Name>, {
    get(_, name) {
      const found = taken[String(name)]
      if (found === undefined) throw new Error(`nothing gave ${String(name)}`)
      return found
    },
  })

class Walker<Name extends string> {
  readonly #client: EC2Client
  readonly #taken: Record<string, string> = {}
  readonly #notes: Notes<Name> = notesOf(this.#taken)

  constructor(client: EC2Client) {
    this.#client = client
  }

  async go(steps: readonly Step<Name>[]): Promise<void> {
    for (const step of steps) Object.assign(this.#taken, await step(this.#client, this.#notes))
  }

  /** What every look shows: all of it, so that whatever a second run would find changed is noticed. */
  async look(looks: readonly Look<Name>[], standing: 'made' | 'changed'): Promise<object[]> {
    const shown: object[] = []
    for (const look of looks) {
      const output = await look.ask(this.#client, this.#notes)
      expect(output).toMatchObject((look[standing] ?? look.made)(this.#notes))
      shown.push(output)
    }
    return shown
  }

  async expectGone(looks: readonly Look<Name>[]): Promise<void> {
    for (const { ask, gone } of looks) {
      const asked = ask(this.#client, this.#notes)
      if (typeof gone === 'string') await expect(asked).rejects.toMatchObject({ name: gone })
      else if (gone) expect(await asked).toMatchObject(gone(this.#notes))
      else await asked
    }
  }
}

function walk<Name extends string>(name: string, { apply, looks, update, remove }: Walk<Name>): void {
  it(`of ${name}`, async () => {
    const walker = new Walker<Name>(ec2Of(cloud))
    await walker.go(apply)
    const made = await walker.look(looks, 'made')
    expect(await walker.look(looks, 'made')).toEqual(made)
    await walker.go(update)
    const changed = await walker.look(looks, 'changed')
    expect(changed).not.toEqual(made)
    expect(await walker.look(looks, 'changed')).toEqual(changed)
    await walker.go(remove)
    await walker.expectGone(looks)
  })
}

describe('the walk', () => {
  walk('Terraform', terraform)
  walk('Terraform with a VPC of its own', terraformNetworks)
  walk('Ansible', ansible)
  walk('Packer', packer)
  walk('libcloud', libcloud)
  walk('the EBS CSI driver', ebsCsiDriver)
  walk("Kubernetes' cloud provider", kubernetes)

  it('leaves nothing behind', () => {
    const { world } = cloud.sandbox
    const mine = ({ uid }: { readonly uid: number }) => uid === 2
    expect(world.images.all().filter(mine)).toEqual([])
    expect(world.vms.all().filter(({ state }) => state !== 6)).toEqual([])
    expect(world.securityGroups.all().filter(mine)).toEqual([])
  })
})
