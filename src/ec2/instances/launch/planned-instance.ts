// An instance that is to be: its ids, what is kept of it, and the calls that make it and its volumes.
import type { RunInstancesRequest } from '@aws-sdk/client-ec2'
import type { WriteCall } from '../../../opennebula/calls/common.ts'
import { isVolatile } from '../../../opennebula/disks.ts'
import { vectors } from '../../../opennebula/xml/attributes.ts'
import type { TemplateVector } from '../../../opennebula/xml/template.ts'
import { type NameOn, named } from '../../core/attribute-names.ts'
import type { ChangeContext } from '../../core/context.ts'
import { encodeTags } from '../../core/stored-tags.ts'
import type { Tags } from '../../core/tags.ts'
import { allocateImage, instantiate } from '../../core/writes.ts'
import { imageRecord } from '../../disk-images/ami-record.ts'
import { finishing } from '../../disk-images/copies.ts'
import { VOLUME } from '../../volumes/resource.ts'
import { diskRecord, diskTags, volumeRecords } from '../../volumes/view.ts'
import { membership } from '../placement-groups/view.ts'
import { type InstanceRecord, instanceRecords } from '../record.ts'
import { INSTANCE, RESERVATION } from '../resource.ts'
import { userDataMembers } from '../user-data.ts'
import { ROOT_DISK } from '../view.ts'
import type { PlannedVolume } from './disks.ts'
import { UNDECIDED } from './journal.ts'
import { nicLists, nicNotes, templateVectors } from './nics.ts'
import type { LaunchPlan } from './plan.ts'
import { inClusters } from './zone.ts'

/** A volume that an instance brings. */
export type PlannedDisk = PlannedVolume & { readonly id: string }

/** An instance that is to be, with the ids it will have, and the volumes that it brings. */
export interface PlannedInstance {
  readonly id: string
  readonly record: InstanceRecord
  /** The root's first, where it is one. */
  readonly volumes: readonly PlannedDisk[]
  /**
   * What makes it.
   * @param numbers those of the copies among its volumes, by their ids
   * @throws Ec2Error as `nicLists`
   */
  readonly calls: (numbers: ReadonlyMap<string, number>) => InstanceCalls
}

/** One request runs its calls in order: volumes are there, and whose they are, when the instance asks for them. */
export interface InstanceCalls {
  readonly before: readonly WriteCall[]
  /** How many of the last of these have to succeed: a copy that is not its instance's own must not be its disk. */
  readonly needed: number
  readonly instance: WriteCall
}

/** The nth instance of a launch. Its ids follow from the request's seed: a repeat plans the same. */
export function plannedInstance(
  plan: LaunchPlan,
  index: number,
  input: RunInstancesRequest,
  context: ChangeContext,
): PlannedInstance {
  const { mint, account } = context
  const id = mint.mint(INSTANCE, context.seed(index))
  const planned = (volume: PlannedVolume, nth: number | 'root'): PlannedDisk => ({
    ...volume,
    id: mint.mint(VOLUME, context.seed(index) && `${context.seed(index)} ${nth}`),
  })
  const { root } = plan.disks
  const rootVolume = root.volume && planned(root.volume, 'root')
  const data = plan.disks.volumes.map(planned)
  const volumes = rootVolume ? [rootVolume, ...data] : data
  const { enaSupport, sriovNetSupport } = imageRecord(plan.image)
  const record: InstanceRecord = {
    reservation: reservationOf(context),
    index,
    image: plan.imageId,
    key: plan.keyPair?.name,
    token: input.ClientToken,
    zone: plan.zone,
    monitored: input.Monitoring?.Enabled,
    keep: input.DisableApiTermination,
    keepRunning: input.DisableApiStop,
    ebsOptimized: input.EbsOptimized,
    ...plan.options,
    placement: plan.placement && { id: plan.placement.id, name: plan.placement.name },
    rootDevice: root.device,
    ...{ enaSupport, sriovNetSupport },
    volumes: volumes.map(({ id: volume, device, deleteOnTermination }) => ({
      id: volume,
      device,
      deleteOnTermination,
    })),
  }
  const extra = (numbers: ReadonlyMap<string, number>) => ({
    ...tagged('EC2_TAGS', plan.tags),
    EC2_ID: mint.attribute(id, account.user.id),
    EC2_GOAL: UNDECIDED,
    EC2_INSTANCE: instanceRecords.write(record),
    ...(!rootVolume && {
      ...named(diskRecord(ROOT_DISK), volumeRecords.write(root.record)),
      ...tagged(diskTags(ROOT_DISK), plan.volumeTags),
    }),
    ...nicNotes(plan, plan.interfaceTags),
    DISK: [
      ...(rootVolume ? [] : [rootDisk(plan)]),
      ...volumes.map(volume => volumeDisk(volume, volume === rootVolume, numbers, account.user.id)),
      ...templateVectors(vectors(plan.template.TEMPLATE, 'DISK').filter(isVolatile)),
    ],
    ...nicLists(plan),
    ...inClusters(plan.clusters, plan.template),
    ...(plan.placement && { VMGROUP: membership(plan.placement.id, context) }),
    CONTEXT: contextOf(plan, id),
  })
  return {
    id,
    record,
    volumes,
    calls: numbers => {
      const empty = volumes.filter(({ from }) => from === undefined).map(volume => allocation(volume, plan, context))
      const copies = volumes.flatMap(volume => {
        const number = numbers.get(volume.id)
        const type = volume === rootVolume ? 'OS' : 'DATABLOCK'
        const attributes = volumeAttributes(volume, plan)
        return number === undefined
          ? []
          : finishing(number, { name: volume.id, type, attributes, persistent: true }, context)
      })
      return {
        before: [...empty, ...copies],
        needed: copies.length,
        instance: instantiate({ template: plan.template.ID, name: id }, extra(numbers)),
      }
    },
  }
}

