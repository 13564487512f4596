// The attributes of snapshots: who may make volumes of them. Only their owner sees and changes these.
import type {
  DescribeSnapshotAttributeRequest,
  DescribeSnapshotAttributeResult,
  ModifySnapshotAttributeRequest,
  ResetSnapshotAttributeRequest,
} from '@aws-sdk/client-ec2'
import { invalid, noneSpecified } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { noAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { changeSharing, SHARING_LOCK } from '../disk-images/lending.ts'
import { changed, type PermissionChanges, permissionChanges, permissionList } from '../disk-images/permissions.ts'
import { roleOf } from '../disk-images/roles.ts'
import { NOBODY, type Sharing, sharingOf } from '../disk-images/sharing.ts'
import { checkOwn, findSnapshot } from './find.ts'
import { snapshotLock } from './resource.ts'
import { snapshotRecord, snapshotRecords } from './view.ts'

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
  return shareSnapshot(SnapshotId, context, before => changed(before, changes))
}

/**
 * Takes a snapshot of the account's back from everybody.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetSnapshotAttribute.html
 */
export async function resetSnapshotAttribute(
  { SnapshotId = '', Attribute }: ResetSnapshotAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (Attribute !== 'createVolumePermission') throw invalid('attribute', Attribute)
  return shareSnapshot(SnapshotId, context, () => NOBODY)
}

/**
 * Changes whom a snapshot of the account's is for.
 * @throws Ec2Error NotFound, UnauthorizedOperation; OperationNotPermitted for one that is an AMI
 */
const shareSnapshot = (
  SnapshotId: string,
  context: ChangeContext,
  change: (before: Sharing) => Sharing,
): Promise<undefined> =>
  context.hold([SHARING_LOCK, snapshotLock(SnapshotId)], async () => {
    const image = await findSnapshot(SnapshotId, context)
    checkOwn(image, context)
    if (roleOf(image) !== 'snapshot') {
      throw new Ec2Error('OperationNotPermitted', `The snapshot ${SnapshotId} is shared with its AMI, not by itself.`)
    }
    const own = change(sharing(image))
    const EC2_SNAPSHOT = snapshotRecords.write({ ...snapshotRecord(image), accounts: own.accounts })
    await changeSharing({ kind: 'snapshot', image, record: { EC2_SNAPSHOT }, own }, context)
    return undefined
  })

function checkPermissions(changes: PermissionChanges): void {
  const all = [...(changes.Add ?? []), ...(changes.Remove ?? [])]
  if (all.length === 0) throw noneSpecified('create volume permissions')
  for (const { Group, UserId } of all) {
    const valid = (Group === undefined || Group === 'all') && (UserId === undefined || /^\d{12}$/.test(UserId))
    if (!valid) throw invalid('createVolumePermission', UserId ?? Group ?? '')
  }
}
