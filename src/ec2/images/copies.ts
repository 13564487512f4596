// AMIs made of what is there already: of an instance (CreateImage), another AMI (CopyImage), or a snapshot (RegisterImage).

import type {
  BlockDeviceMapping,
  CopyImageRequest,
  CopyImageResult,
  CreateImageRequest,
  CreateImageResult,
  EbsBlockDevice,
  RegisterImageRequest,
  RegisterImageResult,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import type { Image } from '../../opennebula/documents.ts'
import { IMAGE_STATE } from '../../opennebula/states.ts'
import { impossible, invalid, missing, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext } from '../core/context.ts'
import { parseId } from '../core/ids.ts'
import { encodeTags } from '../core/record.ts'
import { notFound } from '../core/resource.ts'
import { checkCount, type Tags, tagsFor } from '../core/tags.ts'
import { beginCaptures } from '../disk-images/capture.ts'
import { type Copy, copyImages, type Making } from '../disk-images/copies.ts'
import { isDevice } from '../disk-images/devices.ts'
import {
  gibibytes,
  type ImageDisk,
  type ImageRecord,
  identityIn,
  imageRecord,
  imageRecords,
  imageState,
  imageTags,
  isPlaceholder,
  isRootName,
  isUsable,
  rootDevice,
  sealedSnapshotId,
} from '../disk-images/image.ts'
import { creationFailure } from '../disk-images/making.ts'
import { invalidMapping } from '../disk-images/mapping.ts'
import { resourceOf } from '../disk-images/roles.ts'
import { holdingInstance } from '../instances/find.ts'
import { incorrectInstanceState, stateLock } from '../instances/resource.ts'
import { shownState } from '../instances/states.ts'
import { deviceName, diskDevice, endsWith, type InstanceView, isKept, toInstance } from '../instances/view.ts'
import { incorrectSnapshotState, SNAPSHOT } from '../snapshots/resource.ts'
import {
  checkCloneable,
  findSnapshots,
  NO_VOLUME,
  type SnapshotRecord,
  snapshotCopy,
  snapshotRecords,
  snapshotState,
} from '../snapshots/view.ts'
import { changedSpeed, checkPerformance, volumeTypeNamed } from '../volumes/performance.ts'
import { checkSizeLimits, sizeMissing } from '../volumes/resource.ts'
import { viewDiskVolume, viewImageVolume } from '../volumes/view.ts'
import { checkImageName, IMAGE_NAMES_LOCK, refuseNamesake } from './names.ts'
import { IMAGE, imageUnavailable } from './resource.ts'

const TAGGED = ['image', 'snapshot']

/** An AMI that is to be, and the snapshot that it is besides. */
interface NewImage {
  readonly record: ImageRecord
  readonly tags: Tags
  /** Absent for the copy of a snapshot, which stays the AMI's. */
  readonly snapshot?: { readonly id: string; readonly record: SnapshotRecord; readonly tags: Tags }
}

/** The attributes that make an OpenNebula image an AMI, besides its ids. */
const marks = ({ record, tags, snapshot }: NewImage) => ({
  EC2_AMI: true,
  EC2_IMAGE: imageRecords.write(record),
  ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
  ...(snapshot && { EC2_SNAPSHOT: snapshotRecords.write(snapshot.record) }),
  ...(snapshot && snapshot.tags.size > 0 && { EC2_SNAPSHOT_TAGS: encodeTags(snapshot.tags) }),
})

/**
 * An AMI of an instance's disks. The answer comes before OpenNebula has begun: placeholders are the AMI and the snapshots
 * until the disks can be saved, one after the other (see capture.ts).
 * Meanwhile a guest that is switched off for it shows as running, as EC2 has it: it comes back by itself.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
export function createImage(input: CreateImageRequest, context: ChangeContext): Promise<CreateImageResult> {
  const { InstanceId = '', Name = '' } = input
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications, TAGGED)
  const snapshotTags = tagsFor('snapshot', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const attached = await surveyOwn(Name, context)
    return holdingInstance(InstanceId, context, stateLock, instance =>
      capture(instance, { input, tags, snapshotTags, attached }, context),
    )
  })
}

/** Looks through the account's images: the name has to be free, and some of them are in instances. */
async function surveyOwn(name: string, context: ChangeContext): Promise<Map<number, Image>> {
  const attached = new Map<number, Image>()
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    refuseNamesake(name, image, context)
    if (image.VMS.ID.length > 0) attached.set(image.ID, image)
  }
  return attached
}

