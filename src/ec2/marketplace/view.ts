// An appliance of OpenNebula's marketplaces as an EC2 image: what DescribeImages says of it.
import type { Image as Ami } from '@aws-sdk/client-ec2'
import { limits } from '../../limits.ts'
import type { Appliance } from '../../opennebula/marketplaces.ts'
import { textOf } from '../../opennebula/xml/attributes.ts'
import { accountId } from '../core/account.ts'
import { beginning, valid } from '../core/fields.ts'
import type { ImageRecord } from '../disk-images/ami-record.ts'
import { diskPrefix } from '../disk-images/devices.ts'
import { gibibytes } from '../disk-images/sizes.ts'
import { applianceId, MARKETPLACE_OWNER } from './resource.ts'

export type { Appliance } from '../../opennebula/marketplaces.ts'

/** What the image of an appliance is made with, besides its file. */
interface Making {
  /** As OpenNebula calls it. */
  readonly type: string
  /** In front of the letters of its disks; undefined where the cloud's own is wanted. */
  readonly prefix: NonNullable<ReturnType<typeof diskPrefix>> | undefined
}

/** What an appliance says of that: nothing but what is read here is taken over from its template. */
export function makingOf({ APPTEMPLATE64 = '' }: Appliance): Making {
  const template = decoded(APPTEMPLATE64)
  const said = (name: string) =>
    new RegExp(`^[ \\t]*${name}[ \\t]*=[ \\t]*"?(\\w{1,16})"?[ \\t]*$`, 'im').exec(template)?.[1]
  return { type: said('TYPE')?.toUpperCase() ?? 'OS', prefix: valid(diskPrefix, said('DEV_PREFIX')?.toLowerCase()) }
}

function decoded(base64: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(base64))
  } catch {
    return ''
  }
}

/** By what marketplaces call machines; whatever is for any of them is for the usual one. */
const machines = new Map<string | undefined, NonNullable<ImageRecord['architecture']>>([
  ['aarch64', 'arm64'],
  ['arm64', 'arm64'],
  ['i386', 'i386'],
  ['i686', 'i386'],
])

/** The machine that an image of it is for. */
export const architectureOf = ({ TEMPLATE }: Appliance) => machines.get(textOf(TEMPLATE, 'ARCHITECTURE')) ?? 'x86_64'

/** The device that an image of it boots from. */
export const rootDeviceOf = (appliance: Appliance): string => `/dev/${makingOf(appliance).prefix ?? 'sd'}a`

const shown = beginning(limits.description.most)

/** What OpenNebula takes for the version of one that says none. */
const NO_VERSION = '0.0'

const descriptionOf = ({ DESCRIPTION, VERSION = NO_VERSION }: Appliance): string =>
  valid(shown, [VERSION === NO_VERSION ? [] : `Version ${VERSION}`, DESCRIPTION ?? []].flat().join(': ')) ?? ''

/** The id that it is shown under. */
export const applianceIdOf = ({ MARKETPLACE_ID: marketplace, ID: number }: Appliance): string =>
  applianceId({ marketplace, number })

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Image.html */
export function toMarketplaceAmi(appliance: Appliance): Ami {
  const { MARKETPLACE, NAME, UID, REGTIME, SIZE } = appliance
  const device = rootDeviceOf(appliance)
  return {
    ImageId: applianceIdOf(appliance),
    ImageLocation: `${MARKETPLACE_OWNER}/${MARKETPLACE}/${NAME}`,
    State: 'available',
    OwnerId: accountId(UID),
    ImageOwnerAlias: MARKETPLACE_OWNER,
    CreationDate: new Date(REGTIME * 1000).toISOString(),
    Public: true,
    ProductCodes: [],
    Architecture: architectureOf(appliance),
    ImageType: 'machine',
    Name: NAME,
    Description: descriptionOf(appliance),
    RootDeviceType: 'ebs',
    RootDeviceName: device,
    BlockDeviceMappings: [
      {
        DeviceName: device,
        Ebs: { VolumeSize: gibibytes(SIZE), DeleteOnTermination: true, VolumeType: 'standard', Encrypted: false },
      },
    ],
    VirtualizationType: 'hvm',
    Hypervisor: 'xen',
    Tags: [],
    PlatformDetails: 'Linux/UNIX',
    UsageOperation: 'RunInstances',
    EnaSupport: false,
  }
}
