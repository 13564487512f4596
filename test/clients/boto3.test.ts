// boto3, the library under Ansible and most scripts: its resources, collections, paginators and waiters.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Cloud } from '../e2e/stage.ts'
import { cloudFor, run, type Variables, whyNot, withTool } from './tools.ts'

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })

const SCRIPT = `
import boto3, json
ec2 = boto3.resource('ec2')
client = ec2.meta.client
zone = client.describe_availability_zones()['AvailabilityZones'][0]['ZoneName']
tags = [{'ResourceType': 'volume', 'Tags': [{'Key': 'Name', 'Value': 'boto3'}]}]
volumes = [ec2.create_volume(AvailabilityZone=zone, Size=1, TagSpecifications=tags) for _ in range(6)]
client.get_waiter('volume_available').wait(VolumeIds=[each.id for each in volumes], WaiterConfig={'Delay': 1})
filters = [{'Name': 'tag:Name', 'Values': ['boto*']}]
pages = list(client.get_paginator('describe_volumes').paginate(Filters=filters, PaginationConfig={'PageSize': 5}))
snapshot = volumes[0].create_snapshot(Description='of boto3')
client.get_waiter('snapshot_completed').wait(SnapshotIds=[snapshot.id], WaiterConfig={'Delay': 1})
mapping = [{'DeviceName': '/dev/sda1', 'Ebs': {'SnapshotId': snapshot.id}}]
image = ec2.register_image(Name='boto3', RootDeviceName='/dev/sda1', BlockDeviceMappings=mapping)
pair = ec2.create_key_pair(KeyName='boto3', KeyType='ed25519')
[instance] = ec2.create_instances(
    ImageId=image.id, InstanceType='m1.small', KeyName='boto3', UserData='hello', MinCount=1, MaxCount=1)
client.get_waiter('instance_running').wait(InstanceIds=[instance.id], WaiterConfig={'Delay': 1})
instance.reload()
instance.modify_attribute(DisableApiStop={'Value': True})
try:
    instance.stop()
    refused = None
except client.exceptions.ClientError as error:
    refused = error.response['Error']['Code']
instance.modify_attribute(DisableApiStop={'Value': False})
print(json.dumps({
    'pages': [len(page['Volumes']) for page in pages],
    'material': pair.key_material.splitlines()[0],
    'state': instance.state['Name'],
    'key': instance.key_name,
    'data': instance.describe_attribute(Attribute='userData')['UserData']['Value'],
    'root': [each.size for each in instance.volumes.all()],
    'refused': refused,
}))
instance.terminate()
client.get_waiter('instance_terminated').wait(InstanceIds=[instance.id], WaiterConfig={'Delay': 1})
`

withTool('boto3', await whyNot('python3', '-c', 'import boto3'), () => {
  let cloud: Cloud
  let env: Variables = {}

  beforeAll(async () => {
    ;({ cloud, env } = await cloudFor({ id: 2, name: 'helen' }))
  })
  afterAll(() => cloud.stop())

  it('goes from volumes to an instance and back', async () => {
    const { status, stdout, stderr } = await run('python3', ['-c', SCRIPT], env)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({
      pages: [5, 1],
      material: '-----BEGIN OPENSSH PRIVATE KEY-----',
      state: 'running',
      key: 'boto3',
      data: 'aGVsbG8=',
      root: [1],
      refused: 'OperationNotPermitted',
    })
  })
})
