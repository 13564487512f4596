// One hot-plug at a time: what comes next for a volume that waits, and when it has waited enough.
import { describe, expect, it } from 'vitest'
import { attachedDisk } from '../../../src/ec2/disk-images/devices.ts'
import { nextHotPlug } from '../../../src/ec2/volumes/hot-plug.ts'
import type { HotPlugTask } from '../../../src/ec2/volumes/view.ts'
import { IMAGE, VM, type Vm } from '../../../src/opennebula/documents.ts'
import { readDocument } from '../../opennebula/fixtures/document.ts'

const owner = '<UID>2</UID><GID>1</GID><UNAME>helen</UNAME><GNAME>users</GNAME>'

const image = (prefix?: string) =>
  readDocument(
    `<IMAGE><ID>7</ID>${owner}<NAME>v</NAME><TYPE>2</TYPE><STATE>1</STATE><SIZE>1024</SIZE><REGTIME>1</REGTIME>
     <DATASTORE_ID>1</DATASTORE_ID><RUNNING_VMS>0</RUNNING_VMS><CLONING_OPS>0</CLONING_OPS>
     <TEMPLATE>${prefix === undefined ? '' : `<DEV_PREFIX>${prefix}</DEV_PREFIX>`}</TEMPLATE></IMAGE>`,
    IMAGE,
  )

const vm = (state: number, lcm: number, ...disks: string[]): Vm =>
  readDocument(
    `<VM><ID>15</ID>${owner}<NAME>vm</NAME><STATE>${state}</STATE><LCM_STATE>${lcm}</LCM_STATE><STIME>1</STIME>
     <ETIME>0</ETIME><TEMPLATE>${disks.map(disk => `<DISK>${disk}</DISK>`).join('')}
     <CONTEXT><TARGET>hda</TARGET></CONTEXT></TEMPLATE></VM>`,
    VM,
  )

const running = (...disks: string[]) => vm(3, 3, ...disks)
const plugged = '<DISK_ID>2</DISK_ID><IMAGE_ID>7</IMAGE_ID><SIZE>1024</SIZE><TARGET>sdf</TARGET>'

const task = (wanted: HotPlugTask['wanted'], more: Partial<HotPlugTask> = {}): HotPlugTask => ({
  kind: 'disk',
  number: 7,
  wanted,
  vm: 15,
  disk: attachedDisk(image(), 'vol-00000007', '/dev/sdf', 3000),
  ...more,
})

const next = (wanted: HotPlugTask, machine: Vm | undefined, age = 1000) => {
  const call = nextHotPlug(wanted, machine, age)
  return typeof call === 'string' ? call : [call.method, ...call.params]
}

const attaching = [
  'one.vm.attach',
  15,
  'DISK=[IMAGE_ID="7",TARGET="sdf",EC2_VOLUME_ID="vol-00000007",EC2_DEVICE="/dev/sdf",EC2_ATTACH_TIME="3000"]',
]

describe('the next hot-plug', () => {
  it.each<[string, HotPlugTask, Vm | undefined, unknown]>([
    ['attaches to what runs', task('attach'), running(), attaching],
    ['attaches to what is off', task('attach'), vm(8, 0), attaching],
    ['waits for another', task('attach'), vm(3, 17), 'wait'],
    ['waits for a boot', task('attach'), vm(3, 2), 'wait'],
    ['is over with the instance', task('attach'), vm(6, 0), 'done'],
    ['is over where there is no instance', task('detach'), undefined, 'done'],
    ['is over when the disk is there', task('attach'), running(plugged), 'done'],
    ['is over when its device is taken', task('attach'), running('<DISK_ID>1</DISK_ID><TARGET>sdf</TARGET>'), 'done'],
    ['grows what is there', task('attach', { size: 2048 }), running(plugged), ['one.vm.diskresize', 15, 2, '2048']],
    ['does not shrink it', task('attach', { size: 512 }), running(plugged), 'done'],
    ['waits before it grows', task('attach', { size: 2048 }), vm(3, 17, plugged), 'wait'],
    ['detaches', task('detach'), running(plugged), ['one.vm.detach', 15, 2]],
    ['waits for a detachment', task('detach'), running(`${plugged}<ATTACH>YES</ATTACH>`), 'wait'],
    ['is over when the disk is gone', task('detach'), running(), 'done'],
  ])('%s', (_, wanted, machine, expected) => {
    expect(next(wanted, machine)).toEqual(expected)
  })

  it('is given up in the end', () => {
    expect(next(task('detach'), running(plugged), 9 * 60_000)).toEqual(['one.vm.detach', 15, 2])
    expect(next(task('detach'), running(plugged), 11 * 60_000)).toBe('done')
  })
})