const tagged = <N extends NameOn<'vm', 'tags'>>(name: N, tags: Tags) =>
  tags.size > 0 ? named(name, encodeTags(tags)) : {}

/** What makes an image a volume, but for its id. */
const volumeAttributes = ({ record }: PlannedDisk, { zone, volumeTags }: LaunchPlan) => ({
  EBS_VOLUME: true,
  EC2_VOLUME: volumeRecords.write({ ...record, zone }),
  ...(volumeTags.size > 0 && { EC2_TAGS: encodeTags(volumeTags) }),
})

const allocation = (volume: PlannedDisk, plan: LaunchPlan, { mint, account, settings }: ChangeContext): WriteCall =>
  allocateImage(
    {
      NAME: volume.id,
      TYPE: 'DATABLOCK',
      SIZE: volume.size * 1024,
      PERSISTENT: true,
      EC2_ID: mint.attribute(volume.id, account.user.id),
      ...volumeAttributes(volume, plan),
    },
    settings.datastore,
  )

/** The image itself, of which OpenNebula makes a copy that ends with the instance. */
const rootDisk = ({ image, disks: { root } }: LaunchPlan): TemplateVector => ({
  IMAGE_ID: image.ID,
  ...(root.size !== undefined && { SIZE: root.size * 1024 }),
})

/** A volume as a disk: by its number where it has one already, else by its name. The root has the first device. */
function volumeDisk(
  { id, target }: PlannedDisk,
  isRoot: boolean,
  numbers: ReadonlyMap<string, number>,
  uid: number,
): TemplateVector {
  const number = numbers.get(id)
  return {
    ...(number === undefined ? { IMAGE: id, IMAGE_UID: uid } : { IMAGE_ID: number }),
    ...(!isRoot && { TARGET: target }),
    EC2_VOLUME_ID: id,
  }
}

/** For cloud-init (SSH_PUBLIC_KEY, USER_DATA), for OpenNebula's own context packages, and for images made for econe. */
function contextOf({ template, keyPair, userData }: LaunchPlan, id: string): TemplateVector {
  return {
    ...templateVectors(vectors(template.TEMPLATE, 'CONTEXT'))[0],
    EC2_INSTANCE_ID: id,
    SET_HOSTNAME: id,
    HOSTNAME: id,
    ...(keyPair && { SSH_PUBLIC_KEY: keyPair.publicKey, EC2_PUBLIC_KEY: keyPair.publicKey }),
    ...(userData !== undefined && userDataMembers(userData)),
  }
}

/** The reservation of a launch: the same one of a repeat. */
export const reservationOf = (context: ChangeContext): string =>
  context.mint.mint(RESERVATION, context.seed(0) ?? context.requestId)
