// CreateImage: an AMI of an instance's disks.
import type { CreateImageRequest, CreateImageResult } from '@aws-sdk/client-ec2'
import { WHOSE } from '../../opennebula/calls/common.ts'
import { impossible } from '../../protocol/complaints.ts'
import type { ChangeContext } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { locksFor } from '../core/find.ts'
import { sideBySide } from '../core/side-by-side.ts'
import { type Tags, tagsFor } from '../core/tags.ts'
import type { ImageDisk, ImageRecord } from '../disk-images/ami-record.ts'
import { beginCaptures, capturedDisk, type NewCapture } from '../disk-images/begin-captures.ts'
import { findInstance } from '../instances/find.ts'
import { incorrectInstanceState, stateLock } from '../instances/resource.ts'
import { shownState } from '../instances/states.ts'
import { type InstanceView, toInstance } from '../instances/view.ts'
import { SNAPSHOT } from '../snapshots/resource.ts'
import { snapshotCopy } from '../snapshots/view.ts'
import { checkDiskCount, inRoot, listed } from './block-devices.ts'
import { type CapturedDisk, capturedDisks } from './captured-disks.ts'
import { checkImageName, refuseNamesake } from './names.ts'
import { amiAttributes, type NewImage, TAGGED } from './new-image.ts'
import { IMAGE, IMAGE_NAMES_LOCK } from './resource.ts'

/**
 * An AMI of an instance's disks. The answer comes before OpenNebula has begun: placeholders are the AMI and the snapshots
 * until the disks can be saved, one after the other (see disk-images/capture.ts).
 * Meanwhile a guest that is switched off for it shows as running, as EC2 has it: it comes back by itself.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateImage.html
 */
export function createImage(input: CreateImageRequest, context: ChangeContext): Promise<CreateImageResult> {
  const { InstanceId = '', Name = '' } = input
  checkImageName(Name)
  const tags = tagsFor('image', input.TagSpecifications, TAGGED)
  const snapshotTags = tagsFor('snapshot', input.TagSpecifications, TAGGED)
  return context.hold([IMAGE_NAMES_LOCK, ...locksFor([InstanceId], stateLock)], async () => {
    const [attached, instance] = await sideBySide(
      context,
      look => surveyOwn(Name, look),
      look => findInstance(InstanceId, look),
    )
    return capture(instance, { input, tags, snapshotTags, attached }, context)
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
  const state = checkCapturable(instance)
  const { captured, empty, stores } = capturedDisks(instance, input, attached, context)
  checkDiskCount(captured.length + empty.length)
  const [root, ...rest] = captured
  if (!root) throw impossible(`The instance '${instance.id}' does not boot from an image.`)
  const id = context.mint.mint(IMAGE, context.seed(0))
  const snapshot = context.mint.mint(SNAPSHOT, context.seed(1))
  const others = rest.map((disk, index) => ({ ...disk, id: context.mint.mint(SNAPSHOT, context.seed(index + 2)) }))
  const description = `Created by CreateImage(${instance.id}) for ${id}`
  const ami: NewImage = {
    record: recordOf(instance, input, { root, others, empty, stores }, context),
    tags,
    snapshot: { id: snapshot, record: { volume: root.volume, description, size: root.size }, tags: snapshotTags },
  }
  const reboot = state === 'running' && !input.NoReboot
  const task = { kind: 'capture', instance: instance.id, vm: instance.vm.ID, reboot } as const
  const whole: NewCapture = {
    task: { ...task, id, ...capturedDisk(root.disk), snapshot, parts: others.map(disk => disk.id) },
    attributes: amiAttributes(ami),
  }
  const parts = others.map(
    (disk): NewCapture => ({
      task: { ...task, id: disk.id, ...capturedDisk(disk.disk), type: 'DATABLOCK' },
      attributes: snapshotCopy(disk.id, { volume: disk.volume, description, size: disk.size }, snapshotTags).attributes,
    }),
  )
  await beginCaptures([whole, ...parts], context)
  return { ImageId: id }
}

/** The disks of an AMI that is made of an instance. */
interface Disks {
  readonly root: CapturedDisk
  /** Each with the id of the snapshot that it becomes. */
  readonly others: readonly (CapturedDisk & { readonly id: string })[]
  readonly empty: readonly ImageDisk[]
  readonly stores: ImageRecord['instanceStores']
}

/** What is kept of an AMI of an instance. */
function recordOf(
  instance: InstanceView,
  { Name, Description }: CreateImageRequest,
  { root, others, empty, stores }: Disks,
  context: ChangeContext,
): ImageRecord {
  return {
    name: Name,
    description: Description,
    architecture: toInstance(instance, context).Architecture,
    rootDevice: root.device,
    ...inRoot(root.wish),
    disks: listed([...others.map(({ id, device, wish }) => ({ device, snapshot: id, ...wish })), ...empty]),
    instanceStores: stores,
    enaSupport: instance.record.enaSupport,
    sriovNetSupport: instance.record.sriovNetSupport,
    sourceInstance: instance.id,
    sourceImage: instance.record.image,
  }
}

/** @returns the state that it shows @throws Ec2Error IncorrectInstanceState */
function checkCapturable({ id, vm, wanted }: InstanceView) {
  const state = shownState(vm, wanted)
  if (state !== 'running' && state !== 'stopped') {
    throw incorrectInstanceState(id, state, 'made into an image')
  }
  return state
}