/** What CreateImage was asked for, and the images that are in instances. */
interface Asked {
  readonly input: CreateImageRequest
  readonly tags: Tags
  readonly snapshotTags: Tags
  readonly attached: ReadonlyMap<number, Image>
}

async function capture(
  instance: InstanceView,
  { input, tags, snapshotTags, attached }: Asked,
  context: ChangeContext,
): Promise<CreateImageResult> {
  const { Name, Description, NoReboot = false } = input
  const { vm } = instance
  const state = checkCapturable(instance)
  const { captured, empty } = capturedDisks(instance, input, attached, context)
  checkDiskCount(captured.length + empty.length)
  const [root, ...others] = captured
  if (!root) throw impossible(`The instance '${instance.id}' does not boot from an image.`)
  const { Architecture } = toInstance(instance, context)
  const id = context.mint.mint(IMAGE, context.seed(0))
  const disks = others.map((disk, index) => ({ ...disk, id: context.mint.mint(SNAPSHOT, context.seed(index + 2)) }))
  const description = `Created by CreateImage(${instance.id}) for ${id}`
  const ami: NewImage = {
    record: {
      name: Name,
      description: Description,
      architecture: Architecture,
      rootDevice: root.device,
      ...inRoot(root.wish),
      disks: listed([...disks.map(({ id, device, wish }) => ({ device, snapshot: id, ...wish })), ...empty]),
      sourceInstance: instance.id,
      sourceImage: instance.record.image,
    },
    tags,
    snapshot: {
      id: context.mint.mint(SNAPSHOT, context.seed(1)),
      record: { volume: root.volume, description, size: root.size },
      tags: snapshotTags,
    },
  }
  const task = {
    kind: 'capture',
    instance: instance.id,
    vm: vm.ID,
    reboot: !NoReboot && state === 'running',
  } as const
  const parts = disks.map(({ id, number, volume, size }) => ({
    task: { ...task, id, disk: number, type: 'DATABLOCK' as const },
    attributes: snapshotCopy(id, { volume, description, size }, snapshotTags).attributes,
  }))
  const whole = {
    task: { ...task, id, disk: root.number, snapshot: ami.snapshot?.id, parts: disks.map(({ id }) => id) },
    attributes: marks(ami),
  }
  await beginCaptures([whole, ...parts], context)
  return { ImageId: id }
}

function checkCapturable({ id, vm, wanted }: InstanceView) {
  const state = shownState(vm, wanted)
  if (state !== 'running' && state !== 'stopped') {
    throw incorrectInstanceState(id, state, 'made into an image')
  }
  return state
}

/** What a volume of an AMI's instances is to be. Size in GiB. */
type Wish = Omit<ImageDisk, 'device' | 'snapshot'>

/** The same as the record of an AMI has it of the root. */
const inRoot = ({ size, type, iops, throughput, deleteOnTermination }: Wish) => ({
  rootSize: size,
  rootType: type,
  rootIops: iops,
  rootThroughput: throughput,
  rootDeleteOnTermination: deleteOnTermination,
})

/** A disk of an instance that becomes a part of an AMI. */
interface CapturedDisk {
  /** OpenNebula's number of it in the VM. */
  readonly number: number
  readonly device: string
  /** The volume's id. */
  readonly volume: string
  /** GiB that it has. */
  readonly size: number
  readonly wish: Wish
}

const listed = (disks: readonly ImageDisk[]) => (disks.length > 0 ? disks : undefined)

/** @throws Ec2Error InvalidBlockDeviceMapping */
function checkDiskCount(count: number): void {
  const { most } = limits.blockDevices
  if (count > most) throw invalidMapping(`An image has at most ${most} block devices, not ${count}.`)
}

/**
 * The disks of an instance that an image is made of, the root first: all that are volumes, but for those that the caller
 * leaves out; and the empty ones that the image is to have besides. Volatile disks and CDs are none.
 * @throws Ec2Error InvalidBlockDeviceMapping, MissingParameter
 */
