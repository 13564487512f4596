// The table of attributes against what is read of objects, what codecs write, and what a copy begins with.
import { describe, expect, it } from 'vitest'
import { addressRecords } from '../../../src/ec2/addresses/states.ts'
import { BLANK_MARKS, boundsOf, type Listed, listedOn, named } from '../../../src/ec2/core/attribute-names.ts'
import { type AttributeRow, attributes } from '../../../src/ec2/core/attributes.ts'
import {
  DOCUMENT,
  IMAGE,
  type Image,
  SECURITY_GROUP,
  USER,
  VM,
  VMTEMPLATE,
  VNET,
} from '../../../src/ec2/core/documents.ts'
import { text } from '../../../src/ec2/core/fields.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { itemRecords } from '../../../src/ec2/core/items.ts'
import { record, stored, storedEach } from '../../../src/ec2/core/record.ts'
import { decodeTags, decodeTagsOf, encodeTags } from '../../../src/ec2/core/stored-tags.ts'
import { attachDisk, merge } from '../../../src/ec2/core/writes.ts'
import { imageRecords } from '../../../src/ec2/disk-images/ami-record.ts'
import { isPlaceholder, lacksParts } from '../../../src/ec2/disk-images/marks.ts'
import { isOf, roleOf, sealedSnapshotId } from '../../../src/ec2/disk-images/roles.ts'
import { lentBesides } from '../../../src/ec2/disk-images/sharing.ts'
import { instanceRecords } from '../../../src/ec2/instances/record.ts'
import { detachments } from '../../../src/ec2/instances/view.ts'
import { interfaceRecords } from '../../../src/ec2/network-interfaces/own.ts'
import { nicRecords } from '../../../src/ec2/network-interfaces/view.ts'
import { snapshotRecords } from '../../../src/ec2/snapshots/view.ts'
import { subnetRecords } from '../../../src/ec2/subnets/view.ts'
import { diskRecords, hotPlugNote, hotPlugs, volumeRecords } from '../../../src/ec2/volumes/view.ts'
import type { Attributes } from '../../../src/opennebula/xml/attributes.ts'
import { encoded } from '../../../src/opennebula/xml/template.ts'
import { readDocument } from '../../opennebula/fixtures/document.ts'

const rows = Object.entries<AttributeRow>(attributes)
/** A name as it stands on an object. */
const asFound = (listed: string) => listed.replace('n', '3')

const COMMON =
  '<ID>7</ID><UID>2</UID><GID>1</GID><UNAME>h</UNAME><GNAME>u</GNAME><NAME>its name</NAME><REGTIME>1</REGTIME>' +
  '<TYPE>0</TYPE><STATE>1</STATE><LCM_STATE>0</LCM_STATE><STIME>1</STIME><ETIME>0</ETIME><SIZE>1</SIZE><PERSISTENT>0</PERSISTENT>' +
  '<DATASTORE_ID>1</DATASTORE_ID><RUNNING_VMS>0</RUNNING_VMS><CLONING_OPS>0</CLONING_OPS><USED_LEASES>0</USED_LEASES><ENABLED>1</ENABLED>'

