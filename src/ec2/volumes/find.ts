// Where volumes come from: images that are kept, and the disks of VMs that end with them.
import { Grouped, transformed } from '../../lib/transformed.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { diskOf } from '../../opennebula/disks.ts'
import { VM_STATE } from '../../opennebula/states.ts'
import type { Context } from '../core/context.ts'
import type { ListSource, Placed } from '../core/describe.ts'
import { type Image, image as imageCall, type Vm, vmSet } from '../core/documents.ts'
import { find } from '../core/find.ts'
import { parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { isOwn } from '../core/trust.ts'
import { imageSource, imagesIn } from '../disk-images/find.ts'
import { isOf, sealedImageId } from '../disk-images/roles.ts'
import { vmsBeside } from '../instances/find.ts'
import { type InstanceView, isInstance, isKept, viewInstance } from '../instances/view.ts'
import { VOLUME } from './resource.ts'
import { hotPlugNote, type InstancesByNumber, type VolumeView, viewDiskVolume, viewImageVolume } from './view.ts'

/**
 * The volumes that ids name, each once: the images, and the VMs that they are in.
 *
 * One upstream request where the index remembers the VMs, two where it does not.
 * @throws Ec2Error InvalidVolume.NotFound, InvalidVolumeID.Malformed
 */
export async function findVolumes(ids: Iterable<string>, context: Context): Promise<VolumeView[]> {
  const wanted = [...new Set(ids)]
  const disks = wanted.flatMap(id => {
    const pair = parsePairId(VOLUME, id)
    return pair ? [{ id, vm: pair.whole, disk: pair.part }] : []
  })
  const kept = wanted.filter(id => parsePairId(VOLUME, id) === undefined)
  const { images, instances } = await findImages(
    kept,
    disks.map(({ vm }) => vm),
    context,
  )
  const ofImages = images.map(image => ({ id: imageId(image, context), view: viewOf(image, instances, context) }))
  const ofDisks = disks.map(disk => ({ id: disk.id, view: diskVolume(disk, instances) }))
  const missing = [...ofImages, ...ofDisks].filter(({ view }) => view === undefined)
  if (missing.length > 0) throw notFound(VOLUME, ...missing.map(({ id }) => id))
  return [...ofImages, ...ofDisks].flatMap(({ view }) => view ?? [])
}

const imageId = (image: Image, { mint }: Context) => mint.idOf(VOLUME, sealedImageId(image))

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
  if (!view) throw notFound(VOLUME, id)
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
    for (const vm of vms) if (isInstance(vm, context)) instances.set(vm.ID, viewInstance(vm, context))
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

/**
 * Where a volume stands in the list: with its VM, or among the free ones that follow, both newest first; of a VM the
 * disks that are parts of it by their numbers, then the images by theirs. Last, about how many VMs stand before it.
 */
export type VolumePlace = readonly [phase: number, number: number, group: number, part: number, offset: number]

const isPlace = (value: unknown): value is VolumePlace =>
  Array.isArray(value) && value.length === 5 && value.every(part => typeof part === 'number')

function isBehind([phase, number, group, part]: VolumePlace, after: VolumePlace | undefined): boolean {
  if (!after) return true
  if (phase !== after[0]) return phase > after[0]
  if (number !== after[1]) return number < after[1]
  return group === after[2] ? part > after[3] : group > after[2]
}

const WITH_VM = 0
const FREE = 1

/** Free volumes that are looked at together: of a page no more are than that. */
const FREE_AT_ONCE = 100

type PlacedVolume = Placed<VolumeView, VolumePlace>

/** The volumes of the account: its images are held, its VMs stream by, each with the volumes that are in it. */
async function* groupsOfVolumes(context: Context, after?: VolumePlace): AsyncGenerator<PlacedVolume[]> {
  const reached = { isPast: after?.[0] === FREE, end: after && ([after[1], after[4]] as const) }
  const { beside, pages, vms } = vmsBeside(ownVolumes, reached, context)
  const own = await beside
  const free = new Set(own.keys())
  const byVm = Map.groupBy(
    [...own.values()].flatMap(image => vmsNamed(image, context).map(vm => ({ vm, image }))),
    ({ vm }) => vm,
  )
  for await (const vm of vms) {
    if (!isInstance(vm, context)) continue
    const instance = viewInstance(vm, context)
    const offset = Math.max(0, (pages.cursor?.offset ?? 0) - 1)
    const views = [...partsOf(instance, own), ...attachedTo(instance, byVm.get(vm.ID) ?? [], context)]
    for (const { image } of views) if (image) free.delete(image.ID)
    byVm.delete(vm.ID)
    const placed = views.map((view): PlacedVolume => {
      const part = view.image ? ([1, view.image.ID] as const) : ([0, view.attachment?.disk?.DISK_ID ?? 0] as const)
      return [view, [WITH_VM, vm.ID, ...part, offset]]
    })
    yield placed.filter(([, place]) => isBehind(place, after))
  }
  const passed = after ? await ownInstances([...byVm.keys()], context) : new Map<number, InstanceView>()
  const numbers = [...free].toSorted((a, b) => b - a)
  for (let at = 0; at < numbers.length; at += FREE_AT_ONCE) {
    yield numbers.slice(at, at + FREE_AT_ONCE).flatMap(number => {
      const image = own.get(number)
      const view = image && viewImageVolume(image, passed, context)
      const place: VolumePlace = [FREE, number, 0, 0, 0]
      return view && view.attachment === undefined && isBehind(place, after) ? [[view, place] as const] : []
    })
  }
}

async function ownVolumes({ one }: Pick<Context, 'one'>): Promise<Map<number, Image>> {
  const own = new Map<number, Image>()
  const images = transformed(one.images({ whose: WHOSE.OWN }), image => (isOf('volume', image) ? image : undefined))
  for await (const image of images) own.set(image.ID, image)
  return own
}

/** The volumes of the account, as the actions have them that list something of every volume. */
export const volumes: ListSource<{ readonly VolumeIds?: readonly string[] | undefined }, VolumeView, VolumePlace> = {
  named: { ids: ({ VolumeIds }) => VolumeIds, set: 'volumeSet', find: findVolumes },
  isPlace,
  list: (context, after) => new Grouped(groupsOfVolumes(context, after)),
}

/** The instances of earlier pages: what is in one of them stood there. */
async function ownInstances(numbers: readonly number[], context: Context): Promise<InstancesByNumber> {
  const vms = await Array.fromAsync(context.one.vms(numbers))
  const own = vms.filter(vm => isInstance(vm, context) && vm.STATE !== VM_STATE.DONE)
  return new Map(own.map(vm => [vm.ID, viewInstance(vm, context)]))
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
  const images = named.map(({ image }) => image).toSorted((a, b) => a.ID - b.ID)
  const views = images.map(image => viewImageVolume(image, instances, context))
  return views.filter(({ attachment }) => attachment !== undefined)
}
