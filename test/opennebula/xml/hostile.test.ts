// What tenants can write into their objects, and that nobody else has anything of it.
import { describe, expect, it } from 'vitest'
import { IMAGE, USER, VM } from '../../../src/ec2/core/documents.ts'
import { MalformedAnswer } from '../../../src/opennebula/errors.ts'
import type { DocumentType } from '../../../src/opennebula/xml/document-type.ts'
import { EscapedDocument } from '../../../src/opennebula/xml/escaped.ts'
import { Flaw } from '../../../src/opennebula/xml/flaw.ts'
import { decimal } from '../../../src/opennebula/xml/numbers.ts'
import { readItems } from '../fixtures/items.ts'
import { documents, pool, THING, thing } from '../fixtures/random.ts'
import { answerWith, chunks, evenly } from '../fixtures/recorded.ts'
import { readByDom } from '../fixtures/reference.ts'

/** What is read of an answer: objects, and in the place of others why they are left out. */
async function read<T>(source: AsyncIterable<Uint8Array>, type: DocumentType<T>): Promise<(T | Flaw)[]> {
  const items = await Array.fromAsync(readItems(source, [{ method: 'one.test.info', type }]))
  return items.map(({ object, flaw, error }) => {
    if (error) throw error
    return flaw ?? object
  })
}

/** Reads a document whole, cut in two at every place, and in small pieces, which must all be the same. */
async function readEveryWay<T>(document: string, type: DocumentType<T>): Promise<(T | Flaw)[]> {
  const wire = answerWith(document)
  const whole = await read(chunks(wire), type)
  const size = new TextEncoder().encode(wire).length
  for (let cut = 0; cut <= size; cut++) expect(await read(chunks(wire, cut), type), `cut at ${cut}`).toEqual(whole)
  for (const bytes of [1, 2, 3, 5, 8, 13])
    expect(await read(evenly(wire, bytes), type), `${bytes} bytes`).toEqual(whole)
  return whole
}

/** What the other reader reads; undefined where it cannot. */
function byDom<T>(xml: string, type: DocumentType<T>): T | undefined {
  try {
    return readByDom(xml, type)
  } catch (error) {
    if (!(error instanceof MalformedAnswer)) throw error
    return undefined
  }
}

const readable = <T>(object: T | Flaw): T | undefined => (object instanceof Flaw ? undefined : object)

describe('random objects', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('are read as by another reader: %d', async seed => {
    const { object, below } = documents(seed)
    const list = Array.from({ length: 5 }, object)
    const expected = list.map(one => byDom(one, THING))
    const wire = answerWith(pool(...list))
    expect((await read(chunks(wire), THING)).map(readable)).toEqual(expected)
    for (const size of [1, 2, 3, 7, 1 + below(100)]) {
      const pieces = await read(evenly(wire, size), THING)
      expect(pieces.map(readable), `pieces of ${size}`).toEqual(expected)
    }
  })
})

describe('names', () => {
  it.each(['A:B', 'XÉ', 'A-B.C', '_1A', 'É', 'a', 'A'.repeat(5000), '名前'])('may be any of XML: %s', async name => {
    const document = pool(
      thing(2, `<${name}><![CDATA[x]]></${name}><A>1</A><${name}/><V><${name}>y</${name}><X>z</X></V>`),
      `<${name}>1</${name}>`,
      thing(1, '<A>2</A>'),
    )
    const source = name.length > 100 ? read(evenly(answerWith(document), 100), THING) : readEveryWay(document, THING)
    const vector = name.length > 100 ? { X: 'z' } : { [name]: 'y', X: 'z' }
    expect(await source).toMatchObject([
      { ID: 2, TEMPLATE: { A: '1', V: vector } },
      { ID: 1, TEMPLATE: { A: '2' } },
    ])
  })

  it('that hold a number are those declared', async () => {
    const [object] = await read(
      chunks(answerWith(thing(1, '<N_7>a</N_7><N_7_X>b</N_7_X><N_>c</N_><N_x>d</N_x><N_1234567>e</N_1234567>'))),
      THING,
    )
    expect(object).toEqual(expect.objectContaining({ TEMPLATE: { N_7: 'a', N_7_X: 'b' } }))
  })

  it('may be many, and cost what they are long', async () => {
    const names = Array.from({ length: 50_000 }, (_, number) => `<X${number}>1</X${number}>`)
    // Alike at both ends, so that each is nearly what came the last time
    const alike = Array.from({ length: 50_000 }, (_, number) => `<Q/><Z${100_000 + number}Z/>`)
    const wire = answerWith(pool(thing(2, names.join('') + alike.join('')), thing(1, '<A>1</A>')))
    const began = performance.now()
    expect(await read(evenly(wire, 65_536), THING)).toMatchObject([{ ID: 2 }, { ID: 1, TEMPLATE: { A: '1' } }])
    expect(performance.now() - began).toBeLessThan(5000)
  })
})

