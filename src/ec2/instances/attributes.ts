// The attributes of instances: what each is, what may be made of it, and when. One table; one attribute a request.

import type {
  DescribeInstanceAttributeRequest,
  GroupIdentifier,
  InstanceAttribute,
  InstanceAttributeName,
  InstanceBlockDeviceMappingSpecification,
  ModifyInstanceAttributeRequest,
  ResetInstanceAttributeRequest,
} from '@aws-sdk/client-ec2'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { attachSecurityGroup, detachSecurityGroup, vmResize } from '../../opennebula/calls/vm.ts'
import { OneError } from '../../opennebula/errors.ts'
import { impossible, invalid, missing } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { readBoolean } from '../../protocol/request.ts'
import { noAttributes, severalAttributes } from '../core/attribute-forms.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { toEc2Error } from '../core/failures.ts'
import { parsePairId } from '../core/ids.ts'
import { merge, updateContext } from '../core/writes.ts'
import { capacityOf, templatesByType, typeTemplates } from '../instance-types/describe.ts'
import { namableGroups, numbersOfGroups } from '../security-groups/lookup.ts'
import { VOLUME } from '../volumes/resource.ts'
import { findInstance } from './instances.ts'
import { holdingInstance, instanceLock, recordCall } from './record.ts'
import { severalInterfaces } from './resource.ts'
import { shownState } from './states.ts'
import { malformedUserData, tooMuchUserData } from './user-data.ts'
import {
  attachTime,
  choices,
  choose,
  diskDevice,
  type InstanceRecord,
  type InstanceView,
  instanceType,
  type LaunchedVolume,
  toInstance,
} from './view.ts'

/** What OpenNebula is told for a change, and what it is told when it refuses a part of it. */
interface Change {
  readonly calls: readonly WriteCall[]
  readonly undo?: readonly WriteCall[]
}

/** An attribute of an instance, by EC2's rules. */
interface Attribute {
  readonly show: (view: InstanceView, context: Context) => InstanceAttribute
  /** The parameter of ModifyInstanceAttribute that sets it; absent where nothing does. */
  readonly parameter?: keyof ModifyInstanceAttributeRequest
  /** The parameter as `Attribute` and `Value` say it, in the way of old clients. */
  readonly fromText?: (text: string) => Partial<ModifyInstanceAttributeRequest>
  readonly change?: (
    input: ModifyInstanceAttributeRequest,
    view: InstanceView,
    context: Context,
  ) => Change | Promise<Change>
  readonly whileStopped?: boolean
  /** What ResetInstanceAttribute does; absent where it may not. */
  readonly reset?: (view: InstanceView) => Change
}

const nothing: Change = { calls: [] }

const record = (view: InstanceView, changes: InstanceRecord): Change => ({
  calls: [recordCall(view, changes)],
})

type Switch = 'DisableApiTermination' | 'DisableApiStop' | 'EbsOptimized' | 'EnaSupport' | 'SourceDestCheck'
type RecordedSwitch = 'keep' | 'keepRunning' | 'ebsOptimized' | 'enaSupport' | 'sourceDestCheck'

/** An attribute that is on or off, and that EC2 alone knows. */
const recordedSwitch = (parameter: Switch, member: RecordedSwitch, unset = false): Attribute => ({
  parameter,
  show: view => ({ [parameter]: { Value: view.record[member] ?? unset } }),
  fromText: text => ({ [parameter]: { Value: toBoolean(text) } }),
  change: (input, view) => record(view, { [member]: input[parameter]?.Value ?? unset }),
})

function toBoolean(text: string): boolean {
  const value = readBoolean(text)
  if (value === undefined) throw invalid('value', text)
  return value
}

/** The kernel and the RAM disk are in the image: an instance has none of its own, and none can be given to it. */
const inTheImage = (parameter: 'Kernel' | 'Ramdisk'): Attribute => ({
  parameter,
  show: () => ({ [`${parameter}Id`]: {} }),
  fromText: Value => ({ [parameter]: { Value } }),
  change: () => {
    throw impossible(`The ${parameter.toLowerCase()} of an instance is that of its image.`)
  },
  reset: () => nothing,
})

