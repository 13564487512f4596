// A thousand hostile objects: what any user can make with OpenNebula's own API, in every kind and with every flaw known.
import { type One, publish } from './one.ts'

/** Hostile objects of each kind. */
const EACH = 250
/** One of them is this large, in bytes. */
const LARGE = 8 * 1024 * 1024

const encoded = (record: unknown) => Buffer.from(JSON.stringify(record)).toString('base64url')

/** What a tenant may write into a record of the facade's, instead of one. */
export const RECORDS: readonly unknown[] = [
  { description: { toString: 1 } },
  { name: {} },
  { rootSize: 'x', size: 'x', volume: 7, accounts: 'everybody', zone: [] },
  { rootSize: -1, size: 1e15, iops: 0.5, since: 1e300, vm: -1, device: {} },
  { accounts: [null, 3, {}], tags: null, image: false },
  { ['__proto__']: { name: 'polluted' }, constructor: 1 },
  { name: 'a'.repeat(100_000), description: 'b'.repeat(100_000) },
  { name: '\u0000', description: '\ud800' },
  [],
  null,
  'text',
  7,
]

/** Templates as XML, which OpenNebula takes from everybody: any name, any depth, any text. */
const STRUCTURES: readonly string[] = [
  '<A:B>1</A:B>',
  '<XÉ>1</XÉ>',
  '<A-B.C>1</A-B.C>',
  '<_1A>1</_1A>',
  '<A><B><C><D>1</D></C></B></A>',
  '<EC2_TAGS><B><C>1</C></B></EC2_TAGS>',
  '<EC2_IMAGE>&lt;/IMAGE&gt;&lt;IMAGE&gt;&lt;ID&gt;999&lt;/ID&gt;</EC2_IMAGE>',
  '<EC2_GOAL>]] &gt;</EC2_GOAL>',
  '<VCPU>1e999</VCPU><MEMORY>-5</MEMORY><CPU>NaN</CPU>',
  `<EC2_TAGS>${encoded(Array.from({ length: 2000 }, (_, index) => [`k${index}`, 'v'.repeat(300)]))}</EC2_TAGS>`,
  Array.from({ length: 500 }, (_, index) => `<EC2_NAME_${index}>x</EC2_NAME_${index}>`).join(''),
  Array.from({ length: 500 }, () => '<EC2_TAGS>x</EC2_TAGS>').join(''),
]

const MARKS = ['EC2_AMI', 'EBS_VOLUME', 'EBS_SNAPSHOT']
const ATTRIBUTES = ['EC2_IMAGE', 'EC2_VOLUME', 'EC2_SNAPSHOT', 'EC2_HOTPLUG', 'EC2_ADDRESS', 'EC2_INSTANCE']

/** The attributes of the nth hostile object. */
export function flaws(nth: number): string {
  const record = encoded(RECORDS[nth % RECORDS.length])
  const records = ATTRIBUTES.map(name => `<${name}>${record}</${name}>`).join('')
  const mark = `<${MARKS[nth % MARKS.length]}>YES</${MARKS[nth % MARKS.length]}>`
  return `<TEMPLATE>${mark}${nth % 2 ? records : ''}${STRUCTURES[nth % STRUCTURES.length]}</TEMPLATE>`
}

type Kind = Parameters<typeof publish>[1]

/** How an object of a kind is made, by its name. */
const KINDS: Readonly<Partial<Record<Kind, (name: string) => Parameters<One>>>> = {
  image: name => ['one.image.allocate', `NAME="${name}" TYPE="OS" SIZE="1"`, 1, true],
  template: name => ['one.template.allocate', `NAME="${name}" EC2_INSTANCE_TYPE="m1.small"`],
  secgroup: name => ['one.secgroup.allocate', `NAME="${name}"`],
  vn: name => ['one.vn.reserve', 0, `NAME="${name}" SIZE="1"`],
}

/** A user of the seed, who owns them. */
const RIVAL = 3

/** Makes a thousand public objects, as rival, and fills rival's own user with nonsense. */
export async function crowd(rival: One): Promise<void> {
  for (const [kind, allocate] of Object.entries(KINDS) as [Kind, NonNullable<(typeof KINDS)[Kind]>][]) {
    for (let nth = 0; nth < EACH; nth++) {
      const id = await rival(...allocate(`${kind} ${nth}`))
      await rival(`one.${kind}.update`, id, flaws(nth), 1)
      await publish(rival, kind, id)
    }
  }
  const large = await rival('one.template.allocate', 'NAME="large" EC2_INSTANCE_TYPE="m1.small"')
  await rival('one.template.update', large, `<TEMPLATE><X>${'x'.repeat(LARGE)}</X></TEMPLATE>`, 1)
  await publish(rival, 'template', large)
  // Users are read to let them in
  await rival('one.user.update', RIVAL, `<TEMPLATE><X>${'x'.repeat(LARGE)}</X><A:B>1</A:B></TEMPLATE>`, 1)
}
