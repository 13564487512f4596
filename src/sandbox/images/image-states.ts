// States of images: how an import or a clone ends, and how VMs take images into use and give them back.
import { randomBytes } from 'node:crypto'
import { refused } from '../protocol/errors.ts'
import { without } from '../protocol/template.ts'
import type { Image } from '../world/model.ts'
import type { World } from '../world/world.ts'

export const ImageState = {
  READY: 1,
  USED: 2,
  DISABLED: 3,
  LOCKED: 4,
  ERROR: 5,
  CLONE: 6,
  DELETE: 7,
  USED_PERS: 8,
  LOCKED_USED: 9,
  LOCKED_USED_PERS: 10,
} as const

/** The state in words, as messages have it. */
export const imageStateName = (image: Image): string =>
  Object.entries(ImageState).find(([, value]) => value === image.state)?.[0] ?? 'INIT'

/** Puts an image into a state. */
export function setImageState(image: Image, state: number): void {
  image.state = state
  image.prevState = state
}

const newSource = (datastore: number): string =>
  `/var/lib/one/datastores/${datastore}/${randomBytes(16).toString('hex')}`

const UNLOCKED: Record<number, number> = {
  [ImageState.LOCKED]: ImageState.READY,
  [ImageState.LOCKED_USED]: ImageState.USED,
  [ImageState.LOCKED_USED_PERS]: ImageState.USED_PERS,
}

/** Ends the image's transient state: it is there, it failed, or it is gone. */
export function finishImage(world: World, image: Image): void {
  releaseClone(world, image)
  if (image.state === ImageState.DELETE) world.images.remove(image.id)
  else if (image.failure === undefined) unlock(image)
  else fail(world, image, image.failure)
}

function unlock(image: Image): void {
  image.source ||= newSource(image.datastore)
  image.format = image.importing ?? image.format
  delete image.importing
  setImageState(image, UNLOCKED[image.state] ?? image.state)
}

function fail(world: World, image: Image, failure: string): void {
  delete image.importing
  image.template['ERROR'] = [`${timestamp(world)} : Error copying image in the datastore: ${failure}`]
  setImageState(image, ImageState.ERROR)
}

/** As in `Mon Nov 23 07:42:57 2026`. */
function timestamp(world: World): string {
  const [weekday, day, month, year, time] = new Date(world.clock.now()).toUTCString().replace(',', '').split(' ')
  return `${weekday} ${month} ${day} ${time} ${year}`
}

/** Takes a saved disk over as the content of its image. */
export function finishSaving(world: World, id: number): void {
  const image = world.images.get(id)
  if (!image) return
  image.format = 'raw'
  image.template = without(image.template, ['SAVE_AS_HOT'])
  unlock(image)
}

function releaseClone(world: World, image: Image): void {
  const source = world.images.get(image.cloningId)
  image.cloningId = -1
  if (!source) return
  source.clones = source.clones.filter(id => id !== image.id)
  freeUnlessUsed(source, [ImageState.USED, ImageState.CLONE])
}

/** An image that was in one of these states is free when nobody uses or copies it any more. */
function freeUnlessUsed(image: Image, states: readonly number[]): void {
  if (image.vms.length > 0 || image.clones.length > 0) return
  if (states.includes(image.state)) setImageState(image, ImageState.READY)
}

const PERSISTENT_IN_USE: readonly number[] = [ImageState.USED_PERS, ImageState.LOCKED_USED_PERS]
const SHARED_IN_USE: readonly number[] = [ImageState.USED, ImageState.LOCKED_USED]

export const isLocked = (image: Image): boolean => image.state in UNLOCKED

/** Counts a VM among the users of an image. A VM being created may wait for a locked image, a running one may not.
 *  Throws code 2048. */
export function useImage(image: Image, vm: number, running: boolean): void {
  if (PERSISTENT_IN_USE.includes(image.state)) {
    throw refused(`Cannot acquire image ${image.id}, it is persistent and already in use`)
  }
  if (running && isLocked(image)) throw refused(`Cannot acquire image ${image.id}, it is locked`)
  if (image.state === ImageState.READY) setImageState(image, image.persistent ? ImageState.USED_PERS : ImageState.USED)
  else if (image.state === ImageState.LOCKED) {
    setImageState(image, image.persistent ? ImageState.LOCKED_USED_PERS : ImageState.LOCKED_USED)
  } else if (!SHARED_IN_USE.includes(image.state)) {
    throw refused(`Cannot acquire image ${image.id}, it is in state: ${imageStateName(image)}`)
  }
  image.vms.push(vm)
}

/** Takes one use by that VM back. */
export function releaseImage(world: World, id: number, vm: number): void {
  const image = world.images.get(id)
  if (!image) return
  const use = image.vms.indexOf(vm)
  if (use !== -1) image.vms.splice(use, 1)
  if (PERSISTENT_IN_USE.includes(image.state)) {
    image.modtime = world.clock.seconds()
    image.snapshots = false
  }
  freeUnlessUsed(image, [ImageState.USED, ImageState.USED_PERS])
  if (image.vms.length === 0 && isLocked(image)) setImageState(image, ImageState.LOCKED)
}
