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
import { cloneImage } from '../opennebula/calls.ts'
import type { Image } from '../opennebula/documents.ts'
import { IMAGE_STATE } from '../opennebula/states.ts'
import { Ec2Error } from '../protocol/errors.ts'
import { beginCapture, type CaptureGoal } from './capture.ts'
import type { ChangeContext } from './context.ts'
import { creationFailure, copyImage as makeCopy } from './creation.ts'
import { stateLock } from './goals.ts'
import { parseId } from './ids.ts'
import {
  gibibytes,
  type ImageRecord,
  imageRecord,
  imageRecords,
  imageState,
  isPlaceholder,
  isUsable,
  rootDevice,
  sealedImageId,
} from './image.ts'
import { checkImageName, checkNameIsFree, IMAGE_NAMES_LOCK, refuseNamesake } from './image-names.ts'
import { type InstanceView, toInstance } from './instance.ts'
import { holdingInstance } from './instance-record.ts'
import { decodeTags, encodeTags } from './record.ts'
import { notFound } from './resources.ts'
import { shownState } from './states.ts'
import { checkCount, type Tags, tagsFor } from './tags.ts'

const unsupported = (message: string) => new Ec2Error('UnsupportedOperation', message)

const TAGGED = ['image', 'snapshot']

/** The attributes that make an OpenNebula image an AMI. */
const marks = (record: ImageRecord, tags: Tags) => ({
  EC2_AMI: true,
  EC2_IMAGE: imageRecords.write(record),
  ...(tags.size > 0 && { EC2_TAGS: encodeTags(tags) }),
})

/**
 * An AMI of an instance's root disk. Other volumes are not a part of it: they have snapshots of their own.
 *
 * The answer comes before OpenNebula has begun: a placeholder is the AMI until the disk can be saved (see capture.ts).
 * Meanwhile a guest that is switched off for it shows as running, as EC2 has it: it comes back by itself.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
export function createImage(input: CreateImageRequest, context: ChangeContext): Promise<CreateImageResult> {
  const { InstanceId = '', Name = '' } = input
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    await checkNameIsFree(Name, context)
    return holdingInstance(InstanceId, context, stateLock, instance => capture(instance, input, tags, context))
  })
}

async function capture(
  instance: InstanceView,
  { Name, Description, NoReboot = false, BlockDeviceMappings }: CreateImageRequest,
  tags: Tags,
  context: ChangeContext,
): Promise<CreateImageResult> {
  const { state, disk } = checkCapturable(instance)
  const { RootDeviceName = '', Architecture } = toInstance(instance, context)
  const record: ImageRecord = {
    name: Name,
    description: Description,
    architecture: Architecture,
    rootDevice: RootDeviceName,
    ...rootMapping(BlockDeviceMappings, RootDeviceName, disk.SIZE ?? 0),
    sourceInstance: instance.id,
    sourceImage: instance.record.image,
  }
  const id = context.mint.mint('image', context.seed(0))
  const reboot = !NoReboot && state === 'running'
  const goal: CaptureGoal = {
    ...{ kind: 'capture', id, instance: instance.id },
    ...{ vm: instance.vm.ID, disk: disk.DISK_ID, reboot },
  }
  await beginCapture(goal, marks(record, tags), context)
  return { ImageId: id }
}

function checkCapturable({ id, vm, goal }: InstanceView) {
  const state = shownState(vm, goal)
  if (state !== 'running' && state !== 'stopped') {
    throw new Ec2Error(
      'IncorrectInstanceState',
      `The instance '${id}' is not in the 'running' or 'stopped' state. Its current state is '${state}'.`,
    )
  }
  const [disk] = vm.TEMPLATE.DISK
  if (disk?.IMAGE_ID === undefined) throw unsupported(`The instance '${id}' does not boot from an image.`)
  return { state, disk }
}

/**
 * What the caller wants of the root disk. No other disk is made with an AMI.
 * @param size MiB that it has
 * @throws Ec2Error for what cannot be had, and must not be left out in silence
 */
function rootMapping(
  mappings: readonly BlockDeviceMapping[] = [],
  device: string,
  size: number,
): Pick<ImageRecord, 'rootSize' | 'rootType'> {
  const root = mappings.find(({ DeviceName }) => DeviceName === device)?.Ebs
  for (const { DeviceName, Ebs } of mappings) {
    if (DeviceName !== device && Ebs !== undefined) {
      throw unsupported(
        `An image has one disk, its root ${device}: the device ${DeviceName ?? ''} cannot be a part of it.`,
      )
    }
  }
  return root ? checkRoot(root, size) : {}
}

