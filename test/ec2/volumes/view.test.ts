// From OpenNebula's documents to volumes and snapshots: states, devices, and what econe left behind.
import { describe, expect, it } from 'vitest'
import type { Context } from '../../../src/ec2/core/context.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { isOf, roleOf } from '../../../src/ec2/disk-images/roles.ts'
import { isSharedWith } from '../../../src/ec2/disk-images/sharing.ts'
import { type InstanceView, viewInstance } from '../../../src/ec2/instances/view.ts'
import { toSnapshot } from '../../../src/ec2/snapshots/view.ts'
import { toVolume } from '../../../src/ec2/volumes/answers.ts'
import { diskVolumes, viewImageVolume, writeRecord, writeTags } from '../../../src/ec2/volumes/view.ts'
import { IMAGE, type Image, VM, type Vm } from '../../../src/opennebula/documents.ts'
import { encoded } from '../../../src/opennebula/xml/template.ts'
import { readDocument } from '../../opennebula/fixtures/document.ts'

const mint = new IdMint(['secret'], 2)
const settings = { region: 'here', zones: ['a', 'b'] as [string, string] }
// What these functions look at of a context
const context = {
  mint,
  settings,
  account: { id: '000000000002', user: { id: 2, name: 'helen' } },
} as unknown as Context

