// Disks of VMs: what a DISK vector becomes when its image is known.
import { randomUUID } from 'node:crypto'
import { releaseImage, useImage } from '../images/image-states.ts'
import { type Reference, referred } from '../objects/references.ts'
import { refused } from '../protocol/errors.ts'
import { isYes, type Vector, vectors } from '../protocol/template.ts'
import type { Image, Vm } from '../world/model.ts'
import type { Call, World } from '../world/world.ts'

const IMAGE_TYPE_CDROM = 1
const IMAGE_OF_DISK: Reference = { member: 'IMAGE', object: 'an image', kind: 'Image', vector: 'DISK' }
const LETTERS = 'abcdefghijklmnopqrstuvwxyz'.split('')

/** The VM's disk with that number. */
export const diskById = (vm: Vm, id: number): Vector | undefined =>
  vectors(vm.template, 'DISK').find(disk => disk['DISK_ID'] === String(id))

/** Makes a disk of what is asked for and takes its image into use. Throws code 2048 with the front-end's reason, or 512. */
export function addDisk(call: Call, vm: Vm, asked: Vector, running: boolean): Vector {
  const id = nextDiskId(vm)
  const disk = namesImage(asked) ? imageDisk(call, vm, asked, id, running) : volatileDisk(vm, asked, id)
  vm.template['DISK'] = [...(vm.template['DISK'] ?? []), disk]
  return disk
}

/** One more than the highest number of a disk; the context is a disk, too. */
export const nextDiskId = (vm: Vm): number =>
  1 + Math.max(-1, ...[...vectors(vm.template, 'DISK'), ...vectors(vm.template, 'CONTEXT')].map(diskId))

const diskId = (disk: Vector): number => Number(disk['DISK_ID'] ?? -1)

const namesImage = (disk: Vector): boolean => 'IMAGE_ID' in disk || 'IMAGE' in disk

function imageDisk(call: Call, vm: Vm, asked: Vector, id: number, running: boolean): Vector {
  const image = referred(call, call.world.images, IMAGE_OF_DISK, asked)
  useImage(image, vm.id, running)
  try {
    return { ...asked, ...describe(call.world, vm, image, asked), DISK_ID: String(id) }
  } catch (error) {
    releaseImage(call.world, image.id, vm.id)
    throw error
  }
}

function describe(world: World, vm: Vm, image: Image, asked: Vector): Vector {
  const prefix = asked['DEV_PREFIX'] ?? (image.type === IMAGE_TYPE_CDROM ? 'hd' : 'sd')
  return {
    ALLOW_ORPHANS: 'NO',
    CLONE: image.persistent ? 'NO' : 'YES',
    CLONE_TARGET: 'SYSTEM',
    CLUSTER_ID: '0',
    DATASTORE: world.datastores.get(image.datastore)?.name ?? '',
    DATASTORE_ID: String(image.datastore),
    DEV_PREFIX: prefix,
    DISK_SNAPSHOT_TOTAL_SIZE: '0',
    DISK_TYPE: 'FILE',
    DRIVER: asked['DRIVER'] ?? (image.format || 'raw'),
    FORMAT: image.format || 'raw',
    IMAGE: image.name,
    IMAGE_ID: String(image.id),
    IMAGE_STATE: String(image.state),
    LN_TARGET: 'NONE',
    ORIGINAL_SIZE: String(image.size),
    ...(image.persistent ? { PERSISTENT: 'YES' } : {}),
    PERSISTENT_SNAPSHOTS: 'YES',
    READONLY: image.type === IMAGE_TYPE_CDROM ? 'YES' : 'NO',
    SAVE: image.persistent ? 'YES' : 'NO',
    SIZE: String(diskSize(image, asked)),
    SOURCE: image.source,
    TARGET: target(vm, prefix, asked['TARGET']),
    TM_MAD: 'dummy',
    TYPE: image.type === IMAGE_TYPE_CDROM ? 'CDROM' : 'FILE',
  }
}

function diskSize(image: Image, asked: Vector): number {
  const size = Number(asked['SIZE'] ?? image.size)
  if ('SIZE' in asked && image.persistent) {
    throw refused(`SIZE attribute is not supported for persistent image [${image.id}].`)
  }
  if (size < image.size) {
    throw refused(`SIZE of ${size}MB is less than the image [${image.id}] size of ${image.size}MB.`)
  }
  return size
}

function volatileDisk(vm: Vm, asked: Vector, id: number): Vector {
  const prefix = asked['DEV_PREFIX'] ?? 'sd'
  return {
    ...asked,
    CLUSTER_ID: '0',
    DEV_PREFIX: prefix,
    DISK_ID: String(id),
    DISK_TYPE: 'FILE',
    DRIVER: 'raw',
    FORMAT: asked['FORMAT'] ?? 'raw',
    READONLY: 'NO',
    SAVE: 'NO',
    SIZE: asked['SIZE'] ?? '0',
    TARGET: target(vm, prefix, asked['TARGET']),
    TYPE: asked['TYPE'] ?? 'fs',
    UUID: randomUUID(),
  }
}

/** The device asked for, or the next free letter. */
function target(vm: Vm, prefix: string, asked: string | undefined): string {
  const used = [...vectors(vm.template, 'DISK'), ...vectors(vm.template, 'CONTEXT')].map(disk => disk['TARGET'])
  if (asked !== undefined && used.includes(asked)) throw refused(`Target ${asked} is already in use.`)
  const letter = LETTERS.find(candidate => !used.includes(prefix + candidate)) ?? 'z'
  return asked ?? prefix + letter
}

/** Of a prefix of devices, the most disks that a new VM may have. Those that are attached later are not counted. */
const MOST: readonly (readonly [prefix: string, most: number, who: string])[] = [
  ['hd', 4, 'Non q35 or virt VM'],
  ['sd', 256, 'VM'],
]

/** Throws code 2048 where a VM that is being made has more disks than it may have. */
export function checkDiskCount(vm: Vm): void {
  for (const [prefix, most, who] of MOST) {
    const count = vectors(vm.template, 'DISK').filter(disk => disk['DEV_PREFIX'] === prefix).length
    const kind = prefix === 'sd' ? 'disks' : `${prefix} disks`
    if (count > most) throw refused(`${who} ${vm.id} has more than ${most} ${kind}`)
  }
}

/** Throws code 2048 where two disks that are asked for are to have one device. */
export function checkTargets(disks: readonly Vector[]): void {
  const targets = disks.flatMap(disk => disk['TARGET'] || [])
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (twice !== undefined) throw refused(`Two disks have defined the same target ${twice}`)
}

/** Takes a disk away and gives its image back. */
export function removeDisk(world: World, vm: Vm, id: number): void {
  const disk = diskById(vm, id)
  vm.template['DISK'] = vectors(vm.template, 'DISK').filter(other => other !== disk)
  if (disk) releaseDiskImage(world, vm, disk)
}

export function releaseDiskImage(world: World, vm: Vm, disk: Vector): void {
  if ('IMAGE_ID' in disk) releaseImage(world, Number(disk['IMAGE_ID']), vm.id)
}

/** Ends a resize; the image of a persistent disk grows with it. */
export function finishResize(world: World, vm: Vm, id: number): void {
  const disk = diskById(vm, id)
  if (!disk) return
  delete disk['RESIZE']
  delete disk['SIZE_PREV']
  const image = isYes(disk['PERSISTENT']) ? world.images.get(Number(disk['IMAGE_ID'])) : undefined
  if (image) image.size = Number(disk['SIZE'])
}