/** What is read of an object of a kind that has these attributes. */
const readers = {
  vm: (xml: string) =>
    readDocument(`<VM>${COMMON}<TEMPLATE/><USER_TEMPLATE>${xml}</USER_TEMPLATE></VM>`, VM).USER_TEMPLATE,
  disk: (xml: string) =>
    readDocument(`<VM>${COMMON}<TEMPLATE><DISK><DISK_ID>0</DISK_ID>${xml}</DISK></TEMPLATE></VM>`, VM).TEMPLATE.DISK[0],
  context: (xml: string) =>
    readDocument(`<VM>${COMMON}<TEMPLATE><CONTEXT>${xml}</CONTEXT></TEMPLATE></VM>`, VM).TEMPLATE.CONTEXT,
  image: (xml: string) => readDocument(`<IMAGE>${COMMON}<TEMPLATE>${xml}</TEMPLATE></IMAGE>`, IMAGE).TEMPLATE,
  template: (xml: string) =>
    readDocument(`<VMTEMPLATE>${COMMON}<TEMPLATE>${xml}</TEMPLATE></VMTEMPLATE>`, VMTEMPLATE).TEMPLATE,
  vn: (xml: string) => readDocument(`<VNET>${COMMON}<TEMPLATE>${xml}</TEMPLATE></VNET>`, VNET).TEMPLATE,
  secgroup: (xml: string) =>
    readDocument(`<SECURITY_GROUP>${COMMON}<TEMPLATE>${xml}</TEMPLATE></SECURITY_GROUP>`, SECURITY_GROUP).TEMPLATE,
  rule: (xml: string) =>
    readDocument(
      `<VM>${COMMON}<TEMPLATE><SECURITY_GROUP_RULE><SECURITY_GROUP_ID>0</SECURITY_GROUP_ID>${xml}</SECURITY_GROUP_RULE></TEMPLATE></VM>`,
      VM,
    ).TEMPLATE.SECURITY_GROUP_RULE[0],
  user: (xml: string) => readDocument(`<USER>${COMMON}<TEMPLATE>${xml}</TEMPLATE></USER>`, USER).TEMPLATE,
  document: (xml: string) =>
    readDocument(`<DOCUMENT>${COMMON}<TEMPLATE>${xml}</TEMPLATE></DOCUMENT>`, DOCUMENT).TEMPLATE,
} as const
type Readable = keyof typeof readers
const PLACES = Object.keys(readers) as Readable[]

const element = (name: string, value: string) => `<${name}>${value}</${name}>`
const valueIn = (place: Readable, name: string, value: string): unknown =>
  Reflect.get(readers[place](element(name, value)) ?? {}, name)

describe('the table', () => {
  it.each(rows)('says of %s what it is, in one sentence', (name, { what }) => {
    expect(what).toMatch(/^[A-Z][^.]*\.$/)
    expect(name).toMatch(/^(EC2|EBS)(_[A-Z]+|_n)*$/)
  })

  it.each(rows)('decides where %s is read, and nowhere else', (listed, { on, read = true, form }) => {
    const value = form === 'seconds' ? '5' : 'x'
    const known = form === 'seconds' && on.some(place => place === 'disk') ? 5 : value
    for (const place of PLACES) {
      const expected = read && on.includes(place) ? known : undefined
      expect(valueIn(place, asFound(listed), value), place).toBe(expected)
    }
  })

  it.each(rows.filter(([, { form, on }]) => form !== 'vectors' && !on.some(isVector)))(
    'says in how many characters %s counts',
    (listed, { on }) => {
      const { most, instead } = boundsOf(listed as Listed)
      for (const place of on.filter(each => each in readers)) {
        expect(valueIn(place as Readable, asFound(listed), 'x'.repeat(most))).toHaveLength(most)
        expect(valueIn(place as Readable, asFound(listed), 'x'.repeat(most + 1))).toBe(instead)
      }
    },
  )

  it('has no names with a number but those of disks and interfaces', () => {
    for (const name of ['EC2_DISK_x', 'EC2_DISK_', 'EC2_DISK_n', 'EC2_DISK_3_OTHER', 'EC2_NIC_x', 'EC2_NIC_3_DETACH']) {
      expect(valueIn('vm', name, 'x')).toBeUndefined()
    }
  })
})

function isVector(place: string): boolean {
  return place === 'disk' || place === 'rule' || place === 'context'
}

const SPEED = { size: 3, type: 'gp3', iops: 3000, throughput: 200 } as const