function checkRoot({ VolumeSize, VolumeType, Encrypted }: EbsBlockDevice, size: number) {
  if (Encrypted) throw unsupported('Encrypted volumes are not supported.')
  if (VolumeSize !== undefined && VolumeSize < gibibytes(size)) {
    throw new Ec2Error(
      'InvalidBlockDeviceMapping',
      `Volume of size ${VolumeSize}GB is smaller than the root disk, expect size >= ${gibibytes(size)}GB`,
    )
  }
  return { rootSize: VolumeSize, rootType: VolumeType }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopyImage.html */
export function copyImage(input: CopyImageRequest, context: ChangeContext): Promise<CopyImageResult> {
  const { Name = '', Description, SourceImageId = '', SourceRegion } = input
  checkImageName(Name)
  checkCopy(input, context)
  const given = tagsFor('image', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint('image', context.seed(0))
    const source = await survey('image', SourceImageId, { name: Name, except: id }, context)
    if (imageState(source) !== 'available') {
      throw new Ec2Error(
        'InvalidAMIID.Unavailable',
        `The image '${SourceImageId}' in ${SourceRegion} is not available.`,
      )
    }
    const { architecture, rootDevice, rootSize, rootType, enaSupport, sriovNetSupport } = imageRecord(source)
    const record: ImageRecord = {
      ...{ architecture, rootDevice, rootSize, rootType, enaSupport, sriovNetSupport },
      name: Name,
      description: Description,
      sourceImage: SourceImageId,
    }
    const tags = input.CopyImageTags && source.UID === context.account.user.id ? decodeTags(source.TEMPLATE) : []
    await cloneAs(id, source, record, checkCount(new Map([...tags, ...given])), context)
    return { ImageId: id }
  })
}

function checkCopy(input: CopyImageRequest, { settings }: ChangeContext): void {
  const { SourceRegion, Encrypted, DestinationOutpostArn, DestinationAvailabilityZone } = input
  if (SourceRegion !== settings.region) {
    throw new Ec2Error(
      'InvalidParameterValue',
      `Value (${SourceRegion ?? ''}) for parameter SourceRegion is invalid. This cloud has the region '${settings.region}'.`,
    )
  }
  if (Encrypted) throw unsupported('Encrypted images are not supported.')
  if (DestinationOutpostArn !== undefined) throw unsupported('The parameter DestinationOutpostArn is not supported.')
  if (DestinationAvailabilityZone !== undefined) {
    throw unsupported('The parameter DestinationAvailabilityZone is not supported.')
  }
}

/** Whether RegisterImage names a snapshot for the root disk. */
export const registersSnapshot = ({ BlockDeviceMappings = [] }: RegisterImageRequest): boolean =>
  BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId !== undefined)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RegisterImage.html */
export function registerSnapshot(input: RegisterImageRequest, context: ChangeContext): Promise<RegisterImageResult> {
  const { Name, BlockDeviceMappings = [] } = input
  if (!Name) throw new Ec2Error('MissingParameter', 'The request must contain the parameter Name')
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications, TAGGED)
  const [root] = BlockDeviceMappings.filter(({ Ebs }) => Ebs?.SnapshotId !== undefined)
  const device = input.RootDeviceName ?? root?.DeviceName
  const snapshotId = root?.Ebs?.SnapshotId
  if (snapshotId === undefined || device === undefined || root?.DeviceName !== device) {
    throw new Ec2Error(
      'InvalidBlockDeviceMapping',
      `The block device mapping has no snapshot for the root device ${device ?? ''}.`,
    )
  }
  return context.hold([IMAGE_NAMES_LOCK], async () => {
    const id = context.mint.mint('image', context.seed(0))
    const snapshot = await survey('snapshot', snapshotId, { name: Name, except: id }, context)
    if (!COPYABLE.has(snapshot.STATE) || isPlaceholder(snapshot)) {
      throw new Ec2Error('IncorrectState', `The snapshot '${snapshotId}' is not completed.`)
    }
    const record: ImageRecord = {
      name: Name,
      description: input.Description,
      architecture: input.Architecture,
      rootDevice: device,
      ...rootMapping(BlockDeviceMappings, device, snapshot.SIZE),
      enaSupport: input.EnaSupport,
      sriovNetSupport: input.SriovNetSupport,
      snapshot: snapshotId,
    }
    await cloneAs(id, snapshot, record, tags, context)
    return { ImageId: id }
  })
}

/** The states in which OpenNebula copies an image. */
const COPYABLE: ReadonlySet<number> = new Set([IMAGE_STATE.READY, IMAGE_STATE.USED, IMAGE_STATE.CLONE])

/**
 * What a copy is made of. One look at the pool finds it, and tells that the name is free.
 * @throws Ec2Error NotFound, Malformed, InvalidAMIName.Duplicate
 */
async function survey(
  kind: 'image' | 'snapshot',
  id: string,
  { name, except }: { readonly name: string; readonly except: string },
  context: ChangeContext,
): Promise<Image> {
  const parsed = parseId(kind, id)
  let found: Image | undefined
  for await (const image of context.one.images()) {
    refuseNamesake(name, image, context, except)
    if (image.STATE === IMAGE_STATE.DELETE || !isUsable(kind, image, context.account)) continue
    if (context.mint.names(kind, parsed, sealedImageId(image))) found = image
  }
  if (!found) throw notFound(kind, id)
  return found
}

async function cloneAs(
  id: string,
  source: Image,
  record: ImageRecord,
  tags: Tags,
  context: ChangeContext,
): Promise<void> {
  const attributes = marks({ ...record, rootDevice: record.rootDevice ?? rootDevice(source) }, tags)
  try {
    await makeCopy({ name: id, attributes, type: 'OS', persistent: false }, cloneImage(source.ID, id), context)
  } catch (error) {
    throw creationFailure(error, 'image')
  }
}
