// GetLaunchTemplateData: what a launch template would hold that launched an instance like this one.
import type {
  GetLaunchTemplateDataRequest,
  GetLaunchTemplateDataResult,
  InstanceBlockDeviceMapping,
  InstanceNetworkInterface,
  LaunchTemplateBlockDeviceMapping,
  LaunchTemplateInstanceNetworkInterfaceSpecification,
} from '@aws-sdk/client-ec2'
import type { Context } from '../../core/context.ts'
import { decodeTags } from '../../core/stored-tags.ts'
import { tagItems } from '../../core/tags.ts'
import { findInstance } from '../find.ts'
import { choices } from '../record.ts'
import { userDataOf } from '../user-data.ts'
import { diskDevice, type InstanceView, toInstance } from '../view.ts'

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetLaunchTemplateData.html */
export async function getLaunchTemplateData(
  { InstanceId = '' }: GetLaunchTemplateDataRequest,
  context: Context,
): Promise<GetLaunchTemplateDataResult> {
  const view = await findInstance(InstanceId, context)
  const { record, vm } = view
  const instance = toInstance(view, context)
  const { State: _, ...MetadataOptions } = instance.MetadataOptions ?? {}
  const tags = decodeTags(vm.USER_TEMPLATE)
  const { AvailabilityZone, GroupName, GroupId, Tenancy } = instance.Placement ?? {}
  return {
    LaunchTemplateData: {
      EbsOptimized: instance.EbsOptimized,
      BlockDeviceMappings: (instance.BlockDeviceMappings ?? []).map(mapping => mappingOf(mapping, view)),
      NetworkInterfaces: (instance.NetworkInterfaces ?? []).map(interfaceOf),
      ImageId: instance.ImageId,
      InstanceType: instance.InstanceType,
      KeyName: instance.KeyName,
      Monitoring: { Enabled: record.monitored ?? false },
      Placement: { AvailabilityZone, GroupName, GroupId, Tenancy },
      DisableApiTermination: record.keep ?? false,
      DisableApiStop: record.keepRunning ?? false,
      InstanceInitiatedShutdownBehavior: record.shutdown ?? choices.shutdown.usual,
      UserData: userDataOf(vm),
      TagSpecifications: tags.size > 0 ? [{ ResourceType: 'instance', Tags: tagItems(tags) }] : [],
      CpuOptions: instance.CpuOptions,
      CapacityReservationSpecification: instance.CapacityReservationSpecification,
      HibernationOptions: instance.HibernationOptions,
      MetadataOptions,
      EnclaveOptions: instance.EnclaveOptions,
      PrivateDnsNameOptions: instance.PrivateDnsNameOptions,
      MaintenanceOptions: instance.MaintenanceOptions,
    },
  }
}

/** A volume of its own kind, as large as this one: what is on it is not the launch's to copy. */
function mappingOf(
  { DeviceName, Ebs }: InstanceBlockDeviceMapping,
  view: InstanceView,
): LaunchTemplateBlockDeviceMapping {
  const disk = view.vm.TEMPLATE.DISK.find(each => diskDevice(each, view) === DeviceName)
  const size = disk?.SIZE === undefined ? undefined : Math.ceil(disk.SIZE / 1024)
  return { DeviceName, Ebs: { DeleteOnTermination: Ebs?.DeleteOnTermination, VolumeSize: size } }
}

/** Its addresses are its own: another instance gets others of the same subnet. */
const interfaceOf = ({
  Attachment,
  Description,
  Groups = [],
  SubnetId,
}: InstanceNetworkInterface): LaunchTemplateInstanceNetworkInterfaceSpecification => ({
  DeleteOnTermination: Attachment?.DeleteOnTermination,
  Description: Description || undefined,
  DeviceIndex: Attachment?.DeviceIndex,
  Groups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
  SubnetId,
})