const members = (values: Record<string, unknown>) =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${String(value)}</${name}>`)
    .join('')

interface ImageParts {
  readonly fields?: Record<string, unknown>
  readonly template?: Record<string, unknown>
}

function image({ fields = {}, template = {} }: ImageParts = {}): Image {
  const all = { ID: 7, UID: 2, GID: 1, UNAME: 'helen', GNAME: 'users', NAME: 'ec2-volume', TYPE: 2, STATE: 1 }
  const more = { SIZE: 1024, PERSISTENT: 1, REGTIME: 1000, DATASTORE_ID: 1, RUNNING_VMS: 0, CLONING_OPS: 0 }
  return readDocument(
    `<IMAGE>${members({ ...all, ...more, ...fields, TEMPLATE: members({ EBS_VOLUME: 'YES', ...template }) })}</IMAGE>`,
    IMAGE,
  )
}

function vm(disks: readonly Record<string, unknown>[], fields: Record<string, unknown> = {}): InstanceView {
  const all = { ID: 15, UID: 2, GID: 1, UNAME: 'helen', GNAME: 'users', NAME: 'vm', STATE: 3, LCM_STATE: 3 }
  const TEMPLATE = disks.map(disk => `<DISK>${members(disk)}</DISK>`).join('')
  const document: Vm = readDocument(
    `<VM>${members({ ...all, STIME: 2000, ETIME: 0, USER_TEMPLATE: '', ...fields, TEMPLATE })}</VM>`,
    VM,
  )
  return viewInstance(document, context)
}

const volume = (parts: ImageParts, ...instances: InstanceView[]) =>
  toVolume(viewImageVolume(image(parts), new Map(instances.map(each => [each.vm.ID, each])), context), context)

describe('a volume', () => {
  it.each([
    [0, 'creating'],
    [4, 'creating'],
    [1, 'available'],
    [6, 'available'],
    [3, 'available'],
    [5, 'error'],
    [7, 'deleting'],
    [8, 'in-use'],
    [10, 'in-use'],
  ])('in OpenNebula state %i is %s', (STATE, state) => {
    expect(volume({ fields: { STATE } }).State).toBe(state)
  })

  it('that is to be deleted is going, whatever OpenNebula still does with it', () => {
    expect(volume({ fields: { STATE: 6 }, template: { EC2_GOAL: 'delete' } }).State).toBe('deleting')
  })

  it('of econe is known by its number, and by where econe noted that it is', () => {
    const EBS = members({ INSTANCE_ID: 'i-00000015', DEVICE: '/dev/sdh', ATTACH_TIME: 1234 })
    const disk = { DISK_ID: 2, IMAGE_ID: 7, TARGET: 'sdc', PERSISTENT: 'YES', SIZE: 1024 }
    const attached = volume({ fields: { STATE: 8, VMS: '<ID>15</ID>' }, template: { EBS } }, vm([disk]))
    expect(attached).toMatchObject({ VolumeId: 'vol-00000007', State: 'in-use', SnapshotId: '', Size: 1 })
    expect(attached.Attachments).toMatchObject([{ InstanceId: 'i-00000015', Device: '/dev/sdh', State: 'attached' }])
    // What it noted of an earlier instance is past
    const moved = volume(
      { fields: { STATE: 8, VMS: '<ID>15</ID>' }, template: { EBS: EBS.replace('15', '16') } },
      vm([disk]),
    )
    expect(moved.Attachments).toMatchObject([{ Device: '/dev/sdc' }])
  })

  const note = (goal: string, queued: boolean) => ({
    EC2_HOTPLUG: encoded({ goal, vm: 15, device: '/dev/xvdf', since: 3000, queued }),
  })
  const disk = { DISK_ID: 2, IMAGE_ID: 7, PERSISTENT: 'YES', EC2_DEVICE: '/dev/xvdf', EC2_ATTACH_TIME: 3000 }
  const inUse = { STATE: 8, VMS: '<ID>15</ID>' }

  it.each([
    ['attaches', {}, { ...disk, ATTACH: 'YES' }, 'attaching'],
    ['is attached', {}, disk, 'attached'],
    ['waits to be detached', note('detach', true), disk, 'detaching'],
    ['is being detached', note('detach', false), { ...disk, ATTACH: 'YES' }, 'detaching'],
    ['could not be detached', note('detach', false), disk, 'attached'],
    ['was attached after waiting', note('attach', true), disk, 'attached'],
  ])('that %s shows it', (_, template, attached, state) => {
    expect(volume({ fields: inUse, template }, vm([attached])).Attachments).toEqual([
      {
        VolumeId: 'vol-00000007',
        InstanceId: 'i-00000015',
        Device: '/dev/xvdf',
        State: state,
        AttachTime: new Date(3_000_000),
        DeleteOnTermination: false,
      },
    ])
  })

  it('that waits to be attached is in use, unless there is no instance any more', () => {
    expect(volume({ template: note('attach', true) }, vm([]))).toMatchObject({
      State: 'in-use',
      Attachments: [{ State: 'attaching', Device: '/dev/xvdf', InstanceId: 'i-00000015' }],
    })
    for (const gone of [[vm([], { STATE: 6 })], []]) {
      expect(volume({ template: note('attach', true) }, ...gone)).toMatchObject({ State: 'available', Attachments: [] })
    }
    expect(volume({ template: note('attach', false) }, vm([]))).toMatchObject({ State: 'available' })
  })

  it('has what its owner wrote into its attributes, where that makes sense', () => {
    expect(volume({ template: { EC2_VOLUME: 'nonsense', EC2_HOTPLUG: encoded([1]), EC2_TAGS: '???' } })).toMatchObject({
      State: 'available',
      Tags: [],
      VolumeType: 'standard',
      AvailabilityZone: 'a',
    })
  })
})

describe('a disk of an instance', () => {
  const root = { DISK_ID: 0, IMAGE_ID: 3, TARGET: 'sda', SIZE: 5000 }

  it('is a volume that ends with it, as long as its image is not kept', () => {
    const kept = { DISK_ID: 1, IMAGE_ID: 7, PERSISTENT: 'YES' }
    const volumes = diskVolumes(vm([root, kept, { DISK_ID: 2, TARGET: 'sdc', SIZE: 10 }]))
    expect(volumes.map(view => toVolume(view, context))).toMatchObject([
      { VolumeId: 'vol-00000000f00000000', SnapshotId: 'snap-00000003', Size: 5, State: 'in-use' },
      { VolumeId: 'vol-00000000f00000002', SnapshotId: '', Size: 1, Attachments: [{ DeleteOnTermination: true }] },
    ])
  })

  it('has its record and its tags with its VM, each by itself', () => {
    const attributes = { EC2_DISK_0: encoded({ type: 'gp2' }), EC2_DISK_0_TAGS: encoded([['k', 'v']]) }
    const [view] = diskVolumes(vm([root], { USER_TEMPLATE: members(attributes) }))
    if (!view) throw new Error('no volume')
    expect(toVolume(view, context)).toMatchObject({ VolumeType: 'gp2', Tags: [{ Key: 'k', Value: 'v' }] })
    const record = encoded({ type: 'gp3', snapshot: 'snap-00000003' })
    expect(writeRecord(view, { type: 'gp3' })).toMatchObject([
      { method: 'one.vm.update', params: [15, `EC2_DISK_0="${record}"`, 1] },
    ])
    expect(writeTags(view, new Map([['a', 'b']]))).toMatchObject([
      { method: 'one.vm.update', params: [15, `EC2_DISK_0_TAGS="${encoded([['a', 'b']])}"`, 1] },
    ])
  })
})

describe('a copy', () => {
  const id = 'snap-1234567890abcdef0'
  const volumeId = 'vol-1234567890abcdef0'

  it('is nothing before it has its own attributes', () => {
    const EC2_ID = mint.attribute(volumeId, 2)
    expect(roleOf(image({ fields: { NAME: volumeId }, template: { EC2_ID } }))).toBe('volume')
    for (const template of [{ EC2_ID }, { EC2_ID: '' }]) {
      const half = image({ fields: { NAME: id }, template })
      expect(roleOf(half)).toBeUndefined()
      for (const kind of ['image', 'volume', 'snapshot'] as const) expect(isOf(kind, half)).toBe(false)
    }
  })

  it.each([
    [{}, 'vol-ffffffff'],
    [{ SAVED_IMAGE_ID: '3' }, 'vol-00000003'],
    [{ SAVED_IMAGE_ID: '3', EC2_SNAPSHOT: encoded({ volume: volumeId }) }, volumeId],
  ])('with %j is a snapshot of the volume %s', (attributes, VolumeId) => {
    const template = { EBS_VOLUME: '', EBS_SNAPSHOT: 'YES', ...attributes }
    expect(toSnapshot(image({ template }), context)).toMatchObject({ SnapshotId: 'snap-00000007', VolumeId })
  })

  it('is for the accounts that it is shared with, and not for all of their group', () => {
    const template = { EC2_SNAPSHOT: encoded({ volume: volumeId, accounts: ['000000000003'] }) }
    const shared = image({ template })
    const account = (id: number) => ({ id: String(id).padStart(12, '0'), user: { id, name: '' } })
    expect([2, 3, 4].map(uid => isSharedWith(account(uid), shared))).toEqual([true, true, false])
  })
})
