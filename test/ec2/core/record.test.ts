// What owners write into the records of their objects: whatever a field cannot be is absent, alone, in every answer.
import { describe, expect, it } from 'vitest'
import { addressRecords } from '../../../src/ec2/addresses/states.ts'
import { reservedFrom, toAddress } from '../../../src/ec2/addresses/view.ts'
import type { Context } from '../../../src/ec2/core/context.ts'
import { IMAGE, type Image, VM, VMTEMPLATE, VNET } from '../../../src/ec2/core/documents.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { decodeTags, encodeTags } from '../../../src/ec2/core/stored-tags.ts'
import { imageRecords } from '../../../src/ec2/disk-images/ami-record.ts'
import { isSharedWith } from '../../../src/ec2/disk-images/sharing.ts'
import { refuseNamesake } from '../../../src/ec2/images/names.ts'
import { toAmi } from '../../../src/ec2/images/view.ts'
import { toInstanceType } from '../../../src/ec2/instance-types/view.ts'
import { instanceRecords } from '../../../src/ec2/instances/record.ts'
import { toInstance, viewInstance } from '../../../src/ec2/instances/view.ts'
import { ec2 } from '../../../src/ec2/model/services.ts'
import { snapshotRecords, toSnapshot } from '../../../src/ec2/snapshots/view.ts'
import { toModification, toVolume } from '../../../src/ec2/volumes/answers.ts'
import { diskVolumes, viewImageVolume, volumeRecords } from '../../../src/ec2/volumes/view.ts'
import { limits } from '../../../src/limits.ts'
import type { Attributes } from '../../../src/opennebula/xml/attributes.ts'
import { encoded } from '../../../src/opennebula/xml/template.ts'
import { matcher } from '../../../src/protocol/filters.ts'
import { writeResponse } from '../../../src/protocol/response.ts'
import { readDocument } from '../../opennebula/fixtures/document.ts'

const HELEN = { id: '000000000002', user: { id: 2, name: 'helen' } }
const RIVAL = { id: '000000000003', user: { id: 3, name: 'rival' } }
const settings = { region: 'here', zones: ['here-a'] as [string] }
// What these functions look at of a context
const context = { mint: new IdMint(['secret']), settings, account: HELEN, now: () => 0 } as unknown as Context

const COMMON = '<ID>7</ID><UID>2</UID><GID>1</GID><UNAME>helen</UNAME><GNAME>users</GNAME><NAME>its name</NAME>'

const image = (TEMPLATE: Attributes<string>): Image => ({
  ...readDocument(
    `<IMAGE>${COMMON}<TYPE>0</TYPE><STATE>1</STATE><SIZE>1024</SIZE><PERSISTENT>0</PERSISTENT><REGTIME>1000</REGTIME>
     <DATASTORE_ID>1</DATASTORE_ID><RUNNING_VMS>0</RUNNING_VMS><CLONING_OPS>0</CLONING_OPS></IMAGE>`,
    IMAGE,
  ),
  TEMPLATE,
})

const DISK = '<DISK><DISK_ID>0</DISK_ID><IMAGE_ID>3</IMAGE_ID><SIZE>1024</SIZE></DISK>'
const KEPT = '<DISK><DISK_ID>1</DISK_ID><IMAGE_ID>7</IMAGE_ID><PERSISTENT>YES</PERSISTENT></DISK>'

const instance = (USER_TEMPLATE: Attributes<string>) => {
  const vm = readDocument(
    `<VM>${COMMON}<STATE>3</STATE><LCM_STATE>3</LCM_STATE><STIME>2000</STIME><ETIME>0</ETIME>
     <TEMPLATE>${DISK}${KEPT}<NIC><NIC_ID>0</NIC_ID><IP>10.0.0.1</IP></NIC></TEMPLATE></VM>`,
    VM,
  )
  return viewInstance({ ...vm, USER_TEMPLATE }, context)
}

const address = (TEMPLATE: Attributes<string>) => {
  const network = readDocument(
    `<VNET>${COMMON}<PARENT_NETWORK_ID>1</PARENT_NETWORK_ID><USED_LEASES>0</USED_LEASES>
     <AR_POOL><AR><AR_ID>0</AR_ID><IP>203.0.113.7</IP><SIZE>1</SIZE></AR></AR_POOL></VNET>`,
    VNET,
  )
  const reserved = reservedFrom(1, { ...network, TEMPLATE })
  if (!reserved) throw new Error('no address')
  return toAddress(reserved, undefined, context)
}

