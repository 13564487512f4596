// Snapshots: making, listing, copying, sharing and deleting them.

import type {
  CopySnapshotRequest,
  CopySnapshotResult,
  CreateSnapshotRequest,
  DeleteSnapshotRequest,
  DescribeSnapshotAttributeRequest,
  DescribeSnapshotAttributeResult,
  DescribeSnapshotsRequest,
  DescribeSnapshotsResult,
  ModifySnapshotAttributeRequest,
  Snapshot,
} from '@aws-sdk/client-ec2'
import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { cloneImage } from '../../opennebula/calls/image.ts'
import { saveDisk } from '../../opennebula/calls/vm.ts'
import type { Disk, Image } from '../../opennebula/documents.ts'
import { impossible, invalid, noneSpecified, unauthorizedOperation, unsupported } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Streamed } from '../../protocol/response.ts'
import { accountId } from '../core/account.ts'
import { noAttributes, permissionChanges } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { describe, type Filters, type Listing, nextPage } from '../core/describe.ts'
import { isBusy } from '../core/failures.ts'
import { type Tags, tagItems, tagsFor } from '../core/tags.ts'
import { abandonCapture, beginCaptures, isSavable } from '../disk-images/capture.ts'
import { type Copy, copyImage } from '../disk-images/copies.ts'
import { deleteImage } from '../disk-images/deletion.ts'
import {
  gibibytes,
  isForAll,
  isOf,
  isPlaceholder,
  roleOf,
  sealedImageId,
  sealedSnapshotId,
  snapshotsOf,
} from '../disk-images/image.ts'
import { openings, SHARING_LOCK } from '../disk-images/lending.ts'
import { isImagePlace, placedImages } from '../disk-images/lookup.ts'
import { creationFailure } from '../disk-images/making.ts'
import { isOwnedBy, poolOf } from '../disk-images/owners.ts'
import { snapshotLock } from '../disk-images/record-locks.ts'
import {
  changed,
  type PermissionChanges,
  permissionList,
  type Sharing,
  sharingOf,
  writeSharing,
} from '../disk-images/sharing.ts'
import { IMAGE } from '../images/resource.ts'
import { stateOf } from '../instances/states.ts'
import { findVolume } from '../volumes/find.ts'
import { incorrectVolumeState } from '../volumes/resource.ts'
import { type AttachmentView, type VolumeView, volumeState } from '../volumes/view.ts'
import { SNAPSHOT, snapshotInUse } from './resource.ts'
import {
  cloneableSnapshot,
  findSnapshot,
  findSnapshots,
  NO_VOLUME,
  type SnapshotRecord,
  snapshotCopy,
  snapshotRecord,
  snapshotRecords,
  toSnapshot,
} from './view.ts'

/**
 * A copy of a volume: of its image where that is free, of the disk where an instance has it. Where OpenNebula is busy
 * with the instance the snapshot is pending until the disk can be saved (see capture.ts).
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSnapshot.html
 */
export async function createSnapshot(input: CreateSnapshotRequest, context: ChangeContext): Promise<Snapshot> {
  if (input.OutpostArn) throw unsupported('OutpostArn')
  const tags = tagsFor('snapshot', input.TagSpecifications)
  const volume = await findVolume(input.VolumeId ?? '', context)
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const size = gibibytes(volume.size)
  const record: SnapshotRecord = { volume: volume.id, description: input.Description, size }
  const copy = snapshotCopy(id, record, tags)
  const attachment = checkSavable(volume)
  if (attachment) await saveNowOrLater(copy, attachment, context)
  else if (volume.image) await copyImage(copy, cloneImage(volume.image.ID, id), context).catch(rethrow)
  return { ...fresh(id, record, tags, context), VolumeSize: size }
}

/** Where a disk is that can be saved, if not at once. */
type Savable = AttachmentView & { readonly disk: Disk }

const hasDisk = (attachment: AttachmentView | undefined): attachment is Savable => attachment?.disk !== undefined

/** The disk to save; undefined where the volume is in no instance. @throws Ec2Error IncorrectState */
function checkSavable(view: VolumeView): Savable | undefined {
  const { id, attachment } = view
  const state = volumeState(view)
  if (state !== 'available' && state !== 'in-use') throw incorrectVolumeState(id, state)
  if (!hasDisk(attachment)) return undefined
  const { vm, id: instance } = attachment.instance
  const running = stateOf(vm)
  if (running === 'running' || running === 'stopped') return attachment
  throw new Ec2Error('IncorrectState', `Volume '${id}' cannot be copied while instance '${instance}' is '${running}'.`)
}

