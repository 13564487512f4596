// XML-RPC itself: faults, parameter checks, multicall, and what is not XML-RPC at all.
import { describe, expect, test } from 'vitest'
import { callXml, parseAnswer, post, rawCall } from '../rpc.ts'
import { start } from '../start.ts'

const update = (value: string): string => callXml('one.user.update', ['helen:helen', 2, `NOTE="${value}"`, 1])

describe('faults', () => {
  test.each([
    ['an emoji', update('\u{1F600}')],
    ['an emoji as a reference', update('x').replace('x', '&#x1F600;')],
    ['a control character', update('\u0001')],
    ['a control character as a reference', update('x').replace('x', '&#1;')],
    ['an element that is not closed', '<?xml version="1.0"?><methodCall><methodName>x</methodName>'],
    ['no XML', 'hello'],
    ['nothing', ''],
    ['another document', '<?xml version="1.0"?><html/>'],
    ['an integer that is none', callXml('one.vm.info', [1]).replace('<int>1<', '<int>one<')],
  ])('-503 for %s', async (_, body) => {
    const { url } = await start()
    const response = await post(url, body)
    expect(response.status).toBe(200)
    expect(parseAnswer(await response.text())).toMatchObject({ ok: false, code: -503 })
  })

  test('-503 for bytes that are not UTF-8', async () => {
    const { url } = await start()
    const response = await post(url, new Uint8Array([...Buffer.from(update('x')).subarray(0, 150), 0xff]))
    expect(parseAnswer(await response.text())).toMatchObject({ code: -503 })
  })

  test('-501 for parameters of the wrong type, and for too few', async () => {
    const { helen } = await start()
    const wrong = (type: string): unknown => ({
      ok: false,
      code: -501,
      value: `Parameter that is supposed to be ${type} is not`,
    })
    expect(await helen('one.vm.info', 'x')).toEqual(wrong('integer'))
    expect(await helen('one.vm.rename', 1, 2)).toEqual(wrong('string'))
    expect(await helen('one.image.enable', 1, 'true')).toEqual(wrong('boolean'))
    expect(await helen('one.vm.rename', 1)).toEqual({ ok: false, code: -501, value: 'Not enough parameters' })
  })

  test('a long integer is not an integer', async () => {
    const { url } = await start()
    const body = callXml('one.vm.info', ['helen:helen', 1]).replace('<int>1</int>', '<i8>1</i8>')
    expect(parseAnswer(await (await post(url, body)).text()).code).toBe(-501)
  })

  test('-506 for an unknown method', async () => {
    const { helen } = await start()
    expect(await helen('one.no.such')).toEqual({ ok: false, code: -506, value: "Method 'one.no.such' not defined" })
    expect(await helen('constructor')).toMatchObject({ code: -506 })
  })
})

test('a value without a type is a string, CDATA and references are text', async () => {
  const { url, helen } = await start()
  const body = update('x').replace('<string>NOTE="x"</string>', 'NOTE="<![CDATA[<&>]]>&#233;"')
  expect(parseAnswer(await (await post(url, body)).text()).ok).toBe(true)
  expect((await helen('one.user.info', -1)).value).toContain('<NOTE><![CDATA[<&>é]]></NOTE>')
})

test('values that look like XML-RPC stay values', async () => {
  const { helen } = await start()
  const evil = '</string></value><USER><ID>0</ID></USER>'
  await helen('one.user.update', 2, `NOTE="${evil}"`, 1)
  expect((await helen('one.user.info', -1)).value).toContain(`<NOTE><![CDATA[${evil}]]></NOTE>`)
})

test('a multicall runs its calls in order; a fault of one does not stop the others', async () => {
  const { url } = await start()
  const session = 'helen:helen'
  const text = await rawCall(url, 'system.multicall', [
    [
      { methodName: 'one.document.allocate', params: [session, 'NAME="a"', 1] },
      { methodName: 'one.document.info', params: [session, 'x'] },
      { methodName: 'one.document.info', params: ['helen:wrong', 0] },
      { methodName: 'one.document.rename', params: [session, 0, 'b'] },
      { methodName: 'one.document.info', params: [session, 0] },
    ],
  ])
  const outcomes = [...text.matchAll(/<boolean>(\d)<\/boolean>|<i4>(-50\d)<\/i4>/g)].map(match => match[1] ?? match[2])
  expect(outcomes).toEqual(['1', '-501', '0', '1', '1'])
  expect(text).toContain('&lt;NAME&gt;b&lt;/NAME&gt;')
})

test('a multicall without a list is a fault', async () => {
  const { url } = await start()
  expect(parseAnswer(await rawCall(url, 'system.multicall', ['x']))).toMatchObject({ code: -501 })
})

test('the methods are listed', async () => {
  const { url } = await start()
  const text = await rawCall(url, 'system.listMethods', [])
  for (const name of ['one.vm.info', 'one.vn.reserve', 'system.multicall']) expect(text).toContain(`<string>${name}<`)
})

test.each([
  ['another path', '/', 'POST', 'text/xml', 404],
  ['another verb', '/RPC2', 'GET', undefined, 405],
  ['another type', '/RPC2', 'POST', 'application/json', 400],
  ['the control endpoint, which is not switched on', '/sandbox/clock', 'GET', undefined, 404],
])('HTTP refuses %s', async (_, path, method, type, status) => {
  const { url } = await start()
  const headers = type === undefined ? {} : { 'Content-Type': type }
  expect((await fetch(new URL(path, url), { method, headers })).status).toBe(status)
})
