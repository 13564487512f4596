// econe-keys reseal-ids: objects keep their ids when the secret before is forgotten, for whoever saw them.
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { clientsFor } from '../../src/config/clients.ts'
import { parseConfig } from '../../src/config/variables.ts'
import { type Documents, reads } from '../../src/ec2/core/documents.ts'
import { IdMint, numericId } from '../../src/ec2/core/ids.ts'
import { IMAGE } from '../../src/ec2/images/resource.ts'
import { INSTANCE } from '../../src/ec2/instances/resource.ts'
import { SNAPSHOT } from '../../src/ec2/snapshots/resource.ts'
import { resealIds } from '../../src/operator/reseal-ids.ts'
import { createSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { scratchFolder } from '../cli/support.ts'
import { localState, operate } from './support.ts'

vi.setConfig({ testTimeout: 120_000 })

const BEFORE = 'the secret of the last years'
const NOW = 'the secret of the years to come'
const HELEN = 2
const RIVAL = 3

const before = new IdMint([BEFORE])
const folder = scratchFolder()
let states = 0

const image = (owner: string, name: string, ids: string) => ({ name, owner, template: `EC2_AMI="YES" ${ids}` })

/** Images 0 to 4 and a VM: sealed without a number and with it, forged, and of two users. */
async function seeded() {
  const ids = ['a', 'b', 'c', 'd'].map(seed => before.mint(IMAGE, seed))
  const [alone = '', numbered = '', third = '', rivals = ''] = ids
  const snapshot = before.mint(SNAPSHOT)
  const instance = before.mint(INSTANCE)
  const sandbox = createSandbox({
    seed: {
      images: [
        image('helen', alone, `EC2_ID="${before.attribute(alone, HELEN)}"`),
        image(
          'helen',
          numbered,
          `EC2_ID="${before.attribute(numbered, HELEN, 1)}" EC2_SNAPSHOT_ID="${before.attribute(snapshot, HELEN, 1)}"`,
        ),
        image('helen', third, `EC2_ID="${before.attribute(third, HELEN, 2)}"`),
        image('rival', rivals, `EC2_ID="${before.attribute(rivals, RIVAL, 3)}"`),
        image('rival', 'forged', `EC2_ID="${before.attribute(numbered, HELEN, 1)}"`),
      ],
      instances: [{ count: 1, owner: 'helen', extra: `EC2_ID="${before.attribute(instance, HELEN)}"` }],
    },
  })
  const { url } = await sandbox.listen()
  onTestFinished(() => sandbox.close())
  const variables = { ONE_XMLRPC: url, ONE_AUTH: sandbox.serverAdmin, EDGE_SECRET: NOW, EDGE_SECRET_OLD: BEFORE }
  return { sandbox, variables, ids, snapshot, instance }
}

function attribute(template: Readonly<Record<string, readonly unknown[]>> | undefined, name: string): string {
  const value = template?.[name]?.[0]
  return typeof value === 'string' ? value : ''
}

/** The ids that a user sees images under. */
const seen = ({ world }: Sandbox, secrets: [string, ...string[]], viewer: number) =>
  world.images
    .all()
    .map(({ id: ID, uid: UID, template }) =>
      new IdMint(secrets).seenBy(viewer).idOf(IMAGE, { ID, UID, EC2_ID: attribute(template, 'EC2_ID') }),
    )

function run({ variables }: Awaited<ReturnType<typeof seeded>>, owner?: number) {
  const config = parseConfig(variables)
  return Array.fromAsync(resealIds(config, clientsFor<Documents>(config, reads), [NOW, BEFORE], owner))
}

describe('sealing ids anew', () => {
  it('lets everybody see the same ids without the secret before', async () => {
    const cloud = await seeded()
    const { sandbox, instance, snapshot } = cloud
    const all = [HELEN, RIVAL].map(viewer => seen(sandbox, [NOW, BEFORE], viewer))
    expect(all[0]).toEqual([...cloud.ids, numericId(IMAGE, 4)])
    expect(all[1]?.[0]).toBe(numericId(IMAGE, 0))
    expect(await run(cloud)).toEqual(['5 objects so far, up to image 0', 'Success: Sealing the ids of 5 objects anew'])
    expect([HELEN, RIVAL].map(viewer => seen(sandbox, [NOW], viewer))).toEqual(all)
    const mint = new IdMint([NOW])
    const [vm] = sandbox.world.vms.all()
    const EC2_ID = attribute(vm?.userTemplate, 'EC2_ID')
    expect(mint.seenBy(HELEN).idOf(INSTANCE, { ID: vm?.id ?? -1, UID: HELEN, EC2_ID })).toBe(instance)
    const EC2_SNAPSHOT_ID = attribute(sandbox.world.images.get(1)?.template, 'EC2_SNAPSHOT_ID')
    expect(mint.idOf(SNAPSHOT, { ID: 1, UID: HELEN, EC2_ID: EC2_SNAPSHOT_ID })).toBe(snapshot)
    expect(attribute(sandbox.world.images.get(1)?.template, 'EC2_AMI')).toBe('YES')
  })

  it('goes on where it broke off, and does nothing when it is done', async () => {
    const cloud = await seeded()
    cloud.sandbox.faults.add({ method: 'one.image.update', kind: 'drop', when: 'after', times: 1 })
    await expect(run(cloud)).rejects.toThrow(/run it again for the others$/)
    await run(cloud)
    expect(await run(cloud)).toEqual(['Success: Sealing the ids of 0 objects anew'])
  })

  it('says what could not be written', async () => {
    const cloud = await seeded()
    cloud.sandbox.faults.add({ method: 'one.vm.update', kind: 'error', code: 512, message: 'No', times: 1 })
    await expect(run(cloud)).rejects.toThrow(/^VM 0: .*\n1 objects could not be written/)
    expect((await run(cloud)).at(-1)).toBe('Success: Sealing the ids of 1 objects anew')
  })

  it('leaves a copy alone that has yet the id of its original', async () => {
    const cloud = await seeded()
    const [original] = cloud.sandbox.world.images.all()
    const copy = cloud.sandbox.world.images.get(2)
    if (copy && original) copy.template['EC2_ID'] = original.template['EC2_ID'] ?? []
    await run(cloud)
    expect(attribute(copy?.template, 'EC2_ID')).toBe(before.attribute(cloud.ids[0] ?? '', HELEN))
  })

  it('is a command, for all users or for one', async () => {
    const { sandbox, variables, ids } = await seeded()
    const state = localState(join(folder, String(states++)), variables)
    const reseal = (...args: string[]) => operate('keys', ['reseal-ids', ...args, '--local', state])
    expect(await reseal('rival')).toEqual({
      ...{ status: 0, stderr: '' },
      stdout: '1 objects so far, up to image 3\nSuccess: Sealing the ids of 1 objects anew\n',
    })
    expect(seen(sandbox, [NOW], HELEN)[1]).toBe(numericId(IMAGE, 1))
    expect((await reseal()).stdout).toContain('Success: Sealing the ids of 4 objects anew\n')
    expect(seen(sandbox, [NOW], HELEN).slice(0, 4)).toEqual(ids)
    expect(await reseal('nobody')).toMatchObject({ status: 1, stdout: '' })
    expect((await reseal('helen', 'rival')).stderr).toContain("unexpected argument 'rival'")
  })
})