/** Saves a disk at once, or as soon as OpenNebula has come to an end with what it does to the VM. */
async function saveNowOrLater(copy: Copy, { instance, disk }: Savable, context: ChangeContext): Promise<void> {
  const { name: id, attributes, type } = copy
  const { vm } = instance
  if (isSavable(vm) && (await isSaved(copy, saveDisk(vm.ID, disk.DISK_ID, id, type), context))) return
  const task = { kind: 'capture', id, instance: instance.id, vm: vm.ID, disk: disk.DISK_ID } as const
  await beginCaptures([{ task: { ...task, type, reboot: false }, attributes }], context)
}

/** @returns false where OpenNebula turned out to be busy with the VM */
const isSaved = (copy: Copy, save: WriteCall, context: ChangeContext): Promise<boolean> =>
  copyImage(copy, save, context).then(
    () => true,
    error => (isBusy(error) ? false : rethrow(error)),
  )

/** A snapshot that was just begun. */
const fresh = (
  id: string,
  { volume, description }: SnapshotRecord,
  tags: Tags,
  { account, now }: Context,
): Snapshot => ({
  SnapshotId: id,
  VolumeId: volume,
  State: 'pending',
  StartTime: new Date(now()),
  Progress: '',
  OwnerId: account.id,
  Description: description ?? '',
  Encrypted: false,
  Tags: tagItems(tags),
})

const rethrow = (error: unknown): never => {
  throw creationFailure(error, SNAPSHOT)
}

export const snapshotFilters = {
  description: snapshot => snapshot.Description,
  encrypted: snapshot => snapshot.Encrypted,
  'owner-alias': () => undefined,
  'owner-id': snapshot => snapshot.OwnerId,
  progress: snapshot => snapshot.Progress,
  'snapshot-id': snapshot => snapshot.SnapshotId,
  'start-time': snapshot => snapshot.StartTime,
  status: snapshot => snapshot.State,
  'storage-tier': snapshot => snapshot.StorageTier,
  'transfer-type': () => undefined,
  'volume-id': snapshot => snapshot.VolumeId,
  'volume-size': snapshot => snapshot.VolumeSize,
} satisfies Filters<Snapshot, Image>

