// What the data of a launch template may hold: what RunInstances honours or takes as harmless, by the same names.
import type {
  CreateLaunchTemplateRequest,
  CreateLaunchTemplateVersionRequest,
  RunInstancesRequest,
} from '@aws-sdk/client-ec2'
import type { TreatmentOf } from '../../core/action.ts'
import { runInputs } from '../run-inputs.ts'

type RunMember = TreatmentOf<RunInstancesRequest>['honours'][number]
type InData<Member extends string> = `LaunchTemplateData.${Member}`
type DataMember = Extract<
  InData<RunMember>,
  TreatmentOf<CreateLaunchTemplateRequest>['honours'][number] &
    TreatmentOf<CreateLaunchTemplateVersionRequest>['honours'][number]
>

/** What is of a launch alone: how many instances there are to be, and the old words for its first interface. */
const OF_THE_LAUNCH: ReadonlySet<string> = new Set([
  ...['MinCount', 'MaxCount', 'ClientToken', 'LaunchTemplate'],
  ...['SubnetId', 'PrivateIpAddress', 'Ipv6AddressCount', 'EnablePrimaryIpv6'],
])

const inData = <Member extends string>(member: Member): InData<Member> => `LaunchTemplateData.${member}`

/** The schemas of launches and of templates differ in what stands in the set, and in what neither honours. */
const isOfData = (member: InData<RunMember>): member is DataMember => {
  const [, first = ''] = member.split('.')
  return !OF_THE_LAUNCH.has(first)
}

const members = (list: readonly RunMember[]): DataMember[] => list.map(inData).filter(isOfData)

/** The row's share of an action that takes data. */
export const dataInputs = {
  honours: members(runInputs.honours),
  harmless: Object.fromEntries(
    Object.entries(runInputs.harmless ?? {})
      .map(([member, values]) => [`LaunchTemplateData.${member}`, values] as const)
      .filter(([member]) => !OF_THE_LAUNCH.has(member.split('.')[1] ?? '')),
  ),
}
