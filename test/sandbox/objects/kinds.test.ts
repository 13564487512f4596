// What kinds that are made of a template's text have alike, and where each has a way of its own.
import { expect, test } from 'vitest'
import { element } from '../rpc.ts'
import { start } from '../start.ts'

test.each([
  ['template', 'Invalid NAME, it cannot be empty'],
  ['vntemplate', 'Invalid NAME, it cannot be empty'],
  ['vmgroup', 'Invalid NAME, it cannot be empty'],
  ['secgroup', 'No NAME in template for Security Group.'],
])('%s: without a name, nothing is made', async (kind, reason) => {
  const { admin } = await start()
  const answer = await admin(`one.${kind}.allocate`, 'A="1"')
  expect(answer).toMatchObject({ ok: false, code: 8192 })
  expect(answer.value).toContain(reason)
})

test('document: without a name, one is made', async () => {
  const { helen } = await start()
  expect(await helen('one.document.allocate', 'A="1"', 7)).toMatchObject({ ok: true, value: '0' })
  expect(element((await helen('one.document.info', 0)).value, 'NAME')).toBe('document-0')
})

test('document: a copy is of the same type', async () => {
  const { helen } = await start()
  await helen('one.document.allocate', 'NAME="one" A="1"', 7)
  expect(await helen('one.document.clone', 0, 'other')).toMatchObject({ ok: true, value: '1' })
  expect(element((await helen('one.document.info', 1)).value, 'TYPE')).toBe('7')
})

test.each(['template', 'vntemplate', 'vmgroup', 'secgroup'])('%s: a name is taken once for each owner', async kind => {
  const { admin } = await start()
  expect(await admin(`one.${kind}.allocate`, 'NAME="mine"')).toMatchObject({ ok: true })
  const answer = await admin(`one.${kind}.allocate`, 'NAME="mine"')
  expect(answer).toMatchObject({ ok: false, code: 8192 })
  expect(answer.value).toContain('NAME is already taken by')
})

test('vntemplate: is for oneadmin to make, whatever the text', async () => {
  const { helen } = await start()
  expect(await helen('one.vntemplate.allocate', 'NAME=')).toMatchObject({ code: 512 })
  expect(await helen('one.template.allocate', 'NAME="a" B')).toMatchObject({ code: 8192 })
})

test('secgroup: cannot be locked', async () => {
  const { admin } = await start()
  expect(await admin('one.secgroup.lock', 0, 1, true)).toMatchObject({ code: -506 })
})