/** A volume with the change that was last made of it. */
const volume = (TEMPLATE: Attributes<string>) => {
  const view = viewImageVolume(image(TEMPLATE), new Map([[7, instance({})]]), context)
  return [toVolume(view, context), view.record.modification && toModification(view, view.record.modification)]
}

interface Kind {
  readonly attribute: string
  /** A record with every field. */
  readonly record: Record<string, unknown>
  /** What anybody is told of it. */
  readonly view: (attributes: Attributes<string>) => unknown
  /** The same as the answer to an action. */
  readonly answer?: (view: never) => readonly [action: string, output: object]
}

const MODIFIABLE = { size: 3, type: 'gp3', iops: 3000, throughput: 200 }
const MODIFICATION = { start: 1_795_419_785_000, from: { ...MODIFIABLE, size: 2 }, to: MODIFIABLE }
const LAUNCHED = { id: 'vol-00000007', device: '/dev/sdh', deleteOnTermination: true }

const forGroup = { ...image({}).PERMISSIONS, GROUP_U: true }

const kinds: Record<string, Kind> = {
  image: {
    attribute: 'EC2_IMAGE',
    record: {
      ...{ name: 'web server', description: 'what it is', architecture: 'arm64', rootDevice: '/dev/xvda' },
      ...{ rootSize: 8, rootType: 'gp3', enaSupport: true, sriovNetSupport: 'simple', snapshot: 'snap-00000003' },
      ...{ sourceImage: 'ami-00000003', sourceInstance: 'i-00000003', accounts: ['000000000009'] },
    },
    view: attributes => [
      toAmi(image({ EC2_AMI: 'YES', ...attributes }), context),
      isSharedWith(RIVAL, { ...image(attributes), PERMISSIONS: forGroup }),
      refuseNamesake('other', image({ EC2_AMI: 'YES', ...attributes }), context),
    ],
    answer: ([ami]: [object]) => ['DescribeImages', { Images: [ami] }],
  },
  snapshot: {
    attribute: 'EC2_SNAPSHOT',
    record: { volume: 'vol-00000003', description: 'what it is', accounts: ['000000000009'] },
    view: attributes => [
      toSnapshot(image({ EBS_SNAPSHOT: 'YES', ...attributes }), context),
      isSharedWith(RIVAL, { ...image(attributes), PERMISSIONS: forGroup }),
    ],
    answer: ([snapshot]: [object]) => ['DescribeSnapshots', { Snapshots: [snapshot] }],
  },
  volume: {
    attribute: 'EC2_VOLUME',
    record: {
      ...MODIFIABLE,
      zone: 'here-b',
      snapshot: 'snap-00000003',
      autoEnableIo: true,
      modification: MODIFICATION,
    },
    view: volume,
    answer: ([shown]: [object]) => ['DescribeVolumes', { Volumes: [shown] }],
  },
  'modification of a volume': {
    attribute: 'EC2_VOLUME',
    record: { modification: MODIFICATION },
    view: volume,
    answer: ([, change]: [object, object?]) => [
      'DescribeVolumesModifications',
      { VolumesModifications: change ? [change] : [] },
    ],
  },
  'disk of an instance': {
    attribute: 'EC2_DISK_0',
    record: { type: 'gp3', iops: 3000, throughput: 200, size: 3, zone: 'here-b', snapshot: 'snap-00000009' },
    view: attributes => diskVolumes(instance(attributes)).map(view => toVolume(view, context)),
    answer: (volumes: object[]) => ['DescribeVolumes', { Volumes: volumes }],
  },
  'hot-plug': {
    attribute: 'EC2_HOTPLUG',
    record: { goal: 'attach', vm: 7, device: '/dev/xvdf', since: 1_795_419_785, queued: true },
    view: volume,
    answer: ([shown]: [object]) => ['DescribeVolumes', { Volumes: [shown] }],
  },
  instance: {
    attribute: 'EC2_INSTANCE',
    record: {
      ...{ reservation: 'r-1234567890abcdef0', index: 1, image: 'ami-00000003', key: 'mine', token: 'once', zone: 'a' },
      ...{ monitored: true, keep: true, keepRunning: true, shutdown: 'terminate', sourceDestCheck: false },
      ...{ ebsOptimized: true, enaSupport: true, sriovNetSupport: 'simple', volumes: [LAUNCHED] },
      metadata: { tokens: 'required', hopLimit: 2 },
    },
    view: attributes => {
      const { record } = instance(attributes)
      // An empty list and no list are the same, and so are no options
      const same = { ...record, volumes: record.volumes ?? [], metadata: record.metadata ?? {} }
      return [same, toInstance(instance(attributes), context)]
    },
    answer: ([, shown]: [object, object]) => ['DescribeInstances', { Reservations: [{ Instances: [shown] }] }],
  },
  address: {
    attribute: 'EC2_ADDRESS',
    record: { domain: 'standard' },
    view: address,
    answer: (shown: object) => ['DescribeAddresses', { Addresses: [shown] }],
  },
}

