import { describe, expect, it } from 'vitest'
import { IMAGE, SECURITY_GROUP, USER, VM, VMTEMPLATE, VNET } from '../../../src/ec2/core/documents.ts'
import { DATASTORE, USER_CREDENTIALS } from '../../../src/opennebula/documents.ts'
import { MalformedAnswer, OneError, OneFault } from '../../../src/opennebula/errors.ts'
import { type DocumentType, documentType } from '../../../src/opennebula/xml/document-type.ts'
import { attributes, int, numbered, optionalAmount, text } from '../../../src/opennebula/xml/shape.ts'
import { readAnswers } from '../../../src/opennebula/xml/stream.ts'
import { readItems } from '../fixtures/items.ts'
import {
  answer,
  answersTo,
  answerWith,
  answerWithEscaped,
  chunks,
  documentIn,
  evenly,
  failureResult,
  multicallAnswer,
  resultIn,
  resultWith,
} from '../fixtures/recorded.ts'
import { readByDom } from '../fixtures/reference.ts'

async function collect<T>(source: AsyncIterable<Uint8Array>, ...types: DocumentType<T>[]) {
  const expected = types.map(type => ({ method: 'one.test.info', type }))
  return Array.fromAsync(readItems(source, expected))
}

async function objects<T>(source: AsyncIterable<Uint8Array>, type: DocumentType<T>): Promise<T[]> {
  const items = await collect(source, type)
  return items.flatMap(item => {
    if (item.error) throw item.error
    return item.flaw ? [] : [item.object]
  })
}

/** What came before the reader gave up, and the error. */
async function untilError<T>(source: AsyncIterable<Uint8Array>, type: DocumentType<T>) {
  const before: unknown[] = []
  try {
    for await (const item of readItems(source, [{ method: 'one.test.info', type }])) before.push(item.object)
  } catch (error) {
    return { before, error }
  }
  return { before, error: undefined }
}

/** The objects of a recorded answer by xmldom; no recorded text holds what looks like a tag. */
function byDom<T>(name: string, type: DocumentType<T>): T[] {
  const xml = documentIn(answer(name))
  if (xml.startsWith(`<${type.element}>`)) return [readByDom(xml, type)]
  return xml
    .slice(type.pool.length + 2, -type.pool.length - 3)
    .split(new RegExp(`(?<=</${type.element}>)(?=<${type.element}>)`))
    .map(one => readByDom(one, type))
}

const KINDS: [DocumentType<unknown>, string[]][] = [
  [VM, answersTo('.vm.info', 'vmpool.info', 'vmpool.infoextended', 'vmpool.infoset')],
  [IMAGE, answersTo('image.info', 'imagepool.info')],
  [VMTEMPLATE, answersTo('template.info', 'templatepool.info')],
  [VNET, answersTo('vn.info', 'vnpool.info')],
  [SECURITY_GROUP, answersTo('secgroup.info', 'secgrouppool.info')],
  [USER, answersTo('user.info')],
  [DATASTORE, answersTo('datastorepool.info')],
]

const successes = KINDS.flatMap(([type, names]) =>
  names.filter(name => /<boolean>1</.test(answer(name))).map(name => ({ name, type })),
)

