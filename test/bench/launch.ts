// Instances for the bench.
import { type Edge, elements, until } from './edge.ts'

/** What one RunInstances makes. */
const A_LAUNCH = 20

/** Instances as a user makes them: with minted ids, a key, user data and tags, running. */
export async function launch({ call }: Edge, instances: number): Promise<string[]> {
  await call('CreateKeyPair', { KeyName: 'admin', KeyType: 'ed25519' })
  const ids: string[] = []
  for (let made = 0; made < instances; made += A_LAUNCH) {
    const run = await call('RunInstances', {
      ImageId: 'ami-00000000',
      InstanceType: 'm1.small',
      MinCount: String(A_LAUNCH),
      MaxCount: String(A_LAUNCH),
      KeyName: 'admin',
      UserData: Buffer.from('#!/bin/sh\necho hello').toString('base64'),
      'TagSpecification.1.ResourceType': 'instance',
      'TagSpecification.1.Tag.1.Key': 'Name',
      'TagSpecification.1.Tag.1.Value': `worker ${made}`,
      'TagSpecification.1.Tag.2.Key': 'Role',
      'TagSpecification.1.Tag.2.Value': 'worker',
    })
    ids.push(...elements(run, 'instanceId'))
  }
  await until('every instance running', async () => {
    const running = { 'Filter.1.Name': 'instance-state-name', 'Filter.1.Value.1': 'running' }
    return elements(await call('DescribeInstances', running), 'instanceId').length === instances
  })
  return ids
}