/** What no field can be. */
const wrong: Record<string, unknown> = {
  'an object with toString': { toString: 1 },
  'an object': {},
  'a list of objects': [{ toString: null }],
  'a list of lists': [[[]]],
  null: null,
  'a huge number': 1e308,
  'a negative number': -1,
  'a fraction': 0.5,
  'long text': 'x'.repeat(5000),
  'a lone surrogate': '\ud83d',
  'a control character': 'a\u0000b',
  prototype: JSON.parse('{"__proto__":{"toString":1},"constructor":1}'),
}

/** Every scalar of an output, as the filters look at it. */
const scalars = (value: unknown): (string | number | boolean | Date | undefined)[] => {
  if (value === null || typeof value !== 'object' || value instanceof Date) return [value as string]
  return Object.values(value).flatMap(scalars)
}

async function expectAnswer({ answer }: Kind, view: unknown): Promise<void> {
  if (!answer) return
  const [action, output] = answer(view as never)
  const operation = ec2.operation(action)
  if (!operation) throw new Error(`no ${action}`)
  const response = await writeResponse(operation, output, { requestId: 'r', version: '2016-11-15' })
  expect(await response.text()).not.toMatch(/NaN|Infinity|\[object|Invalid|\ufffd/)
  const matches = matcher([{ Name: 'any', Values: ['*x*'] }], { any: scalars })
  expect(() => matches(output)).not.toThrow()
}

const written = ({ attribute }: Kind, record: unknown): Attributes<string> => ({ [attribute]: encoded(record) })

describe.each(Object.entries(kinds))('the record of this kind: %s', (_, kind) => {
  const { record, view } = kind

  it('counts as it was written', async () => {
    const whole = view(written(kind, record))
    expect(whole).not.toEqual(view({}))
    await expectAnswer(kind, whole)
  })

  describe.each(Object.keys(record))('where its field %s is wrong', name => {
    const { [name]: _left, ...without } = record

    it.each(Object.entries(wrong))('as %s, is as without', async (_wrong, value) => {
      const shown = view(written(kind, { ...record, [name]: value }))
      expect(shown).toEqual(view(written(kind, without)))
      await expectAnswer(kind, shown)
    })
  })

  it.each([
    ['text', encoded('text')],
    ['a list', encoded([record])],
    ['null', encoded(null)],
    ['a number', encoded(5)],
    ['no base64', '???'],
    ['no JSON', btoa('{')],
    ['no UTF-8', btoa('{"name":"\xff"}')],
    ['nested a hundred thousand times', btoa('['.repeat(100_000))],
    ['too much', encoded({ ...record, more: 'x'.repeat(limits.storedRecord.most) })],
    [
      'about prototypes',
      btoa('{"__proto__":{"name":"evil","zone":"evil"},"constructor":{"prototype":{"name":"evil"}}}'),
    ],
  ])('that is %s is none', (_what, text) => {
    expect(view({ [kind.attribute]: text })).toEqual(view({}))
    expect(Reflect.get({}, 'name')).toBeUndefined()
  })
})

describe('fields inside a record', () => {
  it.each([
    ['from', { ...MODIFICATION, from: { ...MODIFIABLE, size: 'x' } }],
    ['to', { ...MODIFICATION, to: { type: 'gp3' } }],
    ['its time', { ...MODIFICATION, start: 8.65e15 }],
  ])('make a modification none that needs %s', (_, modification) => {
    expect(volume({ EC2_VOLUME: encoded({ modification }) })).toEqual(volume({}))
  })

  it('that it needs not are absent alone', () => {
    const to = { ...MODIFIABLE, iops: 'many' }
    const [, change] = volume({ EC2_VOLUME: encoded({ modification: { ...MODIFICATION, to } }) })
    expect(change).toMatchObject({ TargetSize: 3, TargetIops: undefined, OriginalIops: 3000 })
  })

  it('leave the other items of a list', () => {
    const volumes = [{ ...LAUNCHED, device: {} }, null, LAUNCHED, { id: LAUNCHED.id }]
    expect(instance({ EC2_INSTANCE: encoded({ volumes }) }).record.volumes).toEqual([LAUNCHED])
    const accounts = [{}, '1', '000000000003', '00000000000x']
    expect(imageRecords.read({ EC2_IMAGE: encoded({ accounts }) })).toEqual({ accounts: ['000000000003'] })
  })

  it.each(['ab', 'x'.repeat(129), 'a\nb', 'é', 'a:b', '<b>'])('the name %j is none: OpenNebula’s stands', name => {
    expect(toAmi(image({ EC2_AMI: 'YES', EC2_IMAGE: encoded({ name }) }), context)).toMatchObject({
      Name: 'its name',
      ImageLocation: '000000000002/its name',
    })
  })
})

describe('writing', () => {
  it('gives what is read again', () => {
    const { image: ofImage, instance: ofInstance, volume: ofVolume, snapshot, address: ofAddress } = kinds
    for (const [records, kind] of [
      [imageRecords, ofImage],
      [instanceRecords, ofInstance],
      [volumeRecords, ofVolume],
      [snapshotRecords, snapshot],
      [addressRecords, ofAddress],
    ] as const) {
      const known = records.read(written(kind ?? { attribute: '', record: {}, view: String }, kind?.record))
      expect(known).toEqual(kind?.record)
    }
    const record = imageRecords.read(written(kinds['image'] as Kind, kinds['image']?.record)) ?? {}
    expect(imageRecords.read({ EC2_IMAGE: imageRecords.write(record) })).toEqual(record)
  })

  it('leaves out what is absent', () => {
    expect(imageRecords.write({ name: 'web', description: undefined })).toBe(encoded({ name: 'web' }))
  })

  it('refuses what nobody would read again', () => {
    expect(() => imageRecords.write({ description: 'x'.repeat(256) })).toThrow(
      expect.objectContaining({
        code: 'InvalidParameterValue',
        message: `Value (${'x'.repeat(100)}…) for parameter description is invalid.`,
      }),
    )
    for (const refused of [
      () => volumeRecords.write({ iops: -5 }),
      () =>
        volumeRecords.write({
          modification: { ...MODIFICATION, from: { size: 0, type: 'gp3' }, to: { size: 1, type: 'gp3' } },
        }),
      () => imageRecords.write({ accounts: Array.from({ length: 1001 }, () => '000000000003') }),
      () => instanceRecords.write({ volumes: [{ ...LAUNCHED, device: '' }] }),
      () => encodeTags(new Map([['k', 'x'.repeat(257)]])),
    ]) {
      expect(refused).toThrow(expect.objectContaining({ code: 'InvalidParameterValue', status: 400 }))
    }
  })

  it('never refuses the most that may be asked for', () => {
    const accounts = Array.from({ length: limits.sharedAccounts.most }, (_, index) => String(index).padStart(12, '0'))
    const description = '€'.repeat(limits.description.most)
    const EC2_IMAGE = imageRecords.write({ name: 'x'.repeat(128), description, accounts })
    expect(imageRecords.read({ EC2_IMAGE })).toMatchObject({ description, accounts })
    const tags = new Map(
      Array.from({ length: limits.tagsPerResource.most }, (_, index) => [
        `${index}`.padEnd(limits.tagKey.most, '€'),
        '€'.repeat(limits.tagValue.most),
      ]),
    )
    expect(decodeTags({ EC2_TAGS: encodeTags(tags) })).toEqual(tags)
    const volumes = Array.from({ length: 128 }, () => ({
      ...LAUNCHED,
      id: 'vol-1234567890abcdef0',
      device: '/'.repeat(32),
      attached: 1_795_419_785,
    }))
    expect(instanceRecords.read({ EC2_INSTANCE: instanceRecords.write({ volumes }) })).toEqual({ volumes })
  })
})

describe('tags', () => {
  const good: [string, string] = ['Name', 'web 🐧']

  it.each([
    ['a key that is an object', [{ toString: 1 }, 'x']],
    ['a value that is an object', ['k', { toString: 1 }]],
    ['a value that is a number', ['k', 5]],
    ['no value', ['k']],
    ['a part too many', ['k', 'v', 'w']],
    ['no key', ['', 'v']],
    ['a key of AWS’s own', ['aws:stack', 'v']],
    ['a long key', ['k'.repeat(129), 'v']],
    ['a long value', ['k', 'v'.repeat(257)]],
    ['a control character', ['k', 'a\u0000']],
    ['a lone surrogate', ['\ud83d', 'v']],
    ['text', 'kv'],
    ['null', null],
    ['an object', { 0: 'k', 1: 'v', length: 2 }],
  ])('with %s are absent, alone', (_, pair) => {
    expect(decodeTags({ EC2_TAGS: encoded([pair, good]) })).toEqual(new Map([good]))
  })

  it('may be called as anything of JavaScript’s', () => {
    const tags = new Map([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', ''],
    ])
    expect(decodeTags({ EC2_TAGS: encodeTags(tags) })).toEqual(tags)
  })

  it('beyond the fiftieth are absent', () => {
    const pairs = Array.from({ length: 60 }, (_, index) => [`k${index}`, 'v'])
    expect([...decodeTags({ EC2_TAGS: encoded(pairs) }).keys()]).toEqual(pairs.slice(0, 50).map(([key]) => key))
  })

  it('of econe have the same bounds', () => {
    const byEcone = { NAME: 'web', LONG: 'x'.repeat(257), [`K${'x'.repeat(128)}`]: 'v', BAD: '\u0001' }
    expect(decodeTags({ EC2_TAGS: byEcone })).toEqual(new Map([['NAME', 'web']]))
  })

  it.each(['{}', '5', '"kv"', 'null', '['])('that are %s are none', json => {
    expect(decodeTags({ EC2_TAGS: btoa(json) }).size).toBe(0)
  })
})

describe('attributes that are not encoded', () => {
  const ami = (attributes: Attributes<string>) => toAmi(image({ EC2_AMI: 'YES', ...attributes }), context)

  it.each([
    [{ DEV_PREFIX: '"><script>' }],
    [{ DEV_PREFIX: 'x'.repeat(5000) }],
    [{ ARCH: 'constructor' }],
    [{ DESCRIPTION: '\ud83d' }],
    [{ DESCRIPTION: '\u0000' }],
  ])('of an image are absent: %j', attributes => {
    expect(ami(attributes)).toEqual(ami({}))
  })

  it('as a description is shown as far as EC2 would have taken it', () => {
    expect(ami({ DESCRIPTION: 'x'.repeat(254) + '🐧'.repeat(10) }).Description).toBe('x'.repeat(254))
    const snapshot = image({ EBS_SNAPSHOT: 'YES', DESCRIPTION: 'y'.repeat(900_000) })
    expect(toSnapshot(snapshot, context).Description).toBe('y'.repeat(255))
  })

  const typeOf = (attributes: Attributes<string>) => {
    const template = readDocument(`<VMTEMPLATE>${COMMON}<REGTIME>0</REGTIME></VMTEMPLATE>`, VMTEMPLATE)
    const { VCpuInfo, MemoryInfo } = toInstanceType('t', { ...template, TEMPLATE: attributes })
    return [VCpuInfo?.DefaultVCpus, MemoryInfo?.SizeInMiB]
  }

  it.each([
    '1e999',
    'Infinity',
    '-Infinity',
    'NaN',
    '-5',
    '0',
    '0x10',
    '1e3',
    ' ',
    '1.5',
    '9'.repeat(400),
    '65537999999',
    'x',
  ])('of an instance type are numbers, or absent: %s', text => {
    expect(typeOf({ VCPU: text, MEMORY: text })).toEqual([1, 0])
  })

  it('of an instance type count where they are numbers', () => {
    expect(typeOf({ VCPU: '4', MEMORY: '2048' })).toEqual([4, 2048])
  })

  it('of a disk make no dates, devices and ids that are none', async () => {
    const flaw =
      '<EC2_ATTACH_TIME>8640000000001000</EC2_ATTACH_TIME><EC2_DEVICE>&lt;b&gt;</EC2_DEVICE><EC2_VOLUME_ID>x</EC2_VOLUME_ID>'
    const show = (disk: string) => {
      const vm = readDocument(
        `<VM>${COMMON}<STATE>3</STATE><LCM_STATE>3</LCM_STATE><STIME>2000</STIME><ETIME>0</ETIME>
         <TEMPLATE><VCPU>-5</VCPU>${disk}</TEMPLATE><USER_TEMPLATE/></VM>`,
        VM,
      )
      const view = viewInstance(vm, context)
      const used = {
        ...image({ EBS: { INSTANCE_ID: 'i-00000007', ATTACH_TIME: '8640000000001', DEVICE: '' } }),
        VMS: { ID: [7] },
      }
      const shown = viewImageVolume({ ...used, PERSISTENT: true }, new Map([[7, view]]), context)
      return [toInstance(view, context), toVolume(shown, context)] as const
    }
    const [shown, attached] = show(KEPT.replace('</DISK>', `${flaw}</DISK>`))
    expect([shown, attached]).toEqual(show(KEPT))
    expect(shown.CpuOptions?.CoreCount).toBe(1)
    expect(attached.Attachments?.[0]?.AttachTime).toEqual(new Date(2_000_000))
  })
})