describe('the two readers', () => {
  it('have recordings to agree on', () => {
    expect(successes.length).toBeGreaterThan(20)
  })

  it.each(successes)('read the same out of $name', async ({ name, type }) => {
    const streamed = await objects(chunks(answer(name)), type)
    expect(streamed.length).toBeGreaterThan(0)
    expect(streamed).toEqual(byDom(name, type))
  })

  it('read what is in a VM', async () => {
    const [vm] = await objects(chunks(answer('06-networks-and-security-groups/26')), VM)
    expect(vm).toMatchObject({
      ID: 1,
      UID: 2,
      UNAME: 'helen',
      NAME: 'web-1',
      PERMISSIONS: { OWNER_U: true, OWNER_A: false, OTHER_U: false },
      STATE: 3,
      LCM_STATE: 3,
      ETIME: 0,
      TEMPLATE: {
        CPU: 2,
        VCPU: 2,
        MEMORY: 512,
        TEMPLATE_ID: 0,
        DISK: [],
        CONTEXT: { TARGET: 'hda', EC2_USER_DATA: 'd29ybGQ=', EC2_KEYNAME: undefined },
      },
      USER_TEMPLATE: { EC2_INSTANCE_TYPE: 'm1.small', EC2_TAGS: 'eyJOYW1lIjoieCJ9' },
    })
    expect(vm?.TEMPLATE.NIC).toMatchObject([{ NIC_ID: 0, IP: '10.0.0.10', SECURITY_GROUPS: [0], ATTACH: false }])
    expect(vm?.TEMPLATE.NIC_ALIAS).toMatchObject([
      { NIC_ID: 1, PARENT_ID: 0, NETWORK_ID: 2, PARENT_NETWORK_ID: 1, IP: '203.0.113.1', EXTERNAL: true },
    ])
  })

  it('read what is in an image, markup and accents of its description included', async () => {
    const [image] = await objects(chunks(answer('03-images/20')), IMAGE)
    expect(image).toMatchObject({
      ID: 1,
      TYPE: 0,
      STATE: 1,
      SIZE: 5,
      PERSISTENT: false,
      CLONING_ID: -1,
      VMS: { ID: [] },
    })
    expect(image?.TEMPLATE).toEqual({
      DESCRIPTION: 'a "quoted" \\\\ back é <&>',
      DEV_PREFIX: 'sd',
      EC2_AMI: 'YES',
      EC2_TAGS: 'eyJOYW1lIjoieCJ9',
    })
  })

  it('read the ranges of a network', async () => {
    const [network] = await objects(chunks(answer('06-networks-and-security-groups/2')), VNET)
    expect(network?.AR_POOL.AR).toMatchObject([{ SIZE: 5000, IP: '10.0.0.10', USED_LEASES: 2 }])
    expect(network?.PARENT_NETWORK_ID).toBeUndefined()
  })

  it('read users and nothing else out of the user pool', async () => {
    const users = await objects(chunks(answer('01-auth-and-system/8')), USER_CREDENTIALS)
    expect(users.map(user => `${user.ID} ${user.NAME} ${user.AUTH_DRIVER} ${user.ENABLED}`)).toEqual([
      '3 rival core true',
      '2 helen core true',
      '1 serveradmin server_cipher true',
      '0 oneadmin core true',
    ])
    expect(users[1]?.PASSWORD).toBe('32145d662f3331ba2e96541b97b8a8884e1f1b248ab554c619db6ed1a24c7198')
  })

  it('keep attributes that come more than once', async () => {
    const [group] = await objects(chunks(answer('06-networks-and-security-groups/4')), SECURITY_GROUP)
    expect(group?.TEMPLATE['RULE']).toEqual([
      { PROTOCOL: 'TCP', RANGE: '22,80,443:445', RULE_TYPE: 'inbound' },
      { PROTOCOL: 'ALL', RULE_TYPE: 'outbound' },
    ])
  })
})

const THING = documentType('VM', {
  ID: int,
  NAME: text,
  SIZE: optionalAmount,
  TEMPLATE: attributes('A', 'B', 'V', 'SPLIT', 'VM', 'TEMPLATE', 'constructor', numbered('N_', '_X'), {
    name: 'LONG',
    most: 1000,
  }),
})
const thing = (id: number, template = '') =>
  `<VM><ID>${id}</ID><NAME>n${id}</NAME><TEMPLATE>${template}</TEMPLATE></VM>`
const pool = (...things: string[]) => `<VM_POOL>${things.join('')}</VM_POOL>`