/** The codec of every record in the table, and a value that it keeps. */
const codecs = {
  EC2_INSTANCE: kept(instanceRecords, { reservation: 'r-1234567890abcdef0', index: 1, monitored: true }),
  EC2_DISK_n: kept(diskRecords(3), { ...SPEED, zone: 'here' }),
  EC2_DISK_n_DETACH: kept(detachments(3), { since: 5, queued: true }),
  EC2_IMAGE: kept(imageRecords, { name: 'web server', accounts: ['000000000003'] }),
  EC2_VOLUME: kept(volumeRecords, { ...SPEED, modification: { start: 5, from: SPEED, to: { ...SPEED, size: 4 } } }),
  EC2_HOTPLUG: kept(hotPlugs, { goal: 'attach', vm: 7, device: '/dev/sdh', since: 5, queued: false }),
  EC2_SNAPSHOT: kept(snapshotRecords, { volume: 'vol-00000003', description: 'what it is' }),
  EC2_ITEM: kept(itemRecords(text(10)), { form: 1, name: 'its name', fields: 'kept' }),
  EC2_ADDRESS: kept(addressRecords, { domain: 'standard' }),
  EC2_SUBNET: kept(subnetRecords, { vpc: 'vpc-1234567890abcdef0', block: '10.7.0.0/24', mapPublicIpOnLaunch: true }),
  EC2_NIC_n: kept(nicRecords(3), { index: 2, description: 'what it is', sourceDestCheck: false }),
  EC2_INTERFACE: kept(interfaceRecords, {
    ...{ vpc: 'vpc-00000002', subnet: 'subnet-00000000', description: 'what it is' },
    groups: [{ number: 0, id: 'sg-00000000', name: 'default' }],
    attachment: { id: 'eni-attach-1234567890abcdef0', vm: 7, index: 1, since: 5, ends: true },
  }),
} satisfies Record<Records, unknown>

type Records = { [N in Listed]: (typeof attributes)[N]['form'] extends 'record' | 'item' ? N : never }[Listed]

interface Codec<Name extends string, T> {
  readonly read: (attributes: Attributes<Name>) => T | undefined
  readonly write: (value: T) => string
}

function kept<Name extends string, T>({ read, write }: Codec<Name, T>, value: T) {
  return {
    value,
    text: write(value),
    read: (name: string, found: string) => read({ [name]: found } as Attributes<Name>),
  }
}

describe.each(Object.entries(codecs))('the record %s', (listed, { value, text: written, read }) => {
  const name = asFound(listed)
  const { most } = boundsOf(listed as Records)

  it('is read as it was written', () => {
    expect(read(name, written)).toEqual(value)
  })

  it.each([
    ['text', encoded('text')],
    ['a list', encoded([value])],
    ['null', encoded(null)],
    ['no base64', '???'],
    ['no JSON', btoa('{')],
    ['too long', encoded({ ...value, more: 'x'.repeat(most) })],
    ['empty', ''],
  ])('that is %s is none', (_, hostile) => {
    expect(read(name, hostile)).toBeUndefined()
  })

  it('has nothing but its fields', () => {
    expect(read(name, encoded({ ...value, more: 1, constructor: {}, toString: 'x' }))).toEqual(value)
  })
})

describe('tags', () => {
  const tags = new Map([['Name', 'web 🐧']])
  const names = rows.filter(([, { form }]) => form === 'tags').map(([name]) => asFound(name) as 'EC2_TAGS')

  it.each(names)('in %s are read as they were written, and in econe’s form', name => {
    expect(decodeTagsOf({ [name]: encodeTags(tags) }, name)).toEqual(tags)
    expect(decodeTagsOf({ [name]: { NAME: 'web' } }, name)).toEqual(new Map([['NAME', 'web']]))
    expect(decodeTagsOf({ [name]: '???' }, name).size).toBe(0)
  })
})

