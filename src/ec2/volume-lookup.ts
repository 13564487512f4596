// Where volumes come from: images that are kept, and the disks of VMs that end with them.
import { image as imageCall, vmSet, WHOSE } from '../opennebula/calls.ts'
import type { Image, Vm } from '../opennebula/documents.ts'
import { VM_STATE } from '../opennebula/states.ts'
import type { Context } from './context.ts'
import { diskOf } from './hot-plug.ts'
import { parsePairId } from './ids.ts'
import { isOf, sealedImageId } from './image.ts'
import { imageSource, imagesIn } from './images.ts'
import { type InstanceView, isKept, viewInstance } from './instance.ts'
import { find } from './lookup.ts'
import { notFound } from './resources.ts'
import { isOwn } from './trust.ts'
import { hotPlugNote, type InstancesByNumber, type VolumeView, viewDiskVolume, viewImageVolume } from './volume.ts'

/**
 * The volumes that ids name, each once: the images, and the VMs that they are in.
 *
 * One upstream request where the index remembers the VMs, two where it does not.
 * @throws Ec2Error InvalidVolume.NotFound, InvalidVolumeID.Malformed
 */
export async function findVolumes(ids: Iterable<string>, context: Context): Promise<VolumeView[]> {
  const wanted = [...new Set(ids)]
  const disks = wanted.flatMap(id => {
    const pair = parsePairId('volume', id)
    return pair ? [{ id, vm: pair.whole, disk: pair.part }] : []
  })
  const kept = wanted.filter(id => parsePairId('volume', id) === undefined)
  const { images, instances } = await findImages(
    kept,
    disks.map(({ vm }) => vm),
    context,
  )
  const ofImages = images.map(image => ({ id: imageId(image, context), view: viewOf(image, instances, context) }))
  const ofDisks = disks.map(disk => ({ id: disk.id, view: diskVolume(disk, instances) }))
  const missing = [...ofImages, ...ofDisks].filter(({ view }) => view === undefined)
  if (missing.length > 0) throw notFound('volume', ...missing.map(({ id }) => id))
  return [...ofImages, ...ofDisks].flatMap(({ view }) => view ?? [])
}

const imageId = (image: Image, { mint }: Context) => mint.idOf('volume', sealedImageId(image))

/** An image as a volume of the account: another's is one only while an instance of the account has it. */
function viewOf(image: Image, instances: InstancesByNumber, context: Context): VolumeView | undefined {
  if (isOwn(image, context)) return viewImageVolume(image, instances, context)
  for (const number of image.VMS.ID) {
    const instance = instances.get(number)
    const disk = instance && diskOf(instance.vm, image.ID)
    if (disk) return viewDiskVolume(instance, disk)
  }
  return undefined
}

/** One volume by its id. @throws Ec2Error as `findVolumes` */
export async function findVolume(id: string, context: Context): Promise<VolumeView> {
  const [view] = await findVolumes([id], context)
  if (!view) throw notFound('volume', id)
  return view
}

/** The VMs that an image is in, or waits for. What another's image has to say of that does not count. */
const vmsNamed = (image: Image, context: Context): number[] => {
  const note = isOwn(image, context) ? hotPlugNote(image) : undefined
  return note ? [...image.VMS.ID, note.vm] : [...image.VMS.ID]
}

/** Under this the index remembers the VM that a volume is in. Like all of it a hint: the image says where it is. */
const vmKey = (id: string) => `${id}/vm`

export const rememberVm = (id: string, vm: number, { index }: Context): void => index.remember([[vmKey(id), vm]])

/**
 * The images of volumes, and the instances of the VMs that they are in.
 * @param besides numbers of VMs that are wanted anyway
 */