describe('chunks', () => {
  const document = pool(
    thing(3, '<A><![CDATA[é日本 ]] > ]]></A><V><X>1</X><Y><![CDATA[<&>]]></Y></V>'),
    '<QUOTAS><ID>9</ID><![CDATA[</QUOTAS>]]></QUOTAS>',
    '<VM><HISTORY_RECORDS><H><ID>7</ID><N><![CDATA[x]]></N></H><E/></HISTORY_RECORDS><ID>2</ID><NAME>a&amp;b&#233;</NAME><TEMPLATE/></VM>',
  )
  const wire = answerWith(document)
  const size = new TextEncoder().encode(wire).length

  it('may end anywhere', async () => {
    const whole = await objects(chunks(wire), THING)
    expect(whole).toEqual([
      { ID: 3, NAME: 'n3', SIZE: undefined, TEMPLATE: { A: 'é日本 ]] > ', V: { X: '1', Y: '<&>' } } },
      { ID: 2, NAME: 'a&bé', SIZE: undefined, TEMPLATE: {} },
    ])
    for (let cut = 0; cut <= size; cut++)
      expect(await objects(chunks(wire, cut), THING), `cut at ${cut}`).toEqual(whole)
  })

  it('may be of any size', async () => {
    const name = '04-instances/11'
    const whole = await objects(chunks(answer(name)), VM)
    for (const bytes of [1, 2, 3, 7, 64, 1000, 4096]) {
      expect(await objects(evenly(answer(name), bytes), VM), `${bytes} bytes`).toEqual(whole)
    }
  })

  it('may be long, and bring all their objects together', async () => {
    const texts = Array.from({ length: 9 }, (_, id) => '日'.repeat(10_000 + id))
    const long = answerWith(pool(...texts.map((text, id) => thing(id, `<A>${text}</A>`))))
    const { length } = new TextEncoder().encode(long)
    for (const bytes of [100_000, 200_000, 1_000_000]) {
      const groups = await Array.fromAsync(readAnswers(evenly(long, bytes), [{ method: 'one.test.info', type: THING }]))
      expect(groups.length).toBe(Math.ceil(length / bytes))
      expect(groups.flat().map(({ object }) => object?.TEMPLATE['A'])).toEqual(texts)
    }
  })

  it('are not all needed before the first object comes', async () => {
    const { promise: never } = Promise.withResolvers<never>()
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(wire.slice(0, wire.indexOf('QUOTAS')))
      await never
    }
    const reader = readItems(stalling(), [{ method: 'one.test.info', type: THING }])
    expect((await reader.next()).value).toMatchObject({ object: { ID: 3 } })
  })

  it('are not asked for any longer once the reader leaves', async () => {
    let released = false
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield* evenly(wire, 100)
      } finally {
        released = true
      }
    }
    for await (const _ of readItems(source(), [{ method: 'one.test.info', type: THING }])) break
    expect(released).toBe(true)
  })

  it('that cost no more than their bytes: a big object in tiny chunks', async () => {
    const big = answerWith(pool(thing(1, `<A><![CDATA[${'x'.repeat(200_000)}]]></A>`)))
    const [object] = await objects(evenly(big, 50), THING)
    expect(object?.TEMPLATE['A']).toHaveLength(200_000)
  })
})

describe('a cut-off answer', () => {
  it('is an error at every byte, after the objects that were complete', async () => {
    const wire = answerWith(pool(thing(2, '<A><![CDATA[é]]></A>'), thing(1))).trimEnd()
    const bytes = new TextEncoder().encode(wire)
    const firstEnds = wire.indexOf('&lt;/VM&gt;') + '&lt;/VM&gt;'.length + 1
    for (let length = 0; length < bytes.length; length++) {
      async function* cut() {
        yield bytes.subarray(0, length)
      }
      const { before, error } = await untilError(cut(), THING)
      expect(error, `cut at ${length}`).toBeInstanceOf(MalformedAnswer)
      if (length > firstEnds + '</string>'.length) expect(before[0]).toMatchObject({ ID: 2 })
    }
  })

  it.each(['04-instances/11', '03-images/38', '06-networks-and-security-groups/2'])('is an error in %s', async name => {
    const type = { '04-instances/11': VM, '03-images/38': IMAGE }[name] ?? VNET
    const wire = answer(name).trimEnd()
    for (let length = 0; length < wire.length; length += 37) {
      const { error } = await untilError(chunks(wire.slice(0, length)), type as DocumentType<unknown>)
      expect(error, `cut at ${length}`).toBeInstanceOf(MalformedAnswer)
    }
  })

  it('inside the document is an error even in a complete envelope', async () => {
    const escaped = resultWith('&lt;VM_POOL&gt;&lt;VM&gt;&lt;ID&gt;1&lt;/ID&gt;')
    const next = resultWith('&lt;VM_POOL&gt;&lt;/VM_POOL&gt;')
    await expect(collect(chunks(multicallAnswer(escaped, next)), THING, THING)).rejects.toThrow(MalformedAnswer)
  })
})

