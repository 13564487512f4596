// The attributes of AMIs: who may launch them, and what is said of them. Only their owner sees and changes these.
import type {
  AttributeValue,
  DescribeImageAttributeRequest,
  ImageAttribute,
  ImageAttributeName,
  ModifyImageAttributeRequest,
  ResetImageAttributeRequest,
} from '@aws-sdk/client-ec2'
import { merge } from '../opennebula/calls.ts'
import type { Image } from '../opennebula/documents.ts'
import { Ec2Error, invalidValue } from '../protocol/errors.ts'
import { noAttributes, permissionChanges, severalAttributes } from './attribute-forms.ts'
import type { ChangeContext, Context } from './context.ts'
import { throwFirst } from './failures.ts'
import { type ImageRecord, imageRecord, imageRecords, toAmi } from './image.ts'
import { checkOwner, findOwnImage, imageSource } from './image-lookup.ts'
import { findAndHold } from './lookup.ts'
import { imageLock } from './record-locks.ts'
import { notFound } from './resources.ts'
import { changed, type PermissionChanges, permissionList, type Sharing, sharingOf, writeSharing } from './sharing.ts'

type Show = (image: Image, context: Context) => ImageAttribute

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImageAttribute.html */
const attributes: Readonly<Record<ImageAttributeName, Show>> = {
  blockDeviceMapping: (image, context) => ({ BlockDeviceMappings: toAmi(image, context).BlockDeviceMappings }),
  bootMode: () => ({ BootMode: {} }),
  deregistrationProtection: () => ({ DeregistrationProtection: { Value: 'disabled' } }),
  description: (image, context) => ({ Description: { Value: toAmi(image, context).Description } }),
  imdsSupport: () => ({ ImdsSupport: {} }),
  kernel: () => ({ KernelId: {} }),
  lastLaunchedTime: () => ({ LastLaunchedTime: {} }),
  launchPermission: image => ({ LaunchPermissions: permissionList(sharing(image)) }),
  productCodes: () => ({ ProductCodes: [] }),
  ramdisk: () => ({ RamdiskId: {} }),
  sriovNetSupport: image => ({ SriovNetSupport: { Value: imageRecord(image).sriovNetSupport } }),
  tpmSupport: () => ({ TpmSupport: {} }),
  uefiData: () => ({ UefiData: {} }),
}

const isAttribute = (name: string | undefined): name is ImageAttributeName =>
  name !== undefined && Object.hasOwn(attributes, name)

const sharing = (image: Image): Sharing => sharingOf(image, imageRecord(image).accounts)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImageAttribute.html */
export async function describeImageAttribute(
  { ImageId = '', Attribute: name }: DescribeImageAttributeRequest,
  context: Context,
): Promise<ImageAttribute> {
  if (!isAttribute(name)) throw badAttribute(name)
  const image = await findOwnImage(ImageId, context)
  return { ImageId, ...attributes[name](image, context) }
}

const badAttribute = (name: string | undefined) =>
  new Ec2Error('InvalidRequest', `The request received was invalid: the attribute '${name ?? ''}' is not valid here.`)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetImageAttribute.html */
export async function resetImageAttribute(
  { ImageId = '', Attribute: name }: ResetImageAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (name !== 'launchPermission') throw badAttribute(name)
  return changing(ImageId, context, () => ({ sharing: { all: false, accounts: [] } }))
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html */
export async function modifyImageAttribute(
  input: ModifyImageAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const { ImageId = '' } = input
  const { Description, LaunchPermission } = inNewForm(input)
  if (Description && LaunchPermission) throw severalAttributes()
  if (Description) return changing(ImageId, context, () => ({ record: { description: Description.Value ?? '' } }))
  if (!LaunchPermission) throw noAttributes()
  checkPermissions(LaunchPermission)
  return changing(ImageId, context, image => ({
    sharing: changed(sharing(image), LaunchPermission),
  }))
}

interface Settable {
  readonly Description: AttributeValue | undefined
  readonly LaunchPermission: PermissionChanges | undefined
}

/** `Attribute`, `Value`, `OperationType` and the lists of old clients as the parameters that have taken their place. */
function inNewForm(input: ModifyImageAttributeRequest): Settable {
  const { OperationType, UserGroups: groups, UserIds: users, Value } = input
  const name = attributeNamed(input)
  if (Value !== undefined && (name !== 'description' || input.Description)) throw severalAttributes()
  const Description = Value === undefined ? input.Description : { Value }
  const LaunchPermission = permissionChanges(input.LaunchPermission, { OperationType, groups, users })
  if (name === 'description' ? LaunchPermission : name !== undefined && Description) throw severalAttributes()
  return { Description, LaunchPermission }
}

/** Ansible names it with a capital letter and a space behind it, and AWS minds neither. */
function attributeNamed({ Attribute }: ModifyImageAttributeRequest): 'description' | 'launchPermission' | undefined {
  const name = settable.find(each => each.toLowerCase() === Attribute?.trim().toLowerCase())
  if (Attribute !== undefined && name === undefined) throw invalidValue('attribute', Attribute)
  return name
}

const settable = ['description', 'launchPermission'] as const

function checkPermissions({ Add = [], Remove = [] }: PermissionChanges): void {
  const all = [...Add, ...Remove]
  if (all.length === 0) throw new Ec2Error('MissingParameter', 'No launch permissions specified.')
  for (const { Group, UserId } of all) {
    if (Group !== undefined && Group !== 'all') throw badItem(Group, 'userGroup')
    if (UserId !== undefined && !/^\d{12}$/.test(UserId)) throw badItem(UserId, 'userId')
  }
}

const badItem = (value: string, type: string) =>
  new Ec2Error('InvalidAMIAttributeItemValue', `Invalid attribute item value "${value}" for ${type} item type.`)

/** What an image is to be; what is absent stays. */
interface Change {
  readonly record?: ImageRecord
  /** Who may launch it. */
  readonly sharing?: Sharing
}

/**
 * Changes an image of the account's, in two upstream requests; four where its sharing becomes wider and narrower at once.
 *
 * An account of another OpenNebula group gets to see the image only when it is for all.
 */
function changing(ImageId: string, context: ChangeContext, plan: (image: Image) => Change): Promise<undefined> {
  return findAndHold(imageSource('image', context), [ImageId], context, imageLock, async ([image]) => {
    if (!image) throw notFound('image', ImageId)
    checkOwner(image, context)
    const { record, sharing: shared } = plan(image)
    refuseSharing(image, shared)
    const known = { ...imageRecord(image), ...record, ...(shared && { accounts: shared.accounts }) }
    const attributes = { EC2_IMAGE: imageRecords.write(known) }
    if (shared) await writeSharing('image', image, attributes, shared, context)
    else throwFirst(await context.commit().multicall([merge('image', image.ID, attributes)]))
    return undefined
  })
}

/** Others may use the snapshots of an image's other disks only where these are shared by themselves. */
function refuseSharing(image: Image, shared: Sharing | undefined): void {
  if (!shared || (!shared.all && shared.accounts.length === 0) || !imageRecord(image).disks?.length) return
  throw new Ec2Error('UnsupportedOperation', 'An image of several disks is not shared: register one of its root alone.')
}
