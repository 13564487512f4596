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
import { noAttributes, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { Image } from '../core/documents.ts'
import { imageRecord } from '../disk-images/ami-record.ts'
import { changed, type PermissionChanges, permissionChanges, permissionList } from '../disk-images/permissions.ts'
import { changeRecord } from './change-record.ts'
import { findOwnImage } from './find.ts'
import { imageSharing, shareImage, unshareImage } from './share.ts'
import { toAmi } from './view.ts'

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
  launchPermission: image => ({ LaunchPermissions: permissionList(imageSharing(image)) }),
  productCodes: () => ({ ProductCodes: [] }),
  ramdisk: () => ({ RamdiskId: {} }),
  sriovNetSupport: image => ({ SriovNetSupport: { Value: imageRecord(image).sriovNetSupport } }),
  tpmSupport: () => ({ TpmSupport: {} }),
  uefiData: () => ({ UefiData: {} }),
}

const isAttribute = (name: string | undefined): name is ImageAttributeName =>
  name !== undefined && Object.hasOwn(attributes, name)

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
  return unshareImage(ImageId, context)
}

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
  return shareImage(ImageId, context, before => changed(before, LaunchPermission))
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

/** Says of an AMI of the account's what it is. */
const describe = (ImageId: string, description: string, context: ChangeContext): Promise<undefined> =>
  changeRecord(ImageId, context, () => ({ description }))
