// Calls that set something, whose answers were lost, and which take effect when the caller has long set it otherwise.
import type { DescribeKeyPairsResult, DescribeSecurityGroupsResult, KeyPair } from '@aws-sdk/client-ec2'
import { describe, expect, it } from 'vitest'
import { attribute, IMAGE, type Stage, setStage } from './stage.ts'

const MINUTE = 60 * 1000

/** Loses the answer of a change, which OpenNebula has yet to work on. */
async function lose(stage: Stage, method: string, action: string, input: object): Promise<void> {
  stage.delay(method)
  expect((await stage.perform(action, input)).error?.status).toBe(503)
}

const keyPair = (KeyName: string) => ({ KeyName, KeyType: 'ed25519' })
const keyNames = async (stage: Stage) => {
  const { KeyPairs = [] } = await stage.read<DescribeKeyPairsResult>('DescribeKeyPairs', {})
  return KeyPairs.flatMap(({ KeyName = '' }) => KeyName).toSorted((one, other) => (one < other ? -1 : 1))
}

/** Long enough for a late write to be noticed, and for nothing to stay. */
async function settle(stage: Stage): Promise<void> {
  await stage.pass(30 * MINUTE)
  expect(await stage.unfinished()).toEqual([])
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBDs6WxpuZMpVaAGkEUFwO0iBqWWJZRlJ5CUYTk5hJdR'
const imported = (KeyName: string) => ({ KeyName, PublicKeyMaterial: new TextEncoder().encode(PUBLIC_KEY) })

describe('a key pair that was made late', () => {
  it.each([
    ['CreateKeyPair', keyPair('one')],
    ['ImportKeyPair', imported('one')],
  ])('by %s does not come back when it was made again and deleted', async (action, input) => {
    const stage = setStage()
    await lose(stage, 'one.user.update', action, input)
    await stage.succeed(action, input)
    await stage.succeed('DeleteKeyPair', { KeyName: 'one' })
    await stage.workOff()
    await settle(stage)
    expect(await keyNames(stage)).toEqual([])
  })

  it('takes neither the one of that name away whose private key the caller has, nor others', async () => {
    const stage = setStage()
    await lose(stage, 'one.user.update', 'CreateKeyPair', keyPair('one'))
    const { KeyPairId } = await stage.succeed<KeyPair>('CreateKeyPair', keyPair('one'))
    await stage.succeed('CreateKeyPair', keyPair('two'))
    await stage.workOff()
    expect(await keyNames(stage)).toEqual(['one'])
    await settle(stage)
    expect(await keyNames(stage)).toEqual(['one', 'two'])
    const { KeyPairs } = await stage.read<DescribeKeyPairsResult>('DescribeKeyPairs', { KeyNames: ['one'] })
    expect(KeyPairs?.[0]?.KeyPairId).toBe(KeyPairId)
  })

  it('takes no others away with what is changed next', async () => {
    const stage = setStage()
    await lose(stage, 'one.user.update', 'CreateKeyPair', keyPair('one'))
    await stage.succeed('CreateKeyPair', keyPair('two'))
    await stage.workOff()
    await stage.succeed('CreateKeyPair', keyPair('three'))
    expect(await keyNames(stage)).toEqual(['three', 'two'])
    await settle(stage)
  })

  it('is nobody’s though it comes when its request is long over', async () => {
    const stage = setStage()
    await lose(stage, 'one.user.update', 'CreateKeyPair', keyPair('one'))
    await stage.pass(5 * MINUTE)
    await stage.workOff()
    await settle(stage)
    expect(await keyNames(stage)).toEqual([])
  })
})

it('tags that were deleted do not come back with a late call, nor do those go that came since', async () => {
  const stage = setStage()
  const { VolumeId = '' } = await stage.succeed<{ VolumeId?: string }>('CreateVolume', {
    ...{ Size: 1, AvailabilityZone: 'opennebulaa' },
  })
  await stage.pass(MINUTE)
  const tags = (...keys: string[]) => ({ Resources: [VolumeId], Tags: keys.map(Key => ({ Key, Value: '' })) })
  await lose(stage, 'one.image.update', 'CreateTags', tags('old'))
  await stage.succeed('CreateTags', tags('old', 'new'))
  await stage.succeed('DeleteTags', tags('old'))
  await stage.workOff()
  await settle(stage)
  const { Tags = [] } = await stage.read<{ Tags?: { Key?: string }[] }>('DescribeTags', {})
  expect(Tags.map(({ Key }) => Key)).toEqual(['new'])
})

it('a rule that was revoked does not let anybody in again', async () => {
  const stage = setStage()
  const { GroupId } = await stage.succeed<{ GroupId?: string }>('CreateSecurityGroup', {
    ...{ GroupName: 'web', Description: 'of the test' },
  })
  const rule = { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIp: '203.0.113.0/24', GroupId }
  await lose(stage, 'one.secgroup.update', 'AuthorizeSecurityGroupIngress', rule)
  await stage.succeed('AuthorizeSecurityGroupIngress', rule)
  await stage.succeed('RevokeSecurityGroupIngress', rule)
  const rules = () => JSON.stringify(stage.sandbox.world.securityGroups.all().map(({ template }) => template['RULE']))
  const revoked = rules()
  await stage.workOff()
  expect(rules()).not.toBe(revoked)
  await settle(stage)
  expect(rules()).toBe(revoked)
  const { SecurityGroups } = await stage.read<DescribeSecurityGroupsResult>('DescribeSecurityGroups', {
    GroupIds: [GroupId],
  })
  expect(SecurityGroups?.[0]?.IpPermissions).toEqual([])
})

it('an image that was made private again is not opened to everybody', async () => {
  const stage = setStage({}, { images: [{ name: 'mine', owner: 'helen', size: 10, template: 'EC2_AMI="YES"' }] })
  const share = (change: 'Add' | 'Remove') => ({
    ...{ ImageId: 'ami-00000001', LaunchPermission: { [change]: [{ Group: 'all' }] } },
  })
  await lose(stage, 'one.image.chmod', 'ModifyImageAttribute', share('Add'))
  await stage.succeed('ModifyImageAttribute', share('Add'))
  await stage.succeed('ModifyImageAttribute', share('Remove'))
  const isOpen = () => stage.sandbox.world.images.get(1)?.permissions[6]
  await stage.workOff()
  expect(isOpen()).toBe(1)
  await settle(stage)
  expect(isOpen()).toBe(0)
})

describe('what nobody has set since', () => {
  it('is as the late call sets it', async () => {
    const stage = setStage()
    await stage.succeed('RunInstances', { ImageId: IMAGE, MinCount: 1, MaxCount: 1 })
    const [id] = stage.ids()
    await lose(stage, 'one.vm.update', 'CreateTags', { Resources: [id], Tags: [{ Key: 'a', Value: 'b' }] })
    await stage.workOff()
    await settle(stage)
    const { Tags } = await stage.read<{ Tags?: object[] }>('DescribeTags', {})
    expect(Tags).toHaveLength(1)
  })

  it('stays as another hand has written it', async () => {
    const stage = setStage()
    await lose(stage, 'one.user.update', 'ImportKeyPair', imported('one'))
    await stage.succeed('ImportKeyPair', imported('two'))
    const user = stage.sandbox.world.users.get(2)
    if (!user) throw new Error('there is no helen')
    user.template = { ...user.template, EC2_KEYPAIRS: ['by hand'] }
    await settle(stage)
    expect(attribute(user.template, 'EC2_KEYPAIRS')).toBe('by hand')
  })
})
