// What of an instance only EC2 knows: what is kept of it on its VM, and in which words.
import { limits } from '../../limits.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { invalid } from '../../protocol/complaints.ts'
import type { Vm } from '../core/documents.ts'
import { device, flag, id, list, oneOf, seconds, text, valid, whole } from '../core/fields.ts'
import { plain, type RecordOf, record, stored } from '../core/record.ts'
import { merge } from '../core/writes.ts'
import { IMAGE } from '../images/resource.ts'
import { VOLUME } from '../volumes/resource.ts'
import { PLACEMENT_GROUP } from './placement-groups/resource.ts'
import { RESERVATION } from './resource.ts'
import { LAUNCH_TEMPLATE } from './templates/resource.ts'

const onOrOff = oneOf('enabled', 'disabled')

/** The metadata options: kept and shown, although there is no metadata service that they could be of. */
export const metadataFields = {
  tokens: oneOf('optional', 'required'),
  hopLimit: whole(1, 64),
  endpoint: onOrOff,
  ipv6: onOrOff,
  tags: onOrOff,
}
export type MetadataRecord = RecordOf<typeof metadataFields>

/** What an instance is told by one of two words. The usual one is not kept. */
export const choices = {
  /**
   * InstanceInitiatedShutdownBehavior. It is kept and shown, but OpenNebula tells nobody when a guest switches itself
   * off: such an instance is stopped, whatever this says, and nothing of it is lost.
   */
  shutdown: { parameter: 'instanceInitiatedShutdownBehavior', usual: 'stop', other: 'terminate' },
  autoRecovery: { parameter: 'autoRecovery', usual: 'default', other: 'disabled' },
  /** There are no reservations: an instance may use all or none. */
  capacityReservation: { parameter: 'capacityReservationPreference', usual: 'open', other: 'none' },
  /** Nothing is counted by which an instance could be slowed down. */
  cpuCredits: { parameter: 'cpuCredits', usual: 'standard', other: 'unlimited' },
} as const

type Choice = keyof typeof choices

/**
 * What is kept of the word for a choice: nothing of the usual one, or of none.
 * @throws Ec2Error InvalidParameterValue for another word
 */
export function choose<C extends Choice>(
  choice: C,
  word: string | undefined,
): (typeof choices)[C]['other'] | undefined {
  const { parameter, usual, other } = choices[choice]
  if (word === other) return other
  if (word === undefined || word === usual) return undefined
  throw invalid(parameter, word)
}

const launchedVolume = record(
  {
    id: id(VOLUME),
    /** As the caller wrote it. */
    device,
    deleteOnTermination: flag,
    /** The `EC2_ATTACH_TIME` of the disk that this is about; absent for those it was launched with. */
    attached: seconds,
  },
  'id',
  'device',
  'deleteOnTermination',
)
export type LaunchedVolume = NonNullable<ReturnType<typeof launchedVolume>>

/** The placement group that an instance was launched into. Neither its id nor its name ever changes. */
export const placedIn = record({ id: id(PLACEMENT_GROUP), name: text(255) }, 'id', 'name')
export type PlacedIn = NonNullable<ReturnType<typeof placedIn>>

/** The version of a launch template, as whoever was launched from it keeps it. */
export const launchedFrom = record({ id: id(LAUNCH_TEMPLATE), version: whole(1, 1_000_000) }, 'id', 'version')
export type LaunchedFrom = NonNullable<ReturnType<typeof launchedFrom>>

const instanceFields = {
  reservation: id(RESERVATION),
  /** Which of its reservation's instances it is, from 0. */
  index: whole(0, 65_535),
  image: id(IMAGE),
  /** econe took longer names than AWS. */
  key: text(limits.text.most),
  token: text(limits.clientToken.most),
  zone: text(64),
  monitored: flag,
  /** DisableApiTermination */
  keep: flag,
  /** DisableApiStop */
  keepRunning: flag,
  shutdown: oneOf(choices.shutdown.other),
  /** True where absent. */
  sourceDestCheck: flag,
  ebsOptimized: flag,
  enaSupport: flag,
  sriovNetSupport: text(6, /^simple$/),
  metadata: record(metadataFields),
  autoRecovery: oneOf(choices.autoRecovery.other),
  capacityReservation: oneOf(choices.capacityReservation.other),
  cpuCredits: oneOf(choices.cpuCredits.other),
  /** Absent where it was launched from none. */
  template: launchedFrom,
  placement: placedIn,
  /** As its AMI names it; absent where that has no name but OpenNebula's. */
  rootDevice: device,
  /** The volumes it was launched with, and others of which it was said what becomes of them when it ends. */
  volumes: list(launchedVolume, 128),
}

/** What of an instance only EC2 knows: the VM's attribute `EC2_INSTANCE`. */
export type InstanceRecord = RecordOf<typeof instanceFields>
export const instanceRecords = stored('vm', 'EC2_INSTANCE', record(instanceFields))

/** What econe wrote on a VM, where there is no record. */
const byEcone = ({ TEMPLATE, USER_TEMPLATE }: Vm): InstanceRecord => ({
  key: valid(instanceFields.key, TEMPLATE.CONTEXT.EC2_KEYNAME),
  token: plain(USER_TEMPLATE, 'EC2_CLIENT_TOKEN', instanceFields.token),
})

/** What is kept of an instance. */
export const recordOf = (vm: Vm): InstanceRecord => ({ ...byEcone(vm), ...instanceRecords.read(vm.USER_TEMPLATE) })

/** What writes these members of an instance's record and keeps the others. */
export const recordCall = (
  { vm, record }: { readonly vm: Pick<Vm, 'ID'>; readonly record: InstanceRecord },
  changes: InstanceRecord,
): WriteCall => merge('vm', vm.ID, { EC2_INSTANCE: instanceRecords.write({ ...record, ...changes }) })
