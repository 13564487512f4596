// What every action that takes block devices does with them; a row adds what else its action honours. For rows, and for other resources.
import type { BlockDeviceMapping } from '@aws-sdk/client-ec2'
import type { TreatmentOf } from '../core/action.ts'

interface WithMappings {
  readonly BlockDeviceMappings?: readonly BlockDeviceMapping[]
}

export const mappingInputs = {
  honours: [
    'BlockDeviceMappings.DeviceName',
    'BlockDeviceMappings.NoDevice',
    'BlockDeviceMappings.Ebs.VolumeSize',
    'BlockDeviceMappings.Ebs.VolumeType',
    'BlockDeviceMappings.Ebs.Iops',
    'BlockDeviceMappings.Ebs.Throughput',
    'BlockDeviceMappings.Ebs.DeleteOnTermination',
  ],
  harmless: {
    // No type has instance store volumes, and AWS passes by those that a type does not have
    'BlockDeviceMappings.VirtualName': ['ephemeral0', 'ephemeral1', 'ephemeral2', 'ephemeral3'],
    'BlockDeviceMappings.Ebs.Encrypted': [false],
  },
} as const satisfies TreatmentOf<WithMappings>
