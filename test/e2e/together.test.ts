// Identical reads at the same moment, over HTTP: what one waits for may be another's, and none depends on what becomes of it.
import { DescribeSecurityGroupsCommand } from '@aws-sdk/client-ec2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ec2, sandbox, until } from './cloud.ts'

const MANY = 12
const METHOD = 'one.secgrouppool.info'

const describeGroups = (client = ec2(), abortSignal?: AbortSignal) =>
  client.send(new DescribeSecurityGroupsCommand({}), abortSignal && { abortSignal })

/** How often OpenNebula has been asked since its log was cleared. */
async function reads(): Promise<number> {
  const { requests } = (await sandbox('GET', 'requests')) as { requests: { methods: string[] }[] }
  return requests.filter(({ methods }) => methods.includes(METHOD)).length
}

// So long that they come while one is under way, and no longer than they wait for another's: a read has the method three times
beforeEach(() => sandbox('POST', 'faults', { method: METHOD, kind: 'latency', ms: 50 }))
afterEach(() => sandbox('DELETE', 'faults'))

describe('identical reads', () => {
  it('are answered the same, of fewer reads than there are of them', async () => {
    const client = ec2()
    // On a machine that is so slow that none waits for another they come once more
    await until('a read that is shared', async () => {
      await sandbox('DELETE', 'requests')
      const answers = await Promise.all(Array.from({ length: MANY }, () => describeGroups(client)))
      const groups = answers.map(({ SecurityGroups }) => SecurityGroups)
      expect(groups).toEqual(Array.from({ length: MANY }, () => groups[0]))
      expect(groups[0]).toEqual(expect.arrayContaining([expect.objectContaining({ GroupName: 'default' })]))
      return (await reads()) < MANY
    })
  })

  it('are answered though those leave that began what they wait for', async () => {
    await describeGroups()
    await sandbox('DELETE', 'requests')
    const leaving = new AbortController()
    // By turns, so that whoever begins the next read is one that leaves
    const left = Array.from({ length: MANY }, () => describeGroups(ec2(), leaving.signal).catch(() => 'left'))
    const stayed = Array.from({ length: MANY }, () => describeGroups(ec2()))
    await until('one on its way', async () => (await reads()) > 0)
    leaving.abort()
    await Promise.all(left)
    for (const { SecurityGroups } of await Promise.all(stayed)) expect(SecurityGroups?.length).toBeGreaterThan(0)
  })
})
