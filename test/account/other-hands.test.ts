// Somebody else (Sunstone, another Worker of the region) deletes what a change is about, takes it away or writes nonsense into it: the
// change is answered with a code of EC2's, what is listed is listed, and nothing stays unfinished.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Action } from '../../src/ec2/actions.ts'
import { limits } from '../../src/limits.ts'
import type { Entity } from '../../src/sandbox/world/model.ts'
import type { Pool } from '../../src/sandbox/world/pool.ts'
import type { World } from '../../src/sandbox/world/world.ts'
import { ALL, allChanges, begin, type ChangeAction, STAYING } from './every-change.ts'
import { aDisk, type Stage } from './stage.ts'

const HOUR = 60 * 60_000
const [HELEN, ANOTHER, DONE] = [2, 3, 6]

beforeEach(() => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(aDisk()))
  vi.spyOn(console, 'error').mockReturnValue()
  vi.spyOn(console, 'log').mockReturnValue()
})
afterEach(() => vi.restoreAllMocks())

/** What somebody else does to an object. */
type Hand = (object: Thing, pool: Pick<Pool<Entity>, 'remove'>) => void

interface Thing extends Entity {
  uid: number
  state?: number
  template: Record<string, unknown>
  userTemplate?: Record<string, unknown>
}

const hands: Readonly<Record<string, Hand>> = {
  deletes: (object, pool) => {
    if (object.userTemplate) object.state = DONE
    else pool.remove(object.id)
  },
  'takes away': object => {
    object.uid = ANOTHER
  },
  'writes nonsense into': ({ template, userTemplate = template }) => {
    for (const name of Object.keys(userTemplate)) if (name.startsWith('EC2_')) userTemplate[name] = ['<nonsense']
  },
}

const KINDS = [
  'images',
  'vms',
  'networks',
  'securityGroups',
  'documents',
  'vmGroups',
] as const satisfies (keyof World)[]

/** Lays a hand on all of the user's objects of a kind. @returns how many there were */
function lay(hand: Hand, kind: (typeof KINDS)[number], { sandbox: { world } }: Stage): number {
  const pool = world[kind] as unknown as Pool<Thing>
  const own = pool.all().filter(({ uid }) => uid === HELEN)
  for (const object of own) hand(object, pool)
  return own.length
}

/** What lists that of which there is something. */
const LISTS = [
  ...['DescribeInstances', 'DescribeInstanceStatus', 'DescribeImages', 'DescribeVolumes', 'DescribeSnapshots'],
  ...['DescribeSecurityGroups', 'DescribeSecurityGroupRules', 'DescribeKeyPairs', 'DescribeAddresses', 'DescribeVpcs'],
  ...[
    'DescribeSubnets',
    'DescribeNetworkInterfaces',
    'DescribeInternetGateways',
    'DescribeRouteTables',
    'DescribeTags',
  ],
  ...['DescribeDhcpOptions', 'DescribeLaunchTemplates', 'DescribePlacementGroups', 'DescribeImportImageTasks'],
] as const satisfies Action[]

async function expectSound(stage: Stage, where: string): Promise<void> {
  for (const name of LISTS) {
    const error = await stage.read(name, {}).then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error, `${where}: ${name}`).toBeUndefined()
  }
}

/** @param moment whether the hand is quicker than the change, or comes while what the change began is under way */
async function disturb(action: ChangeAction, hand: Hand, kind: (typeof KINDS)[number], moment: 'before' | 'behind') {
  const { stage, perform } = await begin(action, true)
  const where = `${moment}: ${kind}`
  if (moment === 'before' && lay(hand, kind, stage) === 0) return
  const { error } = await perform()
  expect(error && error.status >= 500 ? error : undefined, where).toBeUndefined()
  if (moment === 'behind' && lay(hand, kind, stage) === 0) return
  await expectSound(stage, where)
  const again = (await perform()).error
  expect(again && again.status >= 500 ? again : undefined, `${where}, again`).toBeUndefined()
  // A VM of another's has what is the user's own: nobody takes that from it
  await stage.pass((limits.goalAge.most + 1) * HOUR)
  expect(
    (await stage.unfinished()).filter(task => !STAYING.test(task)),
    where,
  ).toEqual([])
  await expectSound(stage, where)
}

/** What is tried each time. */
const SOME: Readonly<Record<string, ChangeAction>> = {
  deletes: 'DetachVolume',
  'takes away': 'TerminateInstances',
  'writes nonsense into': 'DisassociateAddress',
}

describe.each(Object.entries(hands))('somebody who %s what there is', (name, hand) => {
  for (const action of allChanges.filter(each => ALL || each === SOME[name])) {
    it(`is no trouble for ${action}`, async () => {
      for (const kind of KINDS)
        for (const moment of ['before', 'behind'] as const) await disturb(action, hand, kind, moment)
    })
  }
})