const listing: Listing<DescribeSnapshotsRequest, Image, Snapshot, number> = {
  action: 'DescribeSnapshots',
  named: { ids: ({ SnapshotIds }) => SnapshotIds, set: 'snapshotSet', find: findSnapshots },
  isPlace: isImagePlace,
  list: (context, before, { OwnerIds }) => placedImages('snapshot', context, before, poolOf(OwnerIds, context)),
  item: (image, context, { OwnerIds, RestorableByUserIds }) =>
    isOwnedBy(image, OwnerIds, context) && isRestorableBy(image, RestorableByUserIds, context)
      ? toSnapshot(image, context)
      : undefined,
  filters: snapshotFilters,
  tags: snapshot => snapshot.Tags,
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshots.html */
export async function describeSnapshots(
  input: DescribeSnapshotsRequest,
  context: Context,
): Promise<Streamed<DescribeSnapshotsResult>> {
  const page = await describe(listing, input, context)
  return { Snapshots: page.items, ...nextPage(page) }
}

/** Whom a snapshot's volumes may be made by: everybody, the owner, and the accounts that it is shared with. */
function isRestorableBy(image: Image, users: readonly string[] | undefined, { account }: Context): boolean {
  if (!users?.length) return true
  const { accounts = [] } = snapshotRecord(image)
  const all = isForAll(image)
  return users
    .map(user => (user === 'self' ? account.id : user))
    .some(user => all || (user !== 'all' && (user === accountId(image.UID) || accounts.includes(user))))
}

/**
 * The snapshot is gone at once, its image as soon as no volume is being made from it.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSnapshot.html
 */
export async function deleteSnapshot(
  { SnapshotId = '' }: DeleteSnapshotRequest,
  context: ChangeContext,
): Promise<undefined> {
  const image = await findSnapshot(SnapshotId, context)
  checkOwn(image, context)
  const id = context.mint.idOf(SNAPSHOT, sealedSnapshotId(image))
  const ami = roleOf(image) === 'image' ? image : await amiFrom(id, context)
  if (ami) {
    const user = context.mint.idOf(IMAGE, sealedImageId(ami))
    throw snapshotInUse(id, user)
  }
  context.commit()
  if (await abandonCapture(id, context)) return
  // A capture that came to its end meanwhile has made another image of the snapshot
  await deleteImage(isPlaceholder(image) ? await findSnapshot(SnapshotId, context) : image, context)
}

/** An AMI of the account that is made of a snapshot, which EC2 then keeps. */
async function amiFrom(snapshot: string, context: Context): Promise<Image | undefined> {
  for await (const image of context.one.images({ whose: WHOSE.OWN })) {
    if (isOf('image', image) && snapshotsOf(image, context).includes(snapshot)) return image
  }
  return undefined
}

function checkOwn({ UID }: Image, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorizedOperation()
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html */
export async function copySnapshot(input: CopySnapshotRequest, context: ChangeContext): Promise<CopySnapshotResult> {
  const { SourceSnapshotId = '', Description } = input
  checkCopy(input, context)
  const tags = tagsFor('snapshot', input.TagSpecifications)
  const source = await cloneableSnapshot(SourceSnapshotId, context)
  const id = context.mint.mint(SNAPSHOT, context.seed(0))
  const copy = snapshotCopy(id, { volume: NO_VOLUME, description: Description }, tags)
  await copyImage(copy, cloneImage(source.ID, id), context).catch(rethrow)
  return { SnapshotId: id, Tags: tagItems(tags) }
}

/** There is one region, by whatever name a client has it: SDKs say it themselves as the destination. */
function checkCopy(input: CopySnapshotRequest, { settings: { region } }: Context): void {
  const { SourceRegion, DestinationRegion, Encrypted, KmsKeyId, DestinationOutpostArn } = input
  if (SourceRegion !== region && SourceRegion !== DestinationRegion) {
    throw invalid('sourceRegion', SourceRegion ?? '', `This cloud has the region '${region}'.`)
  }
  if (Encrypted || KmsKeyId || DestinationOutpostArn) {
    throw impossible('Snapshots are copied unencrypted, and to this region only.')
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSnapshotAttribute.html */
export async function describeSnapshotAttribute(
  { SnapshotId = '', Attribute }: DescribeSnapshotAttributeRequest,
  context: Context,
): Promise<DescribeSnapshotAttributeResult> {
  checkAttribute(Attribute)
  const image = await findSnapshot(SnapshotId, context)
  checkOwn(image, context)
  if (Attribute === 'productCodes') return { SnapshotId, ProductCodes: [] }
  return { SnapshotId, CreateVolumePermissions: permissionList(sharing(image)) }
}

const sharing = (image: Image): Sharing => sharingOf(image, snapshotRecord(image).accounts)

function checkAttribute(name: string | undefined): void {
  if (name === 'createVolumePermission' || name === 'productCodes') return
  throw invalid('attribute', name)
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySnapshotAttribute.html */
export async function modifySnapshotAttribute(
  input: ModifySnapshotAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const { SnapshotId = '', Attribute = 'createVolumePermission' } = input
  if (Attribute !== 'createVolumePermission') {
    throw invalid('attribute', Attribute)
  }
  const { CreateVolumePermission, OperationType, GroupNames: groups, UserIds: users } = input
  const changes = permissionChanges(CreateVolumePermission, { OperationType, groups, users })
  if (!changes) throw noAttributes()
  checkPermissions(changes)
  await context.hold([SHARING_LOCK, snapshotLock(SnapshotId)], async () => {
    const image = await findSnapshot(SnapshotId, context)
    checkOwn(image, context)
    if (roleOf(image) !== 'snapshot') {
      throw new Ec2Error('OperationNotPermitted', `The snapshot ${SnapshotId} is shared with its AMI, not by itself.`)
    }
    const own = changed(sharing(image), changes)
    const EC2_SNAPSHOT = snapshotRecords.write({ ...snapshotRecord(image), accounts: own.accounts })
    await writeSharing(await openings({ kind: 'snapshot', image, record: { EC2_SNAPSHOT }, own }, context), context)
  })
}

function checkPermissions(changes: PermissionChanges): void {
  const all = [...(changes.Add ?? []), ...(changes.Remove ?? [])]
  if (all.length === 0) throw noneSpecified('create volume permissions')
  for (const { Group, UserId } of all) {
    const valid = (Group === undefined || Group === 'all') && (UserId === undefined || /^\d{12}$/.test(UserId))
    if (!valid) throw invalid('createVolumePermission', UserId ?? Group ?? '')
  }
}
