// The attributes of instances: what each is, what may be made of it, and when. One table; one attribute a request.
import type { InstanceAttributeName } from '@aws-sdk/client-ec2'
import { impossible, invalid } from '../../../protocol/complaints.ts'
import { readBoolean } from '../../../protocol/request.ts'
import { updateContext } from '../../core/writes.ts'
import { INTERFACES_LOCK } from '../../network-interfaces/resource.ts'
import { choices, choose } from '../record.ts'
import { checkUserData, decodeUserData, userDataMembers, userDataOf } from '../user-data.ts'
import { instanceType, toInstance } from '../view.ts'
import { type Attribute, nothing, recorded } from './attribute.ts'
import { changeGroups, changeSourceDestCheck, groupsOf, onlyInterface } from './interface.ts'
import { changeType } from './type.ts'
import { volumesEnding } from './volumes.ts'

type Switch = 'DisableApiTermination' | 'DisableApiStop' | 'EbsOptimized' | 'EnaSupport' | 'SourceDestCheck'
type RecordedSwitch = 'keep' | 'keepRunning' | 'ebsOptimized' | 'enaSupport' | 'sourceDestCheck'

/** An attribute that is on or off, and that EC2 alone knows. */
const recordedSwitch = (parameter: Switch, member: RecordedSwitch, unset = false): Attribute => ({
  parameter,
  show: view => ({ [parameter]: { Value: view.record[member] ?? unset } }),
  fromText: text => ({ [parameter]: { Value: toBoolean(text) } }),
  change: input => view => recorded(view, { [member]: input[parameter]?.Value ?? unset }),
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
  change: () => () => {
    throw impossible(`The ${parameter.toLowerCase()} of an instance is that of its image.`)
  },
  reset: () => () => nothing,
})

const sourceDestCheck = recordedSwitch('SourceDestCheck', 'sourceDestCheck', true)

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceAttribute.html */
export const attributes: Readonly<Record<InstanceAttributeName, Attribute>> = {
  blockDeviceMapping: {
    parameter: 'BlockDeviceMappings',
    show: (view, context) => ({ BlockDeviceMappings: toInstance(view, context).BlockDeviceMappings }),
    change:
      ({ BlockDeviceMappings = [] }, context) =>
      view =>
        recorded(view, { volumes: volumesEnding(BlockDeviceMappings, view, context) }),
  },
  disableApiStop: recordedSwitch('DisableApiStop', 'keepRunning'),
  disableApiTermination: recordedSwitch('DisableApiTermination', 'keep'),
  ebsOptimized: { ...recordedSwitch('EbsOptimized', 'ebsOptimized'), whileStopped: true },
  enaSupport: { ...recordedSwitch('EnaSupport', 'enaSupport'), whileStopped: true },
  enclaveOptions: {
    // What is more than this was refused before
    parameter: 'EnclaveOptions',
    change: () => () => nothing,
    show: () => ({ EnclaveOptions: { Enabled: false } }),
  },
  groupSet: {
    parameter: 'Groups',
    show: (view, context) => ({ Groups: groupsOf(view, context) }),
    change: changeGroups,
    lock: INTERFACES_LOCK,
  },
  instanceInitiatedShutdownBehavior: {
    parameter: 'InstanceInitiatedShutdownBehavior',
    show: view => ({ InstanceInitiatedShutdownBehavior: { Value: view.record.shutdown ?? choices.shutdown.usual } }),
    fromText: Value => ({ InstanceInitiatedShutdownBehavior: { Value } }),
    change:
      ({ InstanceInitiatedShutdownBehavior }) =>
      view =>
        recorded(view, { shutdown: choose('shutdown', InstanceInitiatedShutdownBehavior?.Value ?? '') }),
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
      return { SourceDestCheck: { Value: toInstance(view, context).SourceDestCheck } }
    },
    change: (input, look) => changeSourceDestCheck(input.SourceDestCheck?.Value ?? true, look),
    reset: look => changeSourceDestCheck(true, look),
    lock: INTERFACES_LOCK,
  },
  sriovNetSupport: {
    parameter: 'SriovNetSupport',
    show: view => ({ SriovNetSupport: { Value: view.record.sriovNetSupport } }),
    fromText: Value => ({ SriovNetSupport: { Value } }),
    change:
      ({ SriovNetSupport }) =>
      view => {
        if (SriovNetSupport?.Value !== 'simple') throw invalid('sriovNetSupport', SriovNetSupport?.Value)
        return recorded(view, { sriovNetSupport: 'simple' })
      },
    whileStopped: true,
  },
  userData: {
    parameter: 'UserData',
    show: view => ({ UserData: { Value: userDataOf(view.vm) } }),
    fromText: text => ({ UserData: { Value: decodeUserData(text) } }),
    change:
      ({ UserData }) =>
      ({ vm }) => {
        const bytes = UserData?.Value ?? new Uint8Array()
        checkUserData(bytes)
        // OpenNebula keeps the other members of CONTEXT
        return { calls: [updateContext(vm.ID, userDataMembers(bytes.toBase64()))] }
      },
    whileStopped: true,
  },
}

const isAttribute = (name: string | undefined): name is InstanceAttributeName =>
  name !== undefined && Object.hasOwn(attributes, name)

/** @throws Ec2Error InvalidParameterValue */
export function attributeOf(name: string | undefined): Attribute {
  if (!isAttribute(name)) throw invalid('attribute', name, 'Unknown attribute.')
  return attributes[name]
}