function capturedDisks(
  instance: InstanceView,
  { BlockDeviceMappings: mappings = [] }: CreateImageRequest,
  attached: ReadonlyMap<number, Image>,
  context: ChangeContext,
): { readonly captured: CapturedDisk[]; readonly empty: ImageDisk[] } {
  const [root] = instance.vm.TEMPLATE.DISK
  const instances = new Map([[instance.vm.ID, instance]])
  const disks = instance.vm.TEMPLATE.DISK.filter(
    ({ IMAGE_ID, TYPE }) => IMAGE_ID !== undefined && TYPE !== 'CDROM',
  ).map(disk => ({ disk, device: disk === root ? deviceName(disk.TARGET ?? 'sda') : diskDevice(disk, instance) }))
  const wished = byDevice(
    mappings,
    disks.map(({ device }) => device),
  )
  const captured = disks.flatMap(({ disk, device }): CapturedDisk[] => {
    const image = attached.get(disk.IMAGE_ID ?? -1)
    const view = image && isKept(disk) ? viewImageVolume(image, instances, context) : viewDiskVolume(instance, disk)
    const mapping = wished.get(device)
    wished.delete(device)
    if (mapping?.NoDevice !== undefined && disk !== root) return []
    if (mapping?.NoDevice !== undefined)
      throw invalidMapping(`The root device ${device} cannot be left out of an image.`)
    const size = Math.max(view.record.size ?? 0, gibibytes(disk.SIZE ?? view.size))
    const { type, iops, throughput } = view.record
    const known = { size, type, iops, throughput, deleteOnTermination: endsWith(disk, instance) }
    return [{ number: disk.DISK_ID, device, volume: view.id, size, wish: wishOf(mapping?.Ebs, known) }]
  })
  const empty = [...wished.values()].flatMap(({ DeviceName, NoDevice, Ebs }) =>
    Ebs === undefined || NoDevice !== undefined ? [] : emptyDisk(DeviceName, Ebs),
  )
  return { captured, empty }
}

/** Mappings by the devices of disks that there are, the root first: it goes by all its names. */
function byDevice(mappings: readonly BlockDeviceMapping[], [root = '', ...others]: readonly string[]) {
  const found = new Map<string, BlockDeviceMapping>()
  for (const mapping of mappings) {
    const { DeviceName = '' } = mapping
    const device = isRootName(DeviceName) && !others.includes(DeviceName) ? root : DeviceName
    if (found.has(device)) throw usedTwice(device)
    found.set(device, mapping)
  }
  return found
}

const usedTwice = (device: string) =>
  invalidMapping(`The device '${excerpt(device)}' is used in more than one block-device mapping`)

/** @throws Ec2Error InvalidBlockDeviceMapping */
function checkDevice(name = ''): string {
  if (isDevice(name)) return name
  throw invalidMapping(`The device name '${excerpt(name)}' is invalid.`)
}

/** A disk that is made empty. @throws Ec2Error MissingParameter, InvalidParameterValue, and as `wishOf` */
function emptyDisk(name: string | undefined, ebs: EbsBlockDevice): ImageDisk {
  const device = checkDevice(name)
  if (ebs.VolumeSize === undefined) throw sizeMissing()
  checkSizeLimits(ebs.VolumeSize)
  return { device, ...wishOf(ebs, {}) }
}

/**
 * What a mapping asks of a disk, which else stays as it is.
 * @throws Ec2Error for what cannot be had, and must not be left out in silence
 */
function wishOf(ebs: EbsBlockDevice | undefined, known: Wish): Wish {
  const { VolumeSize, VolumeType, Iops, Throughput, DeleteOnTermination, Encrypted } = ebs ?? {}
  if (Encrypted) throw impossible('Encrypted volumes are not supported.')
  const { size: least = 1 } = known
  if (VolumeSize !== undefined && VolumeSize < least) {
    throw invalidMapping(`Volume of size ${VolumeSize}GB is smaller than the disk, expect size >= ${least}GB`)
  }
  const asked = { type: volumeTypeNamed(VolumeType), iops: Iops, throughput: Throughput }
  const wish = {
    ...changedSpeed(known, asked),
    size: VolumeSize ?? known.size,
    deleteOnTermination: DeleteOnTermination ?? known.deleteOnTermination,
  }
  if (ebs) checkPerformance(wish)
  return wish
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html */
export function copyImage(input: CopyImageRequest, context: ChangeContext): Promise<CopyImageResult> {
  const { Name = '', Description, SourceImageId = '' } = input
  checkImageName(Name)
  checkCopy(input, context)
  const given = tagsFor('image', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint(IMAGE, context.seed(0))
    const found = await survey('image', [SourceImageId], { name: Name, except: id }, context)
    const source = found.get(SourceImageId)
    if (!source || imageState(source) !== 'available') {
      throw imageUnavailable(SourceImageId)
    }
    const { snapshot: _, sourceInstance: __, accounts: ___, ...kept } = imageRecord(source)
    const tags = input.CopyImageTags && source.UID === context.account.user.id ? imageTags('image', source) : []
    const snapshotTags = tagsFor('snapshot', input.TagSpecifications, TAGGED)
    const description = `Copied for DestinationAmi ${id} from SourceAmi ${SourceImageId}`
    const copies = await copiedDisks(kept.disks ?? [], { description, tags: snapshotTags }, context)
    const disks = kept.disks && copies.map(({ disk }) => disk)
    const ami: NewImage = {
      record: { ...kept, disks, name: Name, description: Description, sourceImage: SourceImageId },
      tags: checkCount(new Map([...tags, ...given])),
      snapshot: {
        id: context.mint.mint(SNAPSHOT, context.seed(1)),
        record: { volume: NO_VOLUME, description },
        tags: snapshotTags,
      },
    }
    await cloneAs(
      id,
      source,
      ami,
      context,
      copies.flatMap(({ making }) => making ?? []),
    )
    return { ImageId: id }
  })
}