describe('hostile text', () => {
  const evil = [
    '</VM><VM><ID>999</ID>',
    '</TEMPLATE></VM></VM_POOL>',
    '<VM><ID>5</ID></VM>',
    ']]&gt;</A></TEMPLATE><ID>999</ID>',
    '&lt;/VM&gt;&lt;VM&gt;',
    '<![CDATA[',
    '</string></value>',
    '<!--',
    '<?xml',
    '&amp;lt;/VM&amp;gt;',
    ']]',
    ']',
    '',
  ]

  it.each(evil)('in a CDATA section stays text: %j', async text => {
    const wire = answerWith(pool(thing(2, `<A><![CDATA[${text}]]></A>`), thing(1, '<B>x</B>')))
    const expected = [
      { ID: 2, TEMPLATE: { A: text } },
      { ID: 1, TEMPLATE: { B: 'x' } },
    ]
    expect(await objects(chunks(wire), THING)).toMatchObject(expected)
    expect(await objects(evenly(wire, 1), THING)).toMatchObject(expected)
    expect(readByDom(thing(2, `<A><![CDATA[${text}]]></A>`), THING)).toMatchObject({ TEMPLATE: { A: text } })
  })

  it.each(evil)('is passed by where it is not wanted: %j', async text => {
    const unwanted = `<X><Y><![CDATA[${text}]]></Y><X><![CDATA[${text}]]></X></X>`
    const wire = answerWith(pool(`<VM>${unwanted}<ID>2</ID>${unwanted}<NAME>a</NAME></VM>`, unwanted, thing(1)))
    expect((await objects(chunks(wire), THING)).map(vm => vm.ID)).toEqual([2, 1])
  })

  it('may be an element of the same name inside', async () => {
    const wire = answerWith(pool(thing(2, '<VM><VM><![CDATA[1]]></VM></VM><TEMPLATE>t</TEMPLATE>'), thing(1)))
    const [first, second] = await objects(chunks(wire), THING)
    expect(first?.TEMPLATE).toEqual({ VM: { VM: '1' }, TEMPLATE: 't' })
    expect(second?.ID).toBe(1)
  })

  it('cannot reach inherited names', async () => {
    const document = thing(1, '<constructor>x</constructor><V><__proto__>y</__proto__></V>')
    const [vm] = await objects(chunks(answerWith(document)), THING)
    expect(Object.entries(vm?.TEMPLATE ?? {}).map(([name]) => name)).toEqual(['constructor', 'V'])
    expect('toString' in (vm?.TEMPLATE ?? {})).toBe(false)
    expect(vm?.TEMPLATE['constructor']).toBe('x')
    expect(Object.entries(vm?.TEMPLATE['V'] ?? {})).toEqual([['__proto__', 'y']])
    expect(vm).toEqual(readByDom(document, THING))
  })
})