const sourceDestCheck = recordedSwitch('SourceDestCheck', 'sourceDestCheck', true)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceAttribute.html */
const attributes: Readonly<Record<InstanceAttributeName, Attribute>> = {
  blockDeviceMapping: {
    parameter: 'BlockDeviceMappings',
    show: (view, context) => ({ BlockDeviceMappings: toInstance(view, context).BlockDeviceMappings }),
    change: ({ BlockDeviceMappings = [] }, view, context) =>
      record(view, {
        volumes: BlockDeviceMappings.reduce(
          (volumes, mapping) => endWith(volumes, mapping, view, context),
          view.record.volumes ?? [],
        ),
      }),
  },
  disableApiStop: recordedSwitch('DisableApiStop', 'keepRunning'),
  disableApiTermination: recordedSwitch('DisableApiTermination', 'keep'),
  ebsOptimized: { ...recordedSwitch('EbsOptimized', 'ebsOptimized'), whileStopped: true },
  enaSupport: { ...recordedSwitch('EnaSupport', 'enaSupport'), whileStopped: true },
  enclaveOptions: {
    // What is more than this was refused before
    parameter: 'EnclaveOptions',
    change: () => nothing,
    show: () => ({ EnclaveOptions: { Enabled: false } }),
  },
  groupSet: {
    parameter: 'Groups',
    show: (view, context) => ({ Groups: groupsOf(onlyInterface(view), view, context) }),
    change: changeGroups,
  },
  instanceInitiatedShutdownBehavior: {
    parameter: 'InstanceInitiatedShutdownBehavior',
    show: view => ({ InstanceInitiatedShutdownBehavior: { Value: view.record.shutdown ?? choices.shutdown.usual } }),
    fromText: Value => ({ InstanceInitiatedShutdownBehavior: { Value } }),
    change: ({ InstanceInitiatedShutdownBehavior }, view) =>
      record(view, { shutdown: choose('shutdown', InstanceInitiatedShutdownBehavior?.Value ?? '') }),
  },
  instanceType: {
    parameter: 'InstanceType',
    show: view => ({ InstanceType: { Value: instanceType(view) } }),
    fromText: Value => ({ InstanceType: { Value } }),
    change: changeType,
    whileStopped: true,
  },
  kernel: inTheImage('Kernel'),
  productCodes: { show: () => ({ ProductCodes: [] }) },
  ramdisk: inTheImage('Ramdisk'),
  rootDeviceName: {
    show: (view, context) => ({ RootDeviceName: { Value: toInstance(view, context).RootDeviceName } }),
  },
  sourceDestCheck: {
    ...sourceDestCheck,
    show(view, context) {
      onlyInterface(view)
      return sourceDestCheck.show(view, context)
    },
    change(input, view) {
      onlyInterface(view)
      return record(view, { sourceDestCheck: input.SourceDestCheck?.Value ?? true })
    },
    reset: view => record(view, { sourceDestCheck: true }),
  },
  sriovNetSupport: {
    parameter: 'SriovNetSupport',
    show: view => ({ SriovNetSupport: { Value: view.record.sriovNetSupport } }),
    fromText: Value => ({ SriovNetSupport: { Value } }),
    change({ SriovNetSupport }, view) {
      if (SriovNetSupport?.Value !== 'simple') throw invalid('sriovNetSupport', SriovNetSupport?.Value)
      return record(view, { sriovNetSupport: 'simple' })
    },
    whileStopped: true,
  },
  userData: {
    parameter: 'UserData',
    show: view => ({ UserData: { Value: userData(view) } }),
    fromText: text => ({ UserData: { Value: bytesOf(text) } }),
    change: changeUserData,
    whileStopped: true,
  },
}

const isAttribute = (name: string | undefined): name is InstanceAttributeName =>
  name !== undefined && Object.hasOwn(attributes, name)