/**
 * The disks of a copy besides its root, and what makes their snapshots, where they are not empty.
 * @throws Ec2Error InvalidRequest where they are not the caller's to copy, IncorrectState
 */
async function copiedDisks(
  disks: readonly ImageDisk[],
  { description, tags }: { readonly description: string; readonly tags: Tags },
  context: ChangeContext,
): Promise<{ readonly disk: ImageDisk; readonly making?: Making }[]> {
  const images = await findSnapshots(
    disks.flatMap(({ snapshot }) => snapshot ?? []),
    context,
  ).catch(hidden)
  const sources = new Map(images.map(image => [context.mint.idOf(SNAPSHOT, sealedSnapshotId(image)), image]))
  return disks.map((disk, index) => {
    const { snapshot } = disk
    if (snapshot === undefined) return { disk }
    const source = sources.get(snapshot)
    if (!source) throw notFound(SNAPSHOT, snapshot)
    checkCloneable(snapshot, source)
    const id = context.mint.mint(SNAPSHOT, context.seed(index + 2))
    const copy = snapshotCopy(id, { volume: NO_VOLUME, description }, tags)
    return { disk: { ...disk, snapshot: id }, making: { copy, make: cloneImage(source.ID, id) } }
  })
}

function hidden(error: unknown): never {
  if (!(error instanceof Ec2Error) || error.code !== 'InvalidSnapshot.NotFound') throw error
  throw new Ec2Error('InvalidRequest', 'You do not have permission to access the storage of this ami')
}

function checkCopy(input: CopyImageRequest, { settings }: ChangeContext): void {
  const { SourceRegion, Encrypted, DestinationOutpostArn, DestinationAvailabilityZone } = input
  if (SourceRegion !== settings.region) {
    throw invalid('sourceRegion', SourceRegion ?? '', `This cloud has the region '${settings.region}'.`)
  }
  if (Encrypted) throw impossible('Encrypted images are not supported.')
  if (DestinationOutpostArn !== undefined) throw unsupported('DestinationOutpostArn')
  if (DestinationAvailabilityZone !== undefined) throw unsupported('DestinationAvailabilityZone')
}

/** Whether RegisterImage names a snapshot for the root disk. */
export const registersSnapshot = ({ BlockDeviceMappings = [] }: RegisterImageRequest): boolean =>
  BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId !== undefined)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html */
export function registerSnapshot(input: RegisterImageRequest, context: ChangeContext): Promise<RegisterImageResult> {
  const { Name, BlockDeviceMappings = [] } = input
  if (!Name) throw missing('Name')
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications)
  const mapped = mappedDisks(BlockDeviceMappings)
  const device = input.RootDeviceName ?? mapped[0]?.device
  const root = mapped.find(disk => disk.device === device)
  if (root?.snapshot === undefined)
    throw invalidMapping(`The block device mapping has no snapshot for the root device ${device ?? ''}.`)
  checkDiskCount(mapped.length)
  const empty = mapped.filter(({ snapshot }) => snapshot === undefined).map(({ device, ebs }) => emptyDisk(device, ebs))
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint(IMAGE, context.seed(0))
    const names = mapped.flatMap(({ snapshot }) => snapshot ?? [])
    const snapshots = await survey('snapshot', names, { name: Name, except: id }, context)
    const disks = mapped.flatMap(({ device, snapshot, ebs }) => {
      if (snapshot === undefined) return []
      const image = snapshots.get(snapshot)
      if (!image) throw notFound(SNAPSHOT, snapshot)
      if (!COPYABLE.has(image.STATE) || isPlaceholder(image)) {
        const state = snapshotState(image)
        throw incorrectSnapshotState(snapshot, state === 'completed' ? 'unavailable' : state)
      }
      // By the id that it is shown under, whatever it was named by
      const shown = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
      return { device, snapshot: shown, image, ...wishOf(ebs, { size: gibibytes(image.SIZE) }) }
    })
    const [first] = disks.filter(disk => disk.device === root.device)
    if (!first) throw notFound(SNAPSHOT, ...names)
    const others = disks.filter(disk => disk !== first).map(({ image: _image, ...disk }) => disk)
    const record: ImageRecord = {
      name: Name,
      description: input.Description,
      architecture: input.Architecture,
      rootDevice: root.device,
      ...inRoot(first),
      disks: listed([...others, ...empty]),
      enaSupport: input.EnaSupport,
      sriovNetSupport: input.SriovNetSupport,
      snapshot: first.snapshot,
    }
    await cloneAs(id, first.image, { record, tags }, context)
    return { ImageId: id }
  })
}

