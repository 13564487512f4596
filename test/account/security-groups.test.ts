// CreateSecurityGroup and changes of rules in the account's object: all of it or nothing, wherever it breaks off.
import type { CreateSecurityGroupResult, DescribeSecurityGroupsResult } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { vectors } from '../../src/sandbox/protocol/template.ts'
import { Killed, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

const group = {
  GroupName: 'web',
  Description: 'x',
  TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'role', Value: 'web' }] }],
}

const listed = async (stage: Stage) => {
  const { SecurityGroups = [] } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {})
  return SecurityGroups.filter(({ GroupName }) => GroupName !== 'default')
}

/** The group's lines beside the one that has its name. */
const linesOf = ({ sandbox }: Stage, id: string | undefined) => {
  const template = sandbox.world.securityGroups.all().find(({ name }) => name === id)?.template ?? {}
  return vectors(template, 'RULE').filter(line => line['EC2_NAME'] === undefined)
}

describe('a security group', () => {
  it('is made whole or not at all, wherever its request is killed, and once when that is repeated', async () => {
    for (let step = 1; ; step++) {
      const stage = setStage()
      stage.killAt(step)
      await stage.perform('CreateSecurityGroup', group).catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      await stage.pass(30 * MINUTE)
      expect(await stage.unfinished(), `step ${step}`).toEqual([])
      const again = await stage.perform('CreateSecurityGroup', group)
      if (again.error) expect(again.error.code).toBe('InvalidGroup.Duplicate')
      const [made, ...others] = await listed(stage)
      expect(others, `step ${step}`).toEqual([])
      expect(made).toMatchObject({
        GroupName: 'web',
        Tags: [{ Key: 'role' }],
        IpPermissionsEgress: [{ IpProtocol: '-1' }],
      })
      expect(linesOf(stage, made?.GroupId)).toHaveLength(2)
      if (wasKilled) continue
      expect(step).toBeGreaterThan(2)
      return
    }
  })

  it('has the lines of the rules that are shown, wherever a change is killed', async () => {
    const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '10.0.0.0/8' }
    for (let step = 1; ; step++) {
      const stage = setStage()
      const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', group)
      stage.killAt(step)
      const change = stage.perform('AuthorizeSecurityGroupIngress', { GroupId, ...rule })
      await change.catch(error => expect(error).toBeInstanceOf(Killed))
      const wasKilled = stage.disarm()
      const [made] = await listed(stage)
      const isOpen = made?.IpPermissions?.length === 1
      expect(linesOf(stage, GroupId), `step ${step}`).toHaveLength(isOpen ? 3 : 2)
      if (wasKilled) continue
      expect(isOpen).toBe(true)
      expect(step).toBeGreaterThan(2)
      return
    }
  })

  it('whose owner wrote nonsense into it is shown by its lines', async () => {
    const stage = setStage()
    const { GroupId } = await stage.succeed<CreateSecurityGroupResult>('CreateSecurityGroup', group)
    const made = stage.sandbox.world.securityGroups.all().find(({ name }) => name === GroupId)
    if (!made) throw new Error('no group')
    const rules = [{ id: 'sgr-1', egress: false, protocol: 'tcp', from: 9, to: 1, cidr: '<b>' }, 7, null]
    const kept = [{ rules }, { name: 'x', rules: 'none' }, 'nonsense', { name: 'x'.repeat(300), rules: [] }]
    for (const record of kept) {
      made.template['EC2_SECURITY_GROUP'] = [Buffer.from(JSON.stringify(record)).toString('base64url')]
      expect(await listed(stage)).toMatchObject([{ GroupId, GroupName: GroupId, IpPermissions: [] }])
    }
    made.template['EC2_SECURITY_GROUP'] = [Buffer.from(JSON.stringify({ name: 'ok', rules })).toString('base64url')]
    expect(await listed(stage)).toMatchObject([
      { GroupId, GroupName: 'ok', IpPermissions: [], IpPermissionsEgress: [] },
    ])
  })
})