describe('a value', () => {
  it('that is too long counts as absent, in whatever way it is written', async () => {
    const long = 'x'.repeat(101)
    for (const value of [
      long,
      `<![CDATA[${long}]]>`,
      `<![CDATA[${'<'.repeat(101)}]]>`,
      `a${'&lt;'.repeat(100)}`,
      '<![CDATA[12345]]>'.repeat(21),
      `<M>${long}</M>`,
      `<M>1</M><N><![CDATA[<${'x'.repeat(90)}]]></N><O>1</O>`,
    ]) {
      const document = pool(thing(2, `<B>1</B><SHORT>${value}</SHORT><A>1</A>`), thing(1, '<SHORT>1</SHORT>'))
      const [first, ...others] = await readEveryWay(document, THING)
      expect(first).toEqual(expect.objectContaining({ ID: 2, TEMPLATE: { A: '1', B: '1' } }))
      expect(others).toMatchObject([{ ID: 1, TEMPLATE: { SHORT: '1' } }])
    }
  })

  it('may be as long as that', async () => {
    for (const value of ['x'.repeat(100), '&'.repeat(100), ']'.repeat(100)]) {
      const document = pool(thing(2, `<SHORT><![CDATA[${value}]]></SHORT>`), thing(1))
      expect(await readEveryWay(document, THING)).toMatchObject([{ TEMPLATE: { SHORT: value } }, { ID: 1 }])
    }
  })

  it('of 40 MiB in a user keeps nobody out', async () => {
    const user = (id: number, template: string) =>
      `<USER><ID>${id}</ID><GID>1</GID><GROUPS><ID>1</ID></GROUPS><GNAME>users</GNAME><NAME>u${id}</NAME><ENABLED>1</ENABLED><TEMPLATE>${template}</TEMPLATE></USER>`
    // Key pairs that cannot be read must not be taken for none, and written over
    for (const [name, TEMPLATE] of [
      ['X', {}],
      ['EC2_KEYPAIRS', { EC2_KEYPAIRS: 'too long' }],
    ] as const) {
      const big = `<${name}><![CDATA[${'x'.repeat(40 * 1024 * 1024)}]]></${name}>`
      const wire = answerWith(`<USER_POOL>${user(1, big)}${user(2, '<EC2_KEYPAIRS>k</EC2_KEYPAIRS>')}</USER_POOL>`)
      expect(await read(evenly(wire, 65_536), USER)).toEqual([
        expect.objectContaining({ ID: 1, TEMPLATE }),
        expect.objectContaining({ ID: 2, TEMPLATE: { EC2_KEYPAIRS: 'k' } }),
      ])
    }
  })

  it('that comes very often makes its object be left out, and costs no more than its length', async () => {
    const wire = answerWith(pool(thing(2, '<A>1</A>'.repeat(300_000)), thing(1)))
    expect(await read(evenly(wire, 65_536), THING)).toEqual([
      new Flaw('VM', 2, 'there is too much in it'),
      expect.objectContaining({ ID: 1 }),
    ])
    const few = answerWith(thing(1, '<A>1</A>'.repeat(1000)))
    expect(await read(chunks(few), THING)).toMatchObject([{ TEMPLATE: { A: Array(1000).fill('1') } }])
  })

  it('that is deep inside of others is passed by, at any depth', async () => {
    const deep = '<X>'.repeat(100_000) + '</X>'.repeat(100_000)
    const wire = answerWith(pool(thing(2, `${deep}<A>${deep}1</A><B><M>${deep}2</M></B>`), thing(1)))
    expect(await read(evenly(wire, 65_536), THING)).toMatchObject([{ TEMPLATE: { A: {}, B: { M: '2' } } }, { ID: 1 }])
  })

  it('may be a thousand elements of a big network, and is read for what it is', async () => {
    const disks = '<DISK><DISK_ID>1</DISK_ID><IMAGE>abcdefghijklmnopqrstuvwxyz</IMAGE></DISK>'.repeat(10_000)
    const [object] = await read(evenly(answerWith(thing(1, '', disks)), 65_536), THING)
    expect(object).toMatchObject({ DISK: { length: 10_000 } })
  })
})