/** The disks that mappings make, of snapshots or of nothing. @throws Ec2Error InvalidBlockDeviceMapping */
function mappedDisks(mappings: readonly BlockDeviceMapping[]) {
  const devices = new Set<string>()
  return mappings.flatMap(({ DeviceName, NoDevice, Ebs }) => {
    if (Ebs === undefined || NoDevice !== undefined) return []
    const device = checkDevice(DeviceName)
    if (devices.has(device)) throw usedTwice(device)
    devices.add(device)
    return [{ device, snapshot: Ebs.SnapshotId, ebs: Ebs }]
  })
}

/**
 * The disks of an AMI that is registered by its image: what is said of the root, and empty ones.
 * @throws Ec2Error InvalidBlockDeviceMapping, MissingParameter, InvalidParameterValue
 */
export function disksBesides({ BlockDeviceMappings = [], RootDeviceName }: RegisterImageRequest): ImageRecord {
  const mapped = mappedDisks(BlockDeviceMappings)
  const isRoot = (device: string) => (RootDeviceName === undefined ? isRootName(device) : device === RootDeviceName)
  const root = mapped.find(({ device }) => isRoot(device))
  const others = mapped.filter(disk => disk !== root).map(({ device, ebs }) => emptyDisk(device, ebs))
  checkDiskCount(others.length + 1)
  return { ...(root && inRoot(wishOf(root.ebs, {}))), disks: listed(others) }
}

/** The states in which OpenNebula copies an image. */
const COPYABLE: ReadonlySet<number> = new Set([IMAGE_STATE.READY, IMAGE_STATE.USED, IMAGE_STATE.CLONE])

/**
 * What copies are made of, by the ids that name it. One look at the pool finds it, and tells that the name is free.
 * @throws Ec2Error NotFound, Malformed, InvalidAMIName.Duplicate
 */
async function survey(
  kind: 'image' | 'snapshot',
  ids: readonly string[],
  { name, except }: { readonly name: string; readonly except: string },
  context: ChangeContext,
): Promise<Map<string, Image>> {
  const wanted = ids.map(id => ({ id, parsed: parseId(resourceOf[kind], id) }))
  const found = new Map<string, Image>()
  for await (const image of context.one.images()) {
    refuseNamesake(name, image, context, except)
    if (image.STATE === IMAGE_STATE.DELETE || !isUsable(kind, image, context.account)) continue
    const identity = identityIn(kind)(image)
    for (const { id, parsed } of wanted)
      if (context.mint.names(resourceOf[kind], parsed, identity)) found.set(id, image)
  }
  const unknown = ids.filter(id => !found.has(id))
  if (unknown.length > 0) throw notFound(resourceOf[kind], ...unknown)
  return found
}

/** Makes an AMI of another or of a snapshot. @param parts copies that come with it, and are made before it */
async function cloneAs(
  id: string,
  source: Image,
  ami: NewImage,
  context: ChangeContext,
  parts: readonly Making[] = [],
): Promise<void> {
  const attributes = marks({
    ...ami,
    record: { ...ami.record, rootDevice: ami.record.rootDevice ?? rootDevice(source) },
  })
  const names = parts.map(({ copy: { name } }) => name)
  const copy: Copy = {
    ...{ name: id, snapshot: ami.snapshot?.id, attributes, type: 'OS', persistent: false },
    parts: names.length > 0 ? names : undefined,
  }
  try {
    await copyImages([...parts, { copy, make: cloneImage(source.ID, id) }], context)
  } catch (error) {
    throw creationFailure(error, IMAGE)
  }
}
