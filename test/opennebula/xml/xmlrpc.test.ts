import { describe, expect, it } from 'vitest'
import { MalformedAnswer, OneError, OneFault, UnsafeValue } from '../../../src/opennebula/errors.ts'
import { readAnswer, readMulticallAnswer } from '../../../src/opennebula/xml/answers.ts'
import { writeMethodCall } from '../../../src/opennebula/xml/xmlrpc.ts'
import { answer, answerWith, documentIn, failureResult, multicallAnswer } from '../fixtures/recorded.ts'

describe('writing a call', () => {
  it('writes every type', () => {
    const call = writeMethodCall('one.x', ['a<&>"b', 3, -1, true, false, [1, 'x'], { methodName: 'm', params: [] }])
    expect(call).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>one.x</methodName><params>' +
        '<param><value><string>a&lt;&amp;&gt;"b</string></value></param>' +
        '<param><value><int>3</int></value></param><param><value><int>-1</int></value></param>' +
        '<param><value><boolean>1</boolean></value></param><param><value><boolean>0</boolean></value></param>' +
        '<param><value><array><data><value><int>1</int></value><value><string>x</string></value></data></array></value></param>' +
        '<param><value><struct><member><name>methodName</name><value><string>m</string></value></member>' +
        '<member><name>params</name><value><array><data></data></array></value></member></struct></value></param>' +
        '</params></methodCall>',
    )
  })

  it.each(['😀', '\0', '\r', '\x1b', '\x7f', '\x9f', '\ud800', '\udc00', '\ufffe', '\uffff'])('refuses %j', text => {
    for (const value of [text, `a${text}b`, [text], { a: text }, { [text]: 1 }]) {
      expect(() => writeMethodCall('one.x', [value])).toThrow(UnsafeValue)
    }
  })

  it.each(['\t', '\n', 'é', '日本', '\u00a0', '\ufffd'])('carries %j', text => {
    expect(writeMethodCall('one.x', [text])).toContain(`<string>${text}</string>`)
  })

  it.each([0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', number => {
    expect(() => writeMethodCall('one.x', [number])).toThrow(UnsafeValue)
  })
})

describe('reading an answer', () => {
  it('gives the value', async () => {
    expect(await readAnswer(answer('01-auth-and-system/1'), 'one.system.version')).toEqual({ value: '7.0.1' })
    const message = await readAnswer(answer('03-images/17').replace('>0</boolean', '>1</boolean'), 'x')
    expect(message.value).toContain('Parse error')
    const user = answer('01-auth-and-system/12')
    expect(await readAnswer(user, 'one.user.info')).toEqual({ value: documentIn(user) })
  })

  it.each([
    ['01-auth-and-system/3', 'AUTHENTICATION', undefined],
    ['02-templates/3', 'NO_EXISTS', 77],
    ['03-images/21', 'AUTHORIZATION', undefined],
    ['04-instances/20', 'ACTION', undefined],
    ['03-images/17', 'INTERNAL', undefined],
  ])('gives the failure of %s', async (name, code, objectId) => {
    const { error } = await readAnswer(answer(name), 'one.x')
    expect(error).toBeInstanceOf(OneError)
    expect(error).toMatchObject({ code, objectId, method: 'one.x' })
  })

  it.each([
    [256, 'AUTHENTICATION'],
    [512, 'AUTHORIZATION'],
    [1024, 'NO_EXISTS'],
    [2048, 'ACTION'],
    [4096, 'XML_RPC_API'],
    [8192, 'INTERNAL'],
    [16384, 'ALLOCATE'],
    [32768, 'LOCKED'],
    [65536, 'REPLICATION'],
    [7, 'INTERNAL'],
  ])('names the code %d %s', (code, name) => {
    expect(new OneError('one.x', code, 'no')).toMatchObject({ code: name })
  })

  it('gives the fault', async () => {
    const { error } = await readAnswer(answer('01-auth-and-system/21'), 'one.no.such')
    expect(error).toBeInstanceOf(OneFault)
    expect(error).toMatchObject({ faultCode: -506, message: "Method 'one.no.such' not defined" })
  })

  it('gives one outcome for each call of a multicall', async () => {
    const outcomes = await readMulticallAnswer(answer('01-auth-and-system/20'), [
      'one.user.info',
      'one.image.info',
      'one.no.such',
    ])
    expect(outcomes[0]?.value).toContain('<NAME>helen</NAME>')
    expect(outcomes[1]?.error).toMatchObject({ code: 'NO_EXISTS', method: 'one.image.info', objectId: 999 })
    expect(outcomes[2]?.error).toMatchObject({ faultCode: -506, method: 'one.no.such' })
  })

  it('gives the outcome of a multicall of one call', async () => {
    const outcomes = await readMulticallAnswer(multicallAnswer(failureResult('no', 1024)), ['a'])
    expect(outcomes).toHaveLength(1)
    expect(outcomes[0]?.error).toMatchObject({ code: 'NO_EXISTS', method: 'a' })
  })

  it('throws when a multicall was refused as a whole, or answers another number of calls', async () => {
    await expect(readMulticallAnswer(answer('01-auth-and-system/21'), ['a', 'b'])).rejects.toThrow(OneFault)
    await expect(readMulticallAnswer(answer('01-auth-and-system/20'), ['a', 'b'])).rejects.toThrow(MalformedAnswer)
    await expect(readMulticallAnswer(multicallAnswer(failureResult('x', 1)), ['a', 'b'])).rejects.toThrow(
      MalformedAnswer,
    )
  })

  it.each(['01-auth-and-system/1', '02-templates/3', '01-auth-and-system/21'])(
    'takes nothing from half of %s',
    async name => {
      const xml = answer(name).trimEnd()
      for (let length = 0; length < xml.length; length++) {
        await expect(readAnswer(xml.slice(0, length), 'one.x'), `cut at ${length}`).rejects.toThrow(MalformedAnswer)
      }
    },
  )

  it.each([
    ['nothing', ''],
    ['HTML', '<!DOCTYPE html><html><body><p>Bad gateway</body></html>'],
    ['text', 'error code: 1033'],
    ['another root', '<a/>'],
    ['neither values nor a fault', answerWith('x').replaceAll('params>', 'results>')],
    ['an empty response', '<methodResponse></methodResponse>'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>${answerWith('x').replace(/^<\?.*?\?>/, '')}`],
    ['an unknown type', answerWith('x').replaceAll('string>', 'base64>')],
    ['a boolean that is none', answerWith('x').replace('>1</boolean', '>2</boolean')],
    ['a number that is none', answerWith('x').replace('>1</boolean', '>0</boolean').replace('>0</i4', '>1e3</i4')],
    ['two answers', answerWith('x') + answerWith('x')],
    ['no array', answerWith('x').replace(/<array>.*<\/array>/s, '<i4>1</i4>')],
  ])('takes nothing from %s', async (_, xml) => {
    await expect(readAnswer(xml, 'one.x')).rejects.toThrow(MalformedAnswer)
  })

  it('never quotes the answer in the message', async () => {
    await expect(readAnswer('<a>hunter2</b>', 'one.x')).rejects.toThrow(/^(?!.*hunter2)/)
  })
})
