// What an account's object tells of its tasks.
import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { Rows } from '../../src/account/rows.ts'
import { TaskStore } from '../../src/account/task-store.ts'
import { taskKinds } from '../../src/ec2/tasks.ts'
import type { Env } from '../../src/edge/services.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

it('tells of all that is unfinished, the oldest first, with what only a later release knows', async () => {
  const told = await runInDurableObject((env as Env).ACCOUNT.getByName('telling'), (_, { storage }) => {
    const rows = {
      'task:vm:7': { kind: 'vm', number: 7, id: 'i-7', wanted: 'stop', since: NOW - HOUR },
      'task:vm:8': { kind: 'vm', number: 8, id: 'i-8', wanted: 'terminate', since: NOW - 2 * HOUR },
      // Looked after for as long as the group names others: nothing of it is open
      'task:group-references:sg-1': { kind: 'group-references', group: 'sg-1', sources: ['sg-2'], since: NOW },
      'task:later:a:b': { kind: 'later', name: 'a:b', since: NOW - 3 * HOUR },
      'token:RunInstances:x': { created: NOW },
    }
    for (const [key, row] of Object.entries(rows)) storage.kv.put(key, row)
    return new TaskStore(new Rows(storage), taskKinds, () => NOW).unfinished()
  })
  // An object that has just woken up may look at once
  expect(told).toEqual([
    { kind: 'later', id: 'a:b', since: NOW - 3 * HOUR },
    { kind: 'vm', id: '8', wanted: 'terminate', since: NOW - 2 * HOUR, next: NOW - 2 * HOUR + 500 },
    { kind: 'vm', id: '7', wanted: 'stop', since: NOW - HOUR, next: NOW - HOUR + 500 },
  ])
})

it('tells of nothing where nothing is unfinished', async () => {
  const told = await runInDurableObject((env as Env).ACCOUNT.getByName('idle'), object => object.unfinished())
  expect(told).toEqual([])
})
