// What the EBS CSI driver calls for a claim: a volume in a node's zone, attached, copied, grown, and given back.
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
  DescribeVolumeStatusCommand,
  DescribeVolumesCommand,
  DescribeVolumesModificationsCommand,
  DetachVolumeCommand,
  ModifyVolumeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { filters, IMAGE, made, tags, type Walk, walkWith } from './walk.ts'

type Name = 'node' | 'volume' | 'snapshot' | 'copy'

const { step, look } = walkWith<Name>()

const CLAIM = { CSIVolumeName: 'pvc-1', 'ebs.csi.aws.com/cluster': 'true' }
const SNAPSHOT = { CSIVolumeSnapshotName: 'snapshot-1', 'ebs.csi.aws.com/cluster': 'true' }
const DEVICE = '/dev/xvdaa'

const create = () => ({
  ...{ AvailabilityZone: 'one-a', Size: 1, VolumeType: 'gp3' as const, Encrypted: false },
  ...{ ClientToken: 'pvc-1', ...made('volume', CLAIM) },
})

export const ebsCsiDriver: Walk<Name> = {
  apply: [
    // A node of the cluster's
    step(
      RunInstancesCommand,
      () => ({ ImageId: IMAGE, MinCount: 1, MaxCount: 1, Placement: { AvailabilityZone: 'one-a' } }),
      { notes: ({ Instances }) => ({ node: Instances?.[0]?.InstanceId }) },
    ),
    step(DescribeInstancesCommand, ({ node }) => ({ InstanceIds: [node] }), {
      until: () => ({ Reservations: [{ Instances: [{ State: { Name: 'running' } }] }] }),
    }),
    // CreateVolume
    step(DescribeAvailabilityZonesCommand, () => ({}), {
      shows: () => ({ AvailabilityZones: [{ ZoneName: 'one-a' }, {}] }),
    }),
    step(CreateVolumeCommand, create, { notes: ({ VolumeId }) => ({ volume: VolumeId }) }),
    // Asked again by a driver that was restarted
    step(CreateVolumeCommand, create, { shows: ({ volume }) => ({ VolumeId: volume }) }),
    step(CreateVolumeCommand, () => ({ ...create(), Size: 2 }), { refused: 'IdempotentParameterMismatch' }),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'available' }] }),
    }),
    // ControllerPublishVolume
    step(AttachVolumeCommand, ({ volume, node }) => ({ VolumeId: volume, InstanceId: node, Device: DEVICE })),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: ({ node }) => ({ Volumes: [{ Attachments: [{ State: 'attached', InstanceId: node, Device: DEVICE }] }] }),
    }),
    // CreateSnapshot, and a volume of it
    step(
      CreateSnapshotCommand,
      ({ volume }) => ({
        VolumeId: volume,
        Description: 'Created by AWS EBS CSI driver',
        ...made('snapshot', SNAPSHOT),
      }),
      { notes: ({ SnapshotId }) => ({ snapshot: SnapshotId }) },
    ),
    step(DescribeSnapshotsCommand, () => ({ Filters: filters({ 'tag:CSIVolumeSnapshotName': 'snapshot-1' }) }), {
      until: ({ snapshot }) => ({ Snapshots: [{ SnapshotId: snapshot, State: 'completed' }] }),
    }),
    step(
      CreateVolumeCommand,
      ({ snapshot }) => ({
        ...create(),
        ClientToken: 'pvc-2',
        SnapshotId: snapshot,
        ...made('volume', { CSIVolumeName: 'pvc-2' }),
      }),
      { notes: ({ VolumeId }) => ({ copy: VolumeId }) },
    ),
    step(DescribeVolumesCommand, ({ copy }) => ({ VolumeIds: [copy] }), {
      until: () => ({ Volumes: [{ State: 'available' }] }),
    }),
  ],

  looks: [
    look(DescribeVolumesCommand, () => ({ Filters: filters({ 'tag:CSIVolumeName': 'pvc-1' }) }), {
      made: ({ volume }) => ({ Volumes: [{ VolumeId: volume, Size: 1, VolumeType: 'gp3', State: 'in-use' }] }),
      changed: ({ volume }) => ({ Volumes: [{ VolumeId: volume, Size: 2, VolumeType: 'gp3', State: 'in-use' }] }),
      gone: () => ({ Volumes: [] }),
    }),
    look(DescribeVolumesCommand, ({ copy }) => ({ VolumeIds: [copy] }), {
      made: ({ snapshot }) => ({ Volumes: [{ SnapshotId: snapshot, State: 'available' }] }),
      gone: 'InvalidVolume.NotFound',
    }),
    look(DescribeVolumeStatusCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      made: () => ({ VolumeStatuses: [{ VolumeStatus: { Status: 'ok' } }] }),
      gone: 'InvalidVolume.NotFound',
    }),
    look(DescribeSnapshotsCommand, ({ snapshot }) => ({ SnapshotIds: [snapshot] }), {
      made: ({ volume }) => ({ Snapshots: [{ VolumeId: volume, State: 'completed' }] }),
      gone: 'InvalidSnapshot.NotFound',
    }),
    look(DescribeInstancesCommand, ({ node }) => ({ InstanceIds: [node] }), {
      made: ({ volume }) => ({
        Reservations: [
          { Instances: [{ BlockDeviceMappings: [{}, { DeviceName: DEVICE, Ebs: { VolumeId: volume } }] }] },
        ],
      }),
      gone: () => ({ Reservations: [{ Instances: [{ State: { Name: 'terminated' } }] }] }),
    }),
  ],

  update: [
    // ControllerExpandVolume: of a volume that is attached
    step(ModifyVolumeCommand, ({ volume }) => ({ VolumeId: volume, Size: 2 }), {
      shows: () => ({ VolumeModification: { TargetSize: 2 } }),
    }),
    step(DescribeVolumesModificationsCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ VolumesModifications: [{ ModificationState: 'completed', TargetSize: 2 }] }),
    }),
    step(CreateTagsCommand, ({ volume }) => ({ Resources: [volume], Tags: tags({ team: 'blue' }) })),
  ],

  remove: [
    step(DetachVolumeCommand, ({ volume, node }) => ({ VolumeId: volume, InstanceId: node })),
    step(DescribeVolumesCommand, ({ volume }) => ({ VolumeIds: [volume] }), {
      until: () => ({ Volumes: [{ State: 'available', Attachments: [] }] }),
    }),
    step(DeleteVolumeCommand, ({ volume }) => ({ VolumeId: volume })),
    step(DeleteVolumeCommand, ({ copy }) => ({ VolumeId: copy })),
    step(DeleteSnapshotCommand, ({ snapshot }) => ({ SnapshotId: snapshot })),
    step(TerminateInstancesCommand, ({ node }) => ({ InstanceIds: [node] })),
    step(DescribeInstancesCommand, ({ node }) => ({ InstanceIds: [node] }), {
      until: () => ({ Reservations: [{ Instances: [{ State: { Name: 'terminated' } }] }] }),
    }),
  ],
}