async function findImages(
  ids: readonly string[],
  besides: readonly number[],
  context: Context,
): Promise<{ images: Image[]; instances: InstancesByNumber }> {
  const hints = await context.index.find(ids.map(vmKey))
  const expected = new Set([...besides, ...hints.values()])
  const instances = new Map<number, InstanceView>()
  const keep = (vms: readonly Vm[]) => {
    for (const vm of vms) if (isOwn(vm, context)) instances.set(vm.ID, viewInstance(vm, context))
  }
  const source = imageSource('volume', context)
  const images = await find(
    expected.size > 0 ? { ...source, byNumber: together(expected, keep, context) } : source,
    ids,
    context,
  )
  const missing = new Set(
    [...besides, ...images.flatMap(image => vmsNamed(image, context))].filter(number => !instances.has(number)),
  )
  keep(await Array.fromAsync(context.one.vms([...missing])))
  for (const image of images) {
    const id = imageId(image, context)
    for (const vm of image.VMS.ID) if (hints.get(vmKey(id)) !== vm) rememberVm(id, vm, context)
  }
  return { images, instances }
}

/** Reads images by number, and in the same request the VMs that they are expected in. */
const together =
  (vms: ReadonlySet<number>, keep: (vms: readonly Vm[]) => void, context: Context) =>
  async (numbers: readonly number[]): Promise<Image[]> => {
    const [found, ...outcomes] = await context.one.read(vmSet([...vms]), ...numbers.map(image => imageCall(image)))
    keep(found.value ?? [])
    return imagesIn('volume', outcomes, context)
  }

function diskVolume({ vm, disk }: { vm: number; disk: number }, instances: InstancesByNumber): VolumeView | undefined {
  const instance = instances.get(vm)
  const found = instance?.vm.TEMPLATE.DISK.find(({ DISK_ID }) => DISK_ID === disk)
  if (!instance || !found || isKept(found) || instance.vm.STATE === VM_STATE.DONE) return undefined
  return viewDiskVolume(instance, found)
}

/** Where a volume stands in the list: with its VM, or among the free ones that follow; both newest first. */
export type Place = readonly [phase: number, number: number, part: number]

export const isPlace = (value: unknown): value is Place =>
  Array.isArray(value) && value.length === 3 && value.every(part => typeof part === 'number')

const isBehind = (place: Place, after: Place | undefined): boolean => {
  if (!after) return true
  const [phase, number, part] = place
  if (phase !== after[0]) return phase > after[0]
  return number === after[1] ? part > after[2] : number < after[1]
}

/** VMs a request. */
const VMS_PER_PAGE = 250

/** The volumes of the account: its images are held, its VMs stream by, each with the volumes that are in it. */
export async function* listVolumes(
  context: Context,
  after?: Place,
): AsyncGenerator<{ readonly view: VolumeView; readonly place: Place }> {
  const own = new Map<number, Image>()
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    if (isOf('volume', image)) own.set(image.ID, image)
  }
  const free = new Set(own.keys())
  const byVm = Map.groupBy(
    [...own.values()].flatMap(image => vmsNamed(image, context).map(vm => ({ vm, image }))),
    ({ vm }) => vm,
  )
  for await (const vm of context.one.vmPages({ size: VMS_PER_PAGE })) {
    const instance = viewInstance(vm, context)
    const parts = partsOf(instance, own)
    for (const [part, view] of [...parts, ...attachedTo(instance, byVm.get(vm.ID) ?? [], context)].entries()) {
      if (view.image) free.delete(view.image.ID)
      const place: Place = [0, vm.ID, part]
      if (isBehind(place, after)) yield { view, place }
    }
  }
  for (const number of free) {
    const image = own.get(number)
    const place: Place = [1, number, 0]
    if (image && isBehind(place, after)) yield { view: viewImageVolume(image, new Map(), context), place }
  }
}

/** The disks that are parts of an instance: those that end with it, and those of other users' images. */
const partsOf = (instance: InstanceView, own: ReadonlyMap<number, Image>): VolumeView[] =>
  instance.vm.TEMPLATE.DISK.filter(disk => !isKept(disk) || !own.has(disk.IMAGE_ID ?? -1)).map(disk =>
    viewDiskVolume(instance, disk),
  )

/** The volumes attached to an instance, or waiting for it. */
function attachedTo(
  instance: InstanceView,
  named: readonly { readonly vm: number; readonly image: Image }[],
  context: Context,
): VolumeView[] {
  const instances = new Map<Vm['ID'], InstanceView>([[instance.vm.ID, instance]])
  const views = named.map(({ image }) => viewImageVolume(image, instances, context))
  return views.filter(({ attachment }) => attachment !== undefined)
}