describe('a flawed object', () => {
  it.each([
    ['without its number', '<VM><NAME>a</NAME></VM>', undefined],
    ['with nothing in it', '<VM/>', undefined],
    ['with a number that is none', '<VM><ID>1x</ID><NAME>a</NAME><X/></VM>', undefined],
    ['without what it must have', '<VM><ID>7</ID><TEMPLATE><A>1</A></TEMPLATE></VM>', 7],
    ['with a part without what it must have', thing(7, '<A/>', '<DISK><IMAGE>a</IMAGE></DISK><X><VM/></X>'), 7],
    ['with an empty part', thing(7, '<A/>', '<DISK/>'), 7],
    ['with an entity that is none', thing(7, '<X><Y></Y></X><A>&bogus;</A><B>1</B><X/>'), 7],
    ['with an attribute of XML', thing(7, '<A x="1">1</A><B>1</B>'), 7],
    ['with a CDATA section behind what is wrong', '<VM><ID>1x</ID><NAME><![CDATA[a]]></NAME></VM>', undefined],
    ['with a wrong end tag', '<VM><ID>7</ID><NAME>a</NAM><X><Y></X></VM>', 7],
    ['with an end tag too many', thing(7, '<X>1</X></X><A>1</A>'), 7],
  ])('%s is left out alone', async (_, flawed, id) => {
    const document = pool(thing(3), flawed, thing(2, '<A>1</A>'), flawed, thing(1))
    const flaw = { kind: 'VM', id }
    expect(await readEveryWay(document, THING)).toMatchObject([
      { ID: 3 },
      flaw,
      { ID: 2, TEMPLATE: { A: '1' } },
      flaw,
      { ID: 1 },
    ])
    expect(await readEveryWay(flawed, THING)).toEqual([expect.objectContaining({ kind: 'VM', id })])
  })

  it('is named by nothing that a tenant wrote', async () => {
    const document = pool(
      thing(7, '<V><SECRET>hunter2</SECRE></V>'),
      thing(8, '', '<DISK><DISK_ID>hunter2</DISK_ID></DISK>'),
    )
    for (const flaw of await read(chunks(answerWith(document)), THING)) {
      expect(flaw).toBeInstanceOf(Flaw)
      expect(JSON.stringify(flaw)).not.toMatch(/hunter2|SECRE/)
    }
  })

  it('does not hide that the answer is cut off', async () => {
    const wire = answerWith(pool('<VM><NAME>a</NAME></VM>', '<VM><ID>x</ID><A>'))
    await expect(read(chunks(wire), THING)).rejects.toThrow(MalformedAnswer)
    const cut = wire.slice(0, wire.indexOf('x&lt;/ID') + 12)
    await expect(read(chunks(cut), THING)).rejects.toThrow(MalformedAnswer)
  })
})

describe('numbers', () => {
  it.each(['1e999', 'NaN', 'Infinity', '-1', '9'.repeat(400), '1.5', '0x10', '', '-', ' 1'])(
    'amounts are none: %j',
    async value => {
      const document = thing(1, '', `<SIZE>${value}</SIZE>`)
      expect(await read(chunks(answerWith(document)), THING)).toMatchObject([{ SIZE: undefined }])
    },
  )

  it.each(['1e999', 'NaN', '-1', '9'.repeat(400), '1.2.3', '.', '', '0x10', `0.${'1'.repeat(400)}`])(
    'decimals are none: %j',
    value => {
      expect(decimal(value)).toBeUndefined()
    },
  )

  it.each([
    ['1', 1],
    ['0.5', 0.5],
    ['.5', 0.5],
    ['2.', 2],
    ['0', 0],
  ])('decimals: %s', (value, number) => {
    expect(decimal(value)).toBe(number)
  })

  it('of a negative size make an image be left out', async () => {
    const document = answerWith('<IMAGE_POOL><IMAGE><ID>3</ID><SIZE>-1</SIZE></IMAGE></IMAGE_POOL>')
    expect(await read(chunks(document), IMAGE)).toMatchObject([{ kind: 'IMAGE', id: 3 }])
    expect(await read(chunks(answerWith('<VM_POOL><VM><ID>4</ID></VM></VM_POOL>')), VM)).toMatchObject([
      { kind: 'VM', id: 4 },
    ])
  })
})

describe('a document', () => {
  it('is held by no more than what is read of it', () => {
    const document = new EscapedDocument(THING)
    document.append('&lt;VM&gt;&lt;ID&gt;1&lt;/ID&gt;&lt;NAME&gt;n&lt;/NAME&gt;&lt;X&gt;&lt;![CDATA[')
    for (let piece = 0; piece < 100_000; piece++) {
      document.append(']')
      expect(document.next()).toBeUndefined()
    }
    document.append(']]&gt;&lt;/X&gt;&lt;/VM&gt;')
    expect(document.next()).toMatchObject({ ID: 1 })
    document.append(undefined)
    expect(document.next()).toBeUndefined()
    expect(document.ended).toBe(true)
  })
})