describe('other ways to write the same XML', () => {
  const plain = thing(1, '<A><![CDATA[a>b & c]]></A><B>x &amp; y</B>')
  const expected = { TEMPLATE: { A: 'a>b & c', B: 'x & y' } }

  it.each([
    ['numeric references for markup', (xml: string) => xml.replaceAll('&lt;', '&#60;').replaceAll('&gt;', '&#x3E;')],
    ['a numeric reference for &', (xml: string) => xml.replaceAll('&amp;', '&#38;')],
    ['a bare >', (xml: string) => xml.replaceAll('&gt;', '>')],
  ])('%s', async (_, rewrite) => {
    const [, escaped = ''] = /<string>(.*)<\/string>/.exec(answerWith(plain)) ?? []
    const wire = answerWithEscaped(rewrite(escaped))
    expect(await objects(chunks(wire), THING)).toMatchObject([expected])
    expect(await objects(evenly(wire, 1), THING)).toMatchObject([expected])
  })

  it('numeric references in text, at either level', async () => {
    const wire = answerWith(thing(1, '<A>&#233;&#x1F600;</A><B><![CDATA[&#233;]]></B>')).replace('n1', 'n&#233;')
    const [vm] = await objects(chunks(wire), THING)
    expect(vm).toMatchObject({ NAME: 'né', TEMPLATE: { A: 'é😀', B: '&#233;' } })
  })

  it('text in several pieces', async () => {
    const document = thing(1, '<A>x<![CDATA[y]]><![CDATA[z]]>&lt;</A><SPLIT><![CDATA[]]]]><![CDATA[>]]></SPLIT>')
    const [vm] = await objects(chunks(answerWith(document)), THING)
    expect(vm?.TEMPLATE).toEqual({ A: 'xyz<', SPLIT: ']]>' })
    expect(vm).toEqual(readByDom(document, THING))
  })

  it('line ends as XML has them', async () => {
    const document = thing(1, '<A><![CDATA[a\r\nb\rc]]></A><B>d&#13;e</B>')
    const read = readByDom(document, THING)
    expect(read.TEMPLATE).toEqual({ A: 'a\nb\nc', B: 'd\re' })
    const bare = answerWith(document)
    const escaped = bare.trimEnd().replaceAll('\r', '&#x0d;')
    for (const source of [chunks(bare), evenly(bare, 1), chunks(escaped), evenly(escaped, 1)]) {
      expect(await objects(source, THING)).toEqual([read])
    }
  })

  it('white space between elements', async () => {
    const document = pool(thing(2), thing(1)).replaceAll('><', '>\n  <')
    expect((await objects(chunks(answerWith(document)), THING)).map(vm => vm.ID)).toEqual([2, 1])
  })

  it('an empty pool', async () => {
    expect(await objects(chunks(answerWith('<VM_POOL/>')), THING)).toEqual([])
    expect(await objects(chunks(answerWith('<VM_POOL></VM_POOL>')), THING)).toEqual([])
  })
})

describe('nonsense', () => {
  it.each([
    ['nothing', ''],
    ['a page of a proxy', '<html><body>Bad gateway</body></html>'],
    ['text', 'upstream connect error'],
    ['no document', answerWith('')],
    ['another document', answerWith('<IMAGE_POOL></IMAGE_POOL>')],
    ['elements that cross', answerWith('<VM_POOL><VM><ID>1</ID><NAME>a</NAME></VM_POOL></VM>')],
    ['two documents', answerWith(`${pool()}${pool()}`)],
    ['text after the document', answerWith(`${pool()}x`)],
    ['text after the answer', `${answerWith(pool())}x`],
    ['a comment', answerWith('<VM_POOL><!-- x --></VM_POOL>')],
    ['a comment for a value', answerWith(thing(1, '<A><!-- abcdefgh]]></A>'))],
    ['text for a document', answerWith('<![CDATA[<VM_POOL>]]>')],
    ['an end tag without start', answerWith('</VM_POOL>')],
    ['an attribute', answerWith('<VM_POOL><VM id="1"></VM></VM_POOL>')],
    ['a text for a pool', answerWith(`x${pool()}`)],
    ['a tag without name', answerWith('<VM_POOL><></></VM_POOL>')],
    ['markup that is not escaped', answerWithEscaped('<VM_POOL></VM_POOL>')],
    ['a value of another type', answerWith(pool()).replaceAll('string>', 'base64>')],
    ['an endless entity', answerWithEscaped(`&${'x'.repeat(100)}`)],
  ])('is an error: %s', async (_, wire) => {
    for (const source of [chunks(wire), evenly(wire, 3)]) {
      expect((await untilError(source, THING)).error).toBeInstanceOf(MalformedAnswer)
    }
  })

  it('is an error: bytes that are no UTF-8', async () => {
    async function* source() {
      yield* chunks(answerWith(pool(thing(1))).slice(0, 200))
      yield new Uint8Array([0xff, 0xfe])
    }
    expect((await untilError(source(), THING)).error).toBeInstanceOf(MalformedAnswer)
  })

  it('is never quoted in the message', async () => {
    const { error } = await untilError(chunks(answerWith('<VM_POOL><secret password="hunter2"/></VM_POOL>')), THING)
    expect(String(error)).not.toContain('hunter2')
  })
})