function attributeOf(name: string | undefined): Attribute {
  if (!isAttribute(name)) throw invalid('attribute', name, 'Unknown attribute.')
  return attributes[name]
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceAttribute.html */
export async function describeInstanceAttribute(
  { InstanceId = '', Attribute: name }: DescribeInstanceAttributeRequest,
  context: Context,
): Promise<InstanceAttribute> {
  const { show } = attributeOf(name)
  const view = await findInstance(InstanceId, context)
  return { InstanceId: view.id, ...show(view, context) }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyInstanceAttribute.html */
export function modifyInstanceAttribute(
  input: ModifyInstanceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const wanted = inNewForm(input)
  const attribute = onlyAttribute(wanted)
  return changing(input.InstanceId ?? '', context, view => {
    if (attribute.whileStopped) checkStopped(view)
    return attribute.change?.(wanted, view, context) ?? nothing
  })
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResetInstanceAttribute.html */
export function resetInstanceAttribute(
  { InstanceId = '', Attribute: name }: ResetInstanceAttributeRequest,
  context: ChangeContext,
): Promise<undefined> {
  const { reset } = attributeOf(name)
  if (!reset) throw invalid('attribute', name, 'It cannot be reset.')
  return changing(InstanceId, context, reset)
}

/** `Attribute` and `Value` as the parameter that has taken their place. */
function inNewForm(input: ModifyInstanceAttributeRequest): ModifyInstanceAttributeRequest {
  const { Attribute: name, Value, ...parameters } = input
  if (name === undefined) {
    if (Value !== undefined) throw missing('Attribute')
    return parameters
  }
  const { parameter, fromText } = attributeOf(name)
  if (parameter === undefined) throw invalid('attribute', name, 'It cannot be modified.')
  if (settersIn(parameters).some(set => set !== attributes[name]) || (Value !== undefined && input[parameter])) {
    throw severalAttributes()
  }
  if (Value === undefined) return parameters
  if (!fromText) throw invalid('value', Value, `It is set by the parameter ${parameter}.`)
  return { ...parameters, ...fromText(Value) }
}

/** The attributes that the parameters of a request set. */
const settersIn = (input: ModifyInstanceAttributeRequest): Attribute[] =>
  Object.values(attributes).filter(({ parameter }) => parameter !== undefined && input[parameter] !== undefined)

/** The one attribute that a request sets. */
function onlyAttribute(input: ModifyInstanceAttributeRequest): Attribute {
  const [attribute, another] = settersIn(input)
  if (another) throw severalAttributes()
  if (!attribute) throw noAttributes()
  return attribute
}

/** Changes an instance by what `plan` makes of it, all of it or nothing. */
function changing(
  id: string,
  context: ChangeContext,
  plan: (view: InstanceView) => Change | Promise<Change>,
): Promise<undefined> {
  return holdingInstance(id, context, instanceLock, async view => {
    checkAlive(view)
    const { calls, undo = [] } = await plan(view)
    const one = context.commit()
    const outcomes = await one.multicall(calls)
    const failed = outcomes.find(({ error }) => error !== undefined)
    if (!failed) return undefined
    await one.multicall(undo)
    throw refusal(failed.error, view)
  })
}

function checkAlive(view: InstanceView): void {
  const state = shownState(view.vm, view.wanted)
  if (state !== 'terminated' && state !== 'shutting-down') return
  throw incorrectState(view, `It is '${state}'.`)
}

function checkStopped(view: InstanceView): void {
  if (shownState(view.vm, view.wanted) !== 'stopped') throw incorrectState(view, "It is not in the 'stopped' state.")
}

const incorrectState = ({ id }: InstanceView, why: string) =>
  new Ec2Error('IncorrectInstanceState', `The instance '${id}' cannot be modified. ${why}`)

/** Of a VM in a state of its own, a suspended one say, OpenNebula does not change everything. */
const refusal = (error: unknown, view: InstanceView) =>
  error instanceof OneError && (error.code === 'ACTION' || error.code === 'INTERNAL')
    ? incorrectState(view, 'The cloud does not allow it in the state that it is in.')
    : toEc2Error(error)

// What takes more than a note on the VM

/** The instance's own size and the note of its type change together. */
async function changeType(
  { InstanceType }: ModifyInstanceAttributeRequest,
  view: InstanceView,
  context: Context,
): Promise<Change> {
  const type = InstanceType?.Value ?? ''
  const template = templatesByType(await Array.fromAsync(context.one.stream(...typeTemplates(context)))).get(type)
  if (!template)
    throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${excerpt(type)}' does not exist.`)
  const capacity = capacityOf(template)
  if (!capacity) {
    throw new Ec2Error('InvalidInstanceAttributeValue', `The instance type '${type}' has no valid CPU and memory.`)
  }
  const { ID } = view.vm
  return {
    calls: [vmResize(ID, { ...capacity }), merge('vm', ID, { EC2_INSTANCE_TYPE: type })],
    undo: [merge('vm', ID, { EC2_INSTANCE_TYPE: instanceType(view) })],
  }
}

const MOST_USER_DATA = limits.userData.most

/** The members that user data has in CONTEXT; OpenNebula keeps the others. */
function changeUserData({ UserData }: ModifyInstanceAttributeRequest, { vm }: InstanceView): Change {
  const bytes = UserData?.Value ?? new Uint8Array()
  if (bytes.byteLength > MOST_USER_DATA) throw tooMuchUserData(MOST_USER_DATA)
  const text = bytes.toBase64()
  const context = { USER_DATA: text, USER_DATA_ENCODING: 'base64', EC2_USER_DATA: text }
  return { calls: [updateContext(vm.ID, context)] }
}

/** Old clients break base64 into lines. */
function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(base64)
  } catch {
    throw malformedUserData()
  }
}

/** In base64, as EC2 has it; undefined where there is none. An operator may have written it as it is. */
function userData({ vm }: InstanceView): string | undefined {
  const { EC2_USER_DATA, USER_DATA, USER_DATA_ENCODING } = vm.TEMPLATE.CONTEXT
  if (EC2_USER_DATA !== undefined) return EC2_USER_DATA
  if (USER_DATA === undefined || USER_DATA_ENCODING === 'base64') return USER_DATA
  return new TextEncoder().encode(USER_DATA).toBase64()
}

type Nic = InstanceView['vm']['TEMPLATE']['NIC'][number]

/** What EC2 says of "the" interface of an instance is ambiguous where there are several. */
function onlyInterface({ id, vm }: InstanceView): Nic | undefined {
  const [nic, another] = vm.TEMPLATE.NIC
  if (!another) return nic
  throw severalInterfaces(id)
}

const groupsOf = (nic: Nic | undefined, view: InstanceView, context: Context): GroupIdentifier[] =>
  nic ? (toInstance(view, context).SecurityGroups ?? []) : []

/** New groups come before old ones go: the interface is never without any. */
async function changeGroups(
  { Groups = [] }: ModifyInstanceAttributeRequest,
  view: InstanceView,
  context: Context,
): Promise<Change> {
  const nic = onlyInterface(view)
  if (!nic) throw incorrectState(view, 'It has no network interface.')
  const groups = await Array.fromAsync(context.one.stream(...namableGroups(context)))
  const wanted = numbersOfGroups({ ids: Groups }, groups, context)
  const added = wanted.filter(group => !nic.SECURITY_GROUPS.includes(group))
  const removed = nic.SECURITY_GROUPS.filter(group => !wanted.includes(group))
  const { ID } = view.vm
  return {
    calls: [
      ...added.map(group => attachSecurityGroup(ID, nic.NIC_ID, group)),
      ...removed.map(group => detachSecurityGroup(ID, nic.NIC_ID, group)),
    ],
  }
}

/** The volumes of an instance's record, with what is to become of the one at a device when the instance ends. */
function endWith(
  volumes: readonly LaunchedVolume[],
  { DeviceName = '', Ebs }: InstanceBlockDeviceMappingSpecification,
  view: InstanceView,
  context: Context,
): readonly LaunchedVolume[] {
  const mapping = toInstance(view, context).BlockDeviceMappings?.find(each => each.DeviceName === DeviceName)
  const id = mapping?.Ebs?.VolumeId
  if (id === undefined) {
    throw new Ec2Error('InvalidInstanceAttributeValue', `No device is currently mapped at ${excerpt(DeviceName)}`)
  }
  const deleteOnTermination = Ebs?.DeleteOnTermination ?? mapping?.Ebs?.DeleteOnTermination ?? false
  if (parsePairId(VOLUME, id) === undefined) {
    const disk = view.vm.TEMPLATE.DISK.find(each => diskDevice(each, view) === DeviceName)
    const attached = disk && attachTime(disk)
    return [...volumes.filter(volume => volume.id !== id), { id, device: DeviceName, deleteOnTermination, attached }]
  }
  if (deleteOnTermination) return volumes
  throw impossible(
    `The volume at ${DeviceName} is a part of the instance and cannot outlive it. Take a snapshot of it instead.`,
  )
}
