// The attributes of AMIs: who may launch them, and what is said of them. Only their owner sees and changes these.

import type {
  AttributeValue,
  DescribeImageAttributeRequest,
  ImageAttribute,
  ImageAttributeName,
  ModifyImageAttributeRequest,
  ResetImageAttributeRequest,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { invalid, noneSpecified } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { noAttributes, permissionChanges, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { throwFirst } from '../core/failures.ts'
import { findAndHold } from '../core/find.ts'
import { notFound } from '../core/resource.ts'
import { merge } from '../core/writes.ts'
import { imageRecord, imageRecords, toAmi } from '../disk-images/image.ts'
import { openings, SHARING_LOCK } from '../disk-images/lending.ts'
import { checkOwner, findOwnImage, imageSource } from '../disk-images/lookup.ts'
import { imageLock } from '../disk-images/record-locks.ts'
import {
  changed,
  NOBODY,
  type PermissionChanges,
  permissionList,
  type Sharing,
  sharingOf,
  writeSharing,
} from '../disk-images/sharing.ts'
import { IMAGE } from './resource.ts'

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
  new Ec2Error(
    'InvalidRequest',
    `The request received was invalid: the attribute '${excerpt(name ?? '')}' is not valid here.`,
  )

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetImageAttribute.html */
export async function resetImageAttribute(
  { ImageId = '', Attribute: name }: ResetImageAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (name !== 'launchPermission') throw badAttribute(name)
  return unshare(ImageId, context)
}

/** Takes an AMI of the account's back from everybody. */
export const unshare = (ImageId: string, context: ChangeContext): Promise<undefined> =>
  sharingAnew(ImageId, context, () => NOBODY)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyImageAttribute.html */
export async function modifyImageAttribute(
  input: ModifyImageAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const { ImageId = '' } = input
  const { Description, LaunchPermission } = inNewForm(input)
  if (Description && LaunchPermission) throw severalAttributes()
  if (Description) return describe(ImageId, Description.Value ?? '', context)
  if (!LaunchPermission) throw noAttributes()
  checkPermissions(LaunchPermission)
  return sharingAnew(ImageId, context, before => changed(before, LaunchPermission))
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
  if (Attribute !== undefined && name === undefined) throw invalid('attribute', Attribute)
  return name
}

const settable = ['description', 'launchPermission'] as const

function checkPermissions({ Add = [], Remove = [] }: PermissionChanges): void {
  const all = [...Add, ...Remove]
  if (all.length === 0) throw noneSpecified('launch permissions')
  for (const { Group, UserId } of all) {
    if (Group !== undefined && Group !== 'all') throw badItem(Group, 'userGroup')
    if (UserId !== undefined && !/^\d{12}$/.test(UserId)) throw badItem(UserId, 'userId')
  }
}

const badItem = (value: string, type: string) =>
  new Ec2Error(
    'InvalidAMIAttributeItemValue',
    `Invalid attribute item value "${excerpt(value)}" for ${type} item type.`,
  )

/** Describes an image of the account's. */
const describe = (ImageId: string, description: string, context: ChangeContext): Promise<undefined> =>
  holding(ImageId, context, async image => {
    const EC2_IMAGE = imageRecords.write({ ...imageRecord(image), description })
    throwFirst(await context.commit().multicall([merge('image', image.ID, { EC2_IMAGE })]))
  })

/**
 * Changes whom an image of the account's is for, in three upstream requests; one more where that becomes wider and narrower
 * at once, and one more where it has other disks, or is one.
 *
 * An account of another OpenNebula group gets to see the image only when it is for all.
 */
const sharingAnew = (
  ImageId: string,
  context: ChangeContext,
  change: (before: Sharing) => Sharing,
): Promise<undefined> =>
  context.hold([SHARING_LOCK], () =>
    holding(ImageId, context, async image => {
      const own = change(sharing(image))
      const EC2_IMAGE = imageRecords.write({ ...imageRecord(image), accounts: own.accounts })
      await writeSharing(await openings({ kind: 'image', image, record: { EC2_IMAGE }, own }, context), context)
    }),
  )

function holding(ImageId: string, context: ChangeContext, work: (image: Image) => Promise<void>): Promise<undefined> {
  return findAndHold(imageSource('image', context), [ImageId], context, imageLock, async ([image]) => {
    if (!image) throw notFound(IMAGE, ImageId)
    checkOwner(image, context)
    await work(image)
    return undefined
  })
}
