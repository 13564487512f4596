// Much at once: many objects, and large ones.
import { expect, test } from 'vitest'
import { callXml, type Param, post } from '../rpc.ts'
import { start } from '../start.ts'

const multicall = async (url: string, calls: readonly (readonly [string, ...Param[]])[]): Promise<string> => {
  const entries = calls.map(([methodName, ...params]) => ({ methodName, params: ['rival:rival', ...params] }))
  return await (await post(url, callXml('system.multicall', [entries]))).text()
}

const USABLE_BY_OTHERS = [-1, -1, -1, -1, -1, -1, 1, -1, -1]

const allocation = (number: number) =>
  ['one.template.allocate', `NAME="hostile-${number}" CPU="1" MEMORY="64"`] as const

test('a thousand objects are made and shared', async () => {
  const { url, helen } = await start()
  const numbers = Array.from({ length: 1000 }, (_, index) => index)
  for (let first = 0; first < 1000; first += 250) {
    const made = numbers.slice(first, first + 250).map(number => allocation(number))
    expect((await multicall(url, made)).match(/<boolean>1</g)).toHaveLength(250)
  }
  const shared = numbers.map(number => ['one.template.chmod', 2 + number, ...USABLE_BY_OTHERS] as const)
  expect((await multicall(url, shared)).match(/<boolean>1</g)).toHaveLength(1000)
  expect((await helen('one.templatepool.info', -2, -1, -1)).value.match(/<VMTEMPLATE>/g)).toHaveLength(1002)
})

test.each([
  ['letters', 'x'.repeat(40 * 1024 * 1024)],
  ['blanks, which need care at both ends', `x${' '.repeat(10 * 1024 * 1024)}x`],
  ['many lines', 'line\n'.repeat(1024 * 1024).trimEnd()],
])(
  'a value of many megabytes is taken and given back: %s',
  async (_, text) => {
    const { helen } = await start()
    await helen('one.document.allocate', 'NAME="large"', 1)
    expect(await helen('one.document.update', 0, `BODY="${text}"`, 1)).toMatchObject({ ok: true })
    const { value } = await helen('one.document.info', 0)
    const body = value.slice(value.indexOf('<![CDATA[') + 9, value.lastIndexOf(']]>'))
    expect(body.length).toBe(text.length)
    expect(body === text).toBe(true)
  },
  20_000,
)

test('ten thousand attributes of one name are one template', async () => {
  const { helen } = await start()
  const rules = Array.from(
    { length: 10_000 },
    (_, index) => `RULE=[PROTOCOL="TCP",RULE_TYPE="inbound",RANGE="${index}"]`,
  )
  expect(await helen('one.secgroup.allocate', `NAME="many"\n${rules.join('\n')}`)).toMatchObject({ ok: true })
  expect((await helen('one.secgroup.info', 100)).value.match(/<RULE>/g)).toHaveLength(10_000)
})