describe('failures', () => {
  it('of OpenNebula are told apart from objects', async () => {
    const [item, ...more] = await collect(chunks(answer('04-instances/13')), VM)
    expect(more).toEqual([])
    expect(item?.error).toBeInstanceOf(OneError)
    expect(item?.error).toMatchObject({
      code: 'INTERNAL',
      method: 'one.test.info',
      message: '[one.vmpool.info] JSON query search is not supported by the SQL backend',
      objectId: undefined,
    })
  })

  it('name the object', async () => {
    const [item] = await collect(chunks(answer('02-templates/3')), VMTEMPLATE)
    expect(item?.error).toMatchObject({ code: 'NO_EXISTS', objectId: 77 })
  })

  it('of XML-RPC are faults', async () => {
    const [item] = await collect(chunks(answer('01-auth-and-system/22')), VM)
    expect(item?.error).toBeInstanceOf(OneFault)
    expect(item?.error).toMatchObject({ faultCode: -501, message: 'Parameter that is supposed to be integer is not' })
  })

  it.each(['04-instances/13', '01-auth-and-system/22'])('that are cut off are no failures: %s', async name => {
    const wire = answer(name).trimEnd()
    for (let length = 0; length < wire.length; length++) {
      expect((await untilError(chunks(wire.slice(0, length)), VM)).error, `cut at ${length}`).toBeInstanceOf(
        MalformedAnswer,
      )
    }
  })
})

describe('a multicall', () => {
  const fault =
    '<value><struct>\n<member><name>faultCode</name>\n<value><i4>-506</i4></value></member>\n<member><name>faultString</name>\n<value><string>Method &apos;x&apos; not defined</string></value></member>\n</struct></value>'
  const wire = multicallAnswer(
    resultWith(answerWith(pool(thing(2), thing(1))).split(/<\/?string>/)[1] ?? ''),
    failureResult('[one.vm.info] Error getting virtual machine [9].', 1024, 9),
    fault,
    resultWith(answerWith(pool(thing(7))).split(/<\/?string>/)[1] ?? ''),
  )

  it('of pools is read in order, each call with its objects or its error', async () => {
    const items = await collect(chunks(wire), THING, THING, THING, THING)
    expect(items).toMatchObject([
      { call: 0, object: { ID: 2 } },
      { call: 0, object: { ID: 1 } },
      { call: 1, error: { code: 'NO_EXISTS', objectId: 9 } },
      { call: 2, error: { faultCode: -506, message: "Method 'x' not defined" } },
      { call: 3, object: { ID: 7 } },
    ])
  })

  it('may be in chunks of any size', async () => {
    const whole = await collect(chunks(wire), THING, THING, THING, THING)
    for (const size of [1, 5, 100]) expect(await collect(evenly(wire, size), THING, THING, THING, THING)).toEqual(whole)
  })

  it('of different documents', async () => {
    const both = multicallAnswer(resultIn(answer('04-instances/11')), resultIn(answer('03-images/38')))
    const items = await collect<unknown>(chunks(both), VM, IMAGE)
    expect(items.filter(item => item.call === 0)).toHaveLength(2)
    expect(items.filter(item => item.call === 1).length).toBeGreaterThan(1)
  })

  it('as it was recorded', async () => {
    const items = await collect<unknown>(chunks(answer('01-auth-and-system/20')), USER, IMAGE, VM)
    expect(items).toMatchObject([
      { call: 0, object: { NAME: 'helen' } },
      { call: 1, error: { code: 'NO_EXISTS', objectId: 999 } },
      { call: 2, error: { faultCode: -506 } },
    ])
  })

  it('with fewer or more results than calls is an error', async () => {
    await expect(collect(chunks(wire), THING, THING, THING)).rejects.toThrow(MalformedAnswer)
    await expect(collect(chunks(wire), THING, THING, THING, THING, THING)).rejects.toThrow(MalformedAnswer)
  })

  it('that is refused as a whole is one fault', async () => {
    const refused = collect(chunks(answer('01-auth-and-system/21')), THING, THING)
    await expect(refused).rejects.toMatchObject({ name: 'OneFault', method: 'system.multicall', faultCode: -506 })
  })
})
