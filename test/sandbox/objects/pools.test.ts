// Pools: filters, ranges, pages, states, and thousands of VMs.
import { describe, expect, test } from 'vitest'
import { type Client, cloud, LONG, start } from '../start.ts'

/** Ids of the objects in a pool's document, in its order. */
const ids = (xml: string): number[] =>
  [...xml.matchAll(/<(?:VM|IMAGE|DOCUMENT)><ID>(\d+)</g)].map(match => Number(match[1]))

const vms = async (user: Client, filter: number, from: number, to: number, state = -1): Promise<number[]> =>
  ids((await user('one.vmpool.info', filter, from, to, state, '')).value)

describe('ranges and pages', () => {
  test.each([
    ['all', -1, -1, [4, 3, 2, 1, 0]],
    ['a range of ids', 1, 3, [3, 2, 1]],
    ['from an id on: a page size of one is not possible', 2, -1, [4, 3, 2]],
    ['a page, newest first', 0, -2, [4, 3]],
    ['the next page', 2, -2, [2, 1]],
    ['the last page', 4, -2, [0]],
    ['behind the last page', 6, -2, []],
  ])('%s', async (_, from, to, expected) => {
    const { helen } = await start(cloud(5))
    expect(await vms(helen, -3, from, to)).toEqual(expected)
  })
})

describe('filters', () => {
  test('everybody sees what is theirs and what is shared', async () => {
    const { helen, rival, admin } = await start(cloud(2))
    await rival('one.template.instantiate', 0, '', false, '', false)
    await helen('one.vm.chmod', 0, -1, -1, -1, 1, -1, -1, -1, -1, -1)
    expect(await vms(rival, -3, -1, -1)).toEqual([2])
    expect(await vms(rival, -2, -1, -1)).toEqual([2, 0])
    expect(await vms(rival, -1, -1, -1)).toEqual([2, 0])
    expect(await vms(rival, -4, -1, -1)).toEqual([2, 0])
    expect(await vms(rival, 2, -1, -1)).toEqual([0])
    expect(await vms(admin, -2, -1, -1)).toEqual([2, 1, 0])
    expect(await vms(admin, 2, -1, -1)).toEqual([1, 0])
  })

  test('an unknown filter', async () => {
    const { helen } = await start()
    expect(await helen('one.imagepool.info', -5, -1, -1)).toMatchObject({ code: 4096 })
  })
})

test('states: not done, all, one of them', async () => {
  const { helen, sandbox } = await start(cloud(3))
  await helen('one.vm.action', 'poweroff', 0)
  await helen('one.vm.action', 'terminate', 1)
  sandbox.advance(LONG)
  expect(await vms(helen, -3, -1, -1, -1)).toEqual([2, 0])
  expect(await vms(helen, -3, -1, -1, -2)).toEqual([2, 1, 0])
  expect(await vms(helen, -3, -1, -1, 6)).toEqual([1])
  expect(await vms(helen, -3, -1, -1, 8)).toEqual([0])
})

test('a set has the VMs that exist and that the user may see, newest first', async () => {
  const { helen, rival } = await start(cloud(3))
  expect(ids((await helen('one.vmpool.infoset', '0,2,77', true)).value)).toEqual([2, 0])
  expect(ids((await rival('one.vmpool.infoset', '0,2', true)).value)).toEqual([])
})

test('documents of a type', async () => {
  const { helen } = await start()
  for (const type of [1, 2, 1]) await helen('one.document.allocate', `NAME="d${type}"`, type)
  expect(ids((await helen('one.documentpool.info', -3, -1, -1, 1)).value)).toEqual([2, 0])
})

test('a document is written anew when its VM has changed', async () => {
  const { helen, sandbox } = await start(cloud(1))
  const extended = async (): Promise<string> => (await helen('one.vmpool.infoextended', -3, -1, -1, -1, '')).value
  const before = await extended()
  await helen('one.vm.update', 0, 'NOTE="1"', 1)
  const updated = await extended()
  await helen('one.vm.action', 'suspend', 0)
  const suspending = await extended()
  sandbox.advance(LONG)
  const changes = [before, updated, suspending, await extended()]
  expect(changes.map(xml => [xml.includes('<NOTE>'), /<LCM_STATE>(\d+)/.exec(xml)?.[1]])).toEqual([
    [false, '3'],
    [true, '3'],
    [true, '6'],
    [true, '0'],
  ])
})

test('thousands of VMs, page by page', async () => {
  const count = 3000
  const { helen, sandbox } = await start({ seed: { ...cloud(count).seed, privateAddresses: count } })
  const seen: number[] = []
  for (let offset = 0; offset < count; offset += 500) {
    seen.push(...ids((await helen('one.vmpool.infoextended', -3, offset, -500, -1, '')).value))
  }
  expect(seen).toEqual(Array.from({ length: count }, (_, index) => count - 1 - index))
  const newest = await helen('one.vm.info', count - 1, false)
  expect(newest.value).toContain('<IP><![CDATA[10.0.11.193]]></IP>')
  expect(sandbox.log.list().at(-2)?.responseBytes).toBeGreaterThan(500 * 4000)
}, 60_000)