describe('a copy of an image', () => {
  const bare = readDocument(`<IMAGE>${COMMON}</IMAGE>`, IMAGE)
  const withAttributes = (TEMPLATE: Image['TEMPLATE']): Image => ({ ...bare, TEMPLATE })
  const everything: Image['TEMPLATE'] = {
    ...Object.fromEntries(listedOn('image').map(name => [name, attributes[name].form === 'mark' ? 'YES' : 'x'])),
    EC2_IMAGE: codecs.EC2_IMAGE.text,
    EC2_VOLUME: codecs.EC2_VOLUME.text,
    EC2_SNAPSHOT: codecs.EC2_SNAPSHOT.text,
    EC2_HOTPLUG: codecs.EC2_HOTPLUG.text,
    EC2_TAGS: encodeTags(new Map([['k', 'v']])),
    EC2_PARTS: 'PENDING',
    EC2_LENT: 'all',
  }
  /** All that EC2 takes an image for. */
  const seen = (image: Image) => [
    roleOf(image),
    isOf('image', image),
    isOf('snapshot', image),
    isPlaceholder(image),
    lacksParts(image),
    lentBesides(image),
    sealedSnapshotId(image),
    hotPlugNote(image),
    imageRecords.read(image.TEMPLATE) ?? {},
    volumeRecords.read(image.TEMPLATE) ?? {},
    snapshotRecords.read(image.TEMPLATE) ?? {},
    decodeTags(image.TEMPLATE),
    decodeTagsOf(image.TEMPLATE, 'EC2_SNAPSHOT_TAGS'),
  ]

  it('inherits none of the attributes that an image can have', () => {
    const all = rows.filter(([, { on }]) => on.includes('image')).map(([name]) => name)
    expect(Object.keys(BLANK_MARKS).sort()).toEqual(all.sort())
    expect(new Set(Object.values(BLANK_MARKS))).toEqual(new Set(['']))
  })

  it('is nothing to EC2 once it is blank, whatever its original was', () => {
    expect(seen(withAttributes(everything))).not.toEqual(seen(bare))
    expect(seen(withAttributes({ ...everything, ...BLANK_MARKS }))).toEqual(seen(bare))
  })

  it('keeps what is OpenNebula’s own', () => {
    for (const name of ['ARCH', 'ARCHITECTURE', 'DESCRIPTION', 'DEV_PREFIX'])
      expect(BLANK_MARKS).not.toHaveProperty(name)
  })
})

describe('what the table does not have does not compile', () => {
  const fields = record({ name: text(8) })
  const seal = new IdMint(['secret']).attribute('vol-1234567890abcdef0', 2, 7)

  it('as an attribute that is written', () => {
    const calls = [
      merge('image', 7, { NAME: 'x', DEV_PREFIX: 'vd', EC2_ID: seal, EBS_VOLUME: true, EC2_LENT: '' }),
      merge('vm', 7, { ...named('EC2_NIC_3_TAGS', 'x'), EC2_ADDRESS_MOVED: 5 }),
      attachDisk(7, { IMAGE_ID: 3, EC2_ATTACH_TIME: 5 }),
      // @ts-expect-error no such name
      merge('image', 7, { EC2_TYPO: 'x' }),
      // @ts-expect-error no such name, where it is among others
      merge('image', 7, { NAME: 'x', ...(seal && { EC2_TAG: 'x' }) }),
      // @ts-expect-error not on a VM
      merge('vm', 7, { EC2_VOLUME: 'x' }),
      // @ts-expect-error no such name with a number
      merge('vm', 7, named('EC2_DISK_3_TAG', 'x')),
      // @ts-expect-error a mark is there or not
      merge('image', 7, { EC2_AMI: 'maybe' }),
      // @ts-expect-error not on a security group
      merge('secgroup', 7, { EC2_VOLUME: 'x' }),
      // @ts-expect-error names that nobody knows
      merge('image', 7, Object.fromEntries([['EC2_TYPO', 'x']])),
      // @ts-expect-error not on a disk
      attachDisk(7, { IMAGE_ID: 3, EC2_VOLUME: 'x' }),
    ]
    expect(calls.every(({ changes }) => changes)).toBe(true)
  })

  it('as one with a codec', () => {
    const codec = stored('image', 'EC2_VOLUME', fields)
    expect([
      codec,
      // @ts-expect-error no such name
      () => stored('image', 'EC2_TYPO', fields),
      // @ts-expect-error not on an image
      () => stored('image', 'EC2_INSTANCE', fields),
      // @ts-expect-error no record
      () => stored('image', 'EC2_TAGS', fields),
      // @ts-expect-error one for each disk
      () => stored('vm', 'EC2_DISK_n', fields),
      // @ts-expect-error one for each instance
      () => storedEach('EC2_INSTANCE', fields),
      // @ts-expect-error tags are not there
      () => decodeTagsOf({ EC2_ID: seal }, 'EC2_ID'),
    ]).toHaveLength(7)
  })

  it('as one that is read', () => {
    const found = readDocument(`<VM>${COMMON}<TEMPLATE/></VM>`, VM)
    // @ts-expect-error not on a VM
    expect(found.USER_TEMPLATE.EC2_VOLUME).toBeUndefined()
    // @ts-expect-error not on a VM
    expect(volumeRecords.read(found.USER_TEMPLATE)).toBeUndefined()
  })
})
