// Every econe-* command against the Worker: the walk-through of the original first, word for word.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { COMMANDS } from '../../src/cli/commands.ts'
import { type Ended, run, scratchFolder } from '../cli/support.ts'
import { credentials, until } from './cloud.ts'
import { type Cloud, startCloud } from './stage.ts'

vi.setConfig({ testTimeout: 60_000 })

const folder = scratchFolder()
let cloud: Cloud

beforeAll(async () => {
  cloud = await startCloud({ seed: { appliances: [{ name: 'Debian 12', size: 1 }] } })
})
afterAll(() => cloud.stop())

const used = new Set<string>()

/** Runs a command as helen would, with her keys in the environment. */
function econe(name: string, ...args: string[]): Promise<Ended> {
  used.add(`econe-${name}`)
  const { accessKeyId, secretAccessKey } = credentials()
  const env = { EC2_URL: cloud.endpoint, EC2_ACCESS_KEY: accessKeyId, EC2_SECRET_KEY: secretAccessKey }
  return run(`econe-${name}`, args, env)
}

const printed = (...lines: string[]): Ended => ({
  status: 0,
  stdout: lines.map(line => `${line}\n`).join(''),
  stderr: '',
})

const refused = (name: string, message: string): Ended => ({
  status: 1,
  stdout: '',
  stderr: `econe-${name}: ${message}\n`,
})

/** The first id of a kind that a command printed. */
function idIn({ stdout, stderr }: Ended, prefix: string): string {
  const id = new RegExp(`\\b${prefix}-[0-9a-f]{17}\\b`).exec(stdout)?.[0]
  if (id === undefined) throw new Error(`no ${prefix}- id in: ${stdout}${stderr}`)
  return id
}

/** Repeats a command until its output holds some text. */
const shows = (text: string, name: string, ...args: string[]): Promise<Ended> =>
  until(`${text} in econe-${name}`, async () => {
    const ended = await econe(name, ...args)
    return ended.stdout.includes(text) && ended
  })

const RULE = '-'.repeat(78)

let image = ''
let instance = ''

describe('the walk-through', () => {
  it('uploads', async () => {
    const path = join(folder, 'gentoo.img')
    writeFileSync(path, new Uint8Array(2 * 1024 * 1024))
    const ended = await econe('upload', path)
    image = idIn(ended, 'ami')
    expect(ended).toEqual(printed(`Success: ImageId ${image}`))
  })

  it('registers', async () => {
    expect(await econe('register', image)).toEqual(printed(`Success: ImageId ${image}`))
  })

  it('describes images', async () => {
    expect(await shows('available', 'describe-images', '-H')).toEqual(
      printed(
        'Owner        ImageId               Status         Visibility   Location',
        RULE,
        `helen        ${image} available      private      gentoo.img`,
      ),
    )
  })

  it('runs an instance', async () => {
    const ended = await econe('run-instances', '-H', image)
    instance = idIn(ended, 'i')
    expect(ended).toEqual(
      printed(
        'Owner       ImageId                InstanceId          InstanceType',
        RULE,
        `helen       ${image}  ${instance} m1.small`,
      ),
    )
  })

  it('describes it until it runs', async () => {
    expect(await shows('running', 'describe-instances', '-H')).toEqual(
      printed(
        'Owner       Id                  ImageId               State         IP              Type',
        '-'.repeat(108),
        `helen       ${instance} ${image} running       10.0.0.10       m1.small`,
      ),
    )
  })

  it('terminates it', async () => {
    expect(await econe('terminate-instances', instance)).toEqual(
      printed(`Success: Terminating ${instance} in running state`),
    )
    const ended = await shows('terminated', 'describe-instances', instance)
    expect(ended).toEqual(printed(`helen       ${instance} ${image} terminated    -               m1.small`))
  })
})

describe('instances', () => {
  it('are run with a key pair and user data, as many as are asked for', async () => {
    await econe('create-keypair', 'helen-key')
    const ended = await econe('run-instances', '-k', 'helen-key', '-n', '1-2', '-d', '#cloud-config', image)
    const lines = ended.stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    instance = idIn(ended, 'i')
    expect(ended.stdout).toMatch(new RegExp(`^(helen {7}${image} {2}i-[0-9a-f]{17} m1\\.small\n){2}$`))
    await shows('running', 'describe-instances', instance)
  })

  it('stop, start and reboot', async () => {
    expect(await econe('stop-instances', instance)).toEqual(printed(`Success: Stopping ${instance} in running state`))
    await shows('stopped', 'describe-instances', instance)
    expect(await econe('start-instances', instance)).toEqual(printed(`Success: Starting ${instance} in stopped state`))
    await shows('running', 'describe-instances', instance)
    expect(await econe('reboot-instances', instance)).toEqual(printed('Success: Rebooting'))
  })

  it('come in types', async () => {
    expect(await econe('describe-instance-types', '-H')).toEqual(
      printed('Type            CPUs   MiB', RULE, 'm1.large        2      1024', 'm1.small        1      256'),
    )
  })

  it('that do not exist are refused', async () => {
    const message = "The instance ID 'i-99999999' does not exist"
    for (const name of ['describe-instances', 'start-instances', 'stop-instances', 'terminate-instances']) {
      expect(await econe(name, 'i-99999999')).toEqual(refused(name, message))
    }
  })
})

describe('launch templates', () => {
  it('are created in versions, run and deleted', async () => {
    const ended = await econe('create-template', 'web', '-i', image, '-t', 'm1.small', '-k', 'helen-key')
    const template = idIn(ended, 'lt')
    expect(ended).toEqual(printed(`Success: TemplateId ${template}`))
    expect(await econe('create-template-version', template, '-s', '1', '-t', 'm1.large')).toEqual(
      printed('Success: Version 2'),
    )
    expect((await econe('describe-templates', template)).stdout).toMatch(
      new RegExp(`^${template} web {13}1 {7}2 {7}20[\\d-]{8}T\\S+Z\n$`),
    )
    const launched = await econe('run-template', `${template}:2`)
    const id = idIn(launched, 'i')
    expect(launched.stdout).toBe(`helen       ${image}  ${id} m1.large\n`)
    await econe('terminate-instances', id)
    expect(await econe('run-template', 'web:7')).toMatchObject({ status: 1, stdout: '' })
    expect(await econe('delete-template', template)).toEqual(printed(`Success: Deleting ${template}`))
    expect(await econe('describe-templates')).toEqual(printed())
  })
})

describe('addresses', () => {
  it('are allocated, associated, listed, disassociated and released', async () => {
    expect(await econe('allocate-address')).toEqual(printed('203.0.113.1'))
    expect(await econe('associate-address', '203.0.113.1', instance)).toEqual(
      printed(`Success: Associating 203.0.113.1 with ${instance}`),
    )
    expect(await econe('describe-addresses', '-H')).toEqual(
      printed('PublicIp        InstanceId', RULE, `203.0.113.1     ${instance}`),
    )
    expect(await shows('203.0.113.1', 'describe-instances', instance)).toEqual(
      printed(`helen       ${instance} ${image} running       203.0.113.1     m1.small`),
    )
    expect(await econe('release-address', '203.0.113.1')).toEqual(
      refused('release-address', 'Address 203.0.113.1 is in use.'),
    )
    expect(await econe('disassociate-address', '203.0.113.1')).toEqual(printed('Success: Disassociating 203.0.113.1'))
    expect(await econe('describe-addresses', '203.0.113.1')).toEqual(printed('203.0.113.1     -'))
    expect(await econe('release-address', '203.0.113.1')).toEqual(printed('publicIP: 203.0.113.1'))
    expect(await econe('describe-addresses')).toEqual(printed())
    expect(await econe('associate-address', '203.0.113.1', instance)).toEqual(
      refused('associate-address', "Address '203.0.113.1' not found."),
    )
  })
})

describe('key pairs', () => {
  const FINGERPRINT = '([0-9a-f]{2}:){19}[0-9a-f]{2}'

  it('are created, listed and deleted', async () => {
    const { stdout, stderr, status } = await econe('create-keypair', 'mine')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(
        `^keyName: mine\nFingerprint: ${FINGERPRINT}\nPrivate Key:\n` +
          '-----BEGIN RSA PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END RSA PRIVATE KEY-----\n$',
      ),
    )
    const fingerprint = new RegExp(FINGERPRINT).exec(stdout)?.[0]
    expect(await econe('describe-keypairs', '-H', 'mine')).toEqual(
      printed('KeyName         Fingerprint', RULE, `mine            ${fingerprint}`),
    )
    expect(await econe('delete-keypair', 'mine')).toEqual(printed('Success: Deleting mine'))
    expect(await econe('describe-keypairs', 'mine')).toEqual(
      refused('describe-keypairs', "The key pair 'mine' does not exist"),
    )
  })

  it('are imported', async () => {
    const path = join(folder, 'id_ed25519.pub')
    writeFileSync(path, `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)} helen@home\n`)
    const ended = await econe('import-keypair', 'home', '-f', path)
    expect(ended.stdout).toMatch(/^keyName: home\nFingerprint: [A-Za-z0-9+/]{43}=\n$/)
  })
})

describe('tags', () => {
  it('are added, listed and taken away', async () => {
    expect(await econe('create-tags', instance, '-t', 'Näme=wéb server', '-t', 'old')).toEqual(
      printed(`Success: Tagging ${instance}`),
    )
    expect(await econe('describe-tags', '-H', instance)).toEqual(
      printed(
        'ResourceId          ResourceType Key             Value',
        RULE,
        `${instance} instance     Näme            wéb server`,
        `${instance} instance     old             -`,
      ),
    )
    expect(await econe('delete-tags', instance, '-t', 'old', '-t', 'Näme=wrong value')).toEqual(
      printed(`Success: Untagging ${instance}`),
    )
    const { stdout } = await econe('describe-tags')
    expect(stdout.split('\n').filter(line => line.startsWith(instance))).toEqual([
      expect.stringMatching(/ instance +Näme +wéb server$/),
    ])
  })
})

describe('the cloud', () => {
  it('has a region and zones', async () => {
    expect(await econe('describe-regions', '-H')).toEqual(
      printed('RegionName      Endpoint', RULE, `opennebula      ${new URL(cloud.endpoint).host}`),
    )
    expect(await econe('describe-availability-zones')).toEqual(
      printed('one-a           available  opennebula', 'one-b           available  opennebula'),
    )
  })

  it('lets nobody in with a wrong key', async () => {
    const keys = ['-K', 'helen', '-S', 'wrong']
    const { status, stdout, stderr } = await econe('describe-images', ...keys)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^econe-describe-images: .*access credentials.*\n$/)
  })
})

describe('volumes and snapshots', () => {
  const TIME = '20\\d\\d-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{3}Z'
  let volume = ''
  let snapshot = ''

  /** What econe-describe-volumes shows of the volume. */
  const row = (state: string, attachment: string) =>
    new RegExp(`^${volume} 2      ${state.padEnd(10)} ${TIME} ${attachment}\n$`)

  it('a volume is created', async () => {
    const ended = await econe('create-volume', '-s', '2')
    volume = idIn(ended, 'vol')
    expect(ended.stdout).toMatch(new RegExp(`^volumeId: ${volume}\nsize: 2\ncreateTime: ${TIME}\n$`))
    const { stdout } = await shows('available', 'describe-volumes', volume)
    expect(stdout).toMatch(row('available', '-            -'))
  })

  it('attached', async () => {
    expect(await econe('attach-volume', volume, '-i', instance, '-d', '/dev/sdf')).toEqual(
      printed(`volumeId: ${volume}`, `instanceId: ${instance}`, 'status: attaching', 'device: /dev/sdf'),
    )
    const { stdout } = await shows('in-use', 'describe-volumes', '-H', volume)
    const [heads, rule, line] = stdout.split('\n')
    expect(heads).toBe('VolumeId              Size   Status     CreateTime               InstanceId          Device')
    expect(rule).toBe('-'.repeat(line?.length ?? 0))
    expect(`${line}\n`).toMatch(row('in-use', `${instance} /dev/sdf`))
  })

  it('copied to a snapshot', async () => {
    const ended = await econe('create-snapshot', volume, '-d', 'before the upgrade')
    snapshot = idIn(ended, 'snap')
    expect(ended.stdout).toMatch(
      new RegExp(`^snapshotId: ${snapshot}\nvolumeId: ${volume}\nstatus: pending\nstartTime: ${TIME}\n$`),
    )
    const { stdout } = await shows('completed', 'describe-snapshots', snapshot)
    expect(stdout).toMatch(new RegExp(`^${snapshot} ${volume} 2      completed  ${TIME} before the upgrade\n$`))
  })

  it('detached and deleted', async () => {
    expect(await econe('delete-volume', volume)).toMatchObject({ status: 1, stdout: '' })
    expect(await econe('detach-volume', volume)).toEqual(
      printed(`volumeId: ${volume}`, `instanceId: ${instance}`, 'status: detaching', 'device: /dev/sdf'),
    )
    await shows('available', 'describe-volumes', volume)
    expect(await econe('delete-snapshot', snapshot)).toEqual(printed(`Success: Deleting ${snapshot}`))
    expect(await econe('describe-snapshots', snapshot)).toEqual(
      refused('describe-snapshots', `The snapshot '${snapshot}' does not exist.`),
    )
    expect(await econe('delete-volume', volume)).toEqual(printed(`Success: Deleting ${volume}`))
  })
})

describe('networks', () => {
  const ID = '[0-9a-f]{17}'
  let group = ''

  it('have VPCs', async () => {
    const ended = await econe('create-vpc', '10.7.0.0/16')
    const vpc = idIn(ended, 'vpc')
    expect(ended).toEqual(printed(`Success: VpcId ${vpc}`))
    expect(await econe('describe-vpcs', vpc)).toEqual(printed(`${vpc} 10.7.0.0/16        available  false`))
    expect((await econe('describe-vpcs')).stdout).toMatch(/^vpc-00000002 .* true$/m)
    expect(await econe('delete-vpc', vpc)).toEqual(printed(`Success: Deleting ${vpc}`))
    expect(await econe('describe-vpcs', vpc)).toEqual(refused('describe-vpcs', `The vpc ID '${vpc}' does not exist`))
  })

  it('have subnets', async () => {
    const { stdout } = await econe('describe-subnets', '-H', 'subnet-00000000')
    expect(stdout).toMatch(
      /^SubnetId .*\n-{78,}\nsubnet-00000000 vpc-00000002 10\.0\.0\.0\/\d\d +\d+ +available one-a\n$/,
    )
    const vpc = idIn(await econe('create-vpc', '10.8.0.0/16'), 'vpc')
    const ended = await econe('create-subnet', vpc, '10.8.1.0/24')
    const subnet = idIn(ended, 'subnet')
    expect(ended).toEqual(printed(`Success: SubnetId ${subnet}`))
    expect(await shows('available', 'describe-subnets', subnet)).toEqual(
      printed(`${subnet} ${vpc} 10.8.1.0/24        251   available one-a`),
    )
    expect(await econe('delete-subnet', subnet)).toEqual(printed(`Success: Deleting ${subnet}`))
    await until('the end of the subnet', async () => (await econe('describe-subnets', subnet)).status === 1)
    expect(await econe('delete-vpc', vpc)).toEqual(printed(`Success: Deleting ${vpc}`))
  })

  it('have groups', async () => {
    const ended = await econe('create-group', 'web', '-d', 'web servers')
    group = idIn(ended, 'sg')
    expect(ended).toEqual(printed(`Success: GroupId ${group}`))
    expect(await econe('describe-groups', group)).toEqual(printed(`${group} vpc-00000002 web             web servers`))
  })

  it('have rules', async () => {
    const rule = async (name: string, ...args: string[]) => idIn(await econe(name, group, ...args), 'sgr')
    const web = await rule('authorize-ingress', '-p', '80-81', '-s', '192.0.2.0/24')
    const six = await rule('authorize-ingress', '-P', 'udp', '-p', '53', '-s', '2001:db8::/120')
    const own = await rule('authorize-ingress', '-P', 'all', '-s', group)
    const ping = await rule('authorize-egress', '-P', 'icmp', '--icmp-type', '8', '-d', '10.0.0.0/8')
    const { stdout } = await econe('describe-rules', group)
    expect(stdout).toContain(`${web} ${group} ingress   tcp      80    81    192.0.2.0/24`)
    expect(stdout).toContain(`${six} ${group} ingress   udp      53    53    2001:db8::/120`)
    expect(stdout).toContain(`${own} ${group} ingress   all      -1    -1    ${group}`)
    expect(stdout).toContain(`${ping} ${group} egress    icmp     8     -1    10.0.0.0/8`)
    expect(await econe('revoke-ingress', group, web, six, own)).toEqual(printed(`Success: Revoking from ${group}`))
    expect(await econe('revoke-egress', group, ping)).toEqual(printed(`Success: Revoking from ${group}`))
    expect((await econe('describe-rules', group)).stdout).toMatch(
      new RegExp(`^sgr-${ID} ${group} egress +all +-1 +-1 +0\\.0\\.0\\.0/0 +-\n$`),
    )
    expect(await econe('authorize-ingress', group, '-p', 'http', '-s', '192.0.2.0/24')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("the port 'http' is neither a number nor first-last") as string,
    })
  })

  it('have interfaces', async () => {
    const created = await econe('create-interface', 'subnet-00000000', '-a', '10.0.0.99', '-g', group)
    const id = idIn(created, 'eni')
    expect(created.stdout).toMatch(
      new RegExp(`^interfaceId: ${id}\nprivateIpAddress: 10\\.0\\.0\\.99\nmacAddress: [0-9a-f:]{17}\n$`),
    )
    await shows('available', 'describe-interfaces', id)
    const attached = await econe('attach-interface', id, '-i', instance, '-d', '1')
    const attachment = /^attachmentId: (eni-attach-[0-9a-f]{17})\n$/.exec(attached.stdout)?.[1] ?? ''
    expect((await shows('in-use', 'describe-interfaces', id)).stdout).toContain(`${instance} ${attachment}`)
    await until('the attachment', async () => (await econe('detach-interface', attachment)).status === 0)
    await shows('available', 'describe-interfaces', id)
    expect(await econe('delete-interface', id)).toEqual(printed(`Success: Deleting ${id}`))
    expect(await econe('delete-group', group)).toEqual(printed(`Success: Deleting ${group}`))
  })
})

describe('images', () => {
  it('are created of instances', async () => {
    const ended = await econe('create-image', '-n', 'web server (ready)', instance)
    const created = idIn(ended, 'ami')
    expect(ended).toEqual(printed(`Success: ImageId ${created}`))
    expect(await shows('available', 'describe-images', created)).toEqual(
      printed(`helen        ${created} available      private      web server (ready)`),
    )
    expect(await econe('deregister', created)).toEqual(printed(`Success: Deregistering ${created}`))
  })

  it('are had from the marketplace', async () => {
    const listed = await econe('describe-images', '--marketplace')
    const id = idIn(listed, 'ami')
    expect(listed).toEqual(
      printed(`aws-marketplace ${id} available      public       aws-marketplace/OpenNebula Public/Debian 12`),
    )
    expect(await econe('run-instances', id)).toMatchObject({
      ...{ status: 1, stderr: expect.stringContaining('copy-image') as string },
    })
    const copied = await econe('copy-image', id, '-n', 'debian')
    const copy = idIn(copied, 'ami')
    expect(copied).toEqual(printed(`Success: ImageId ${copy}`))
    await shows('available', 'describe-images', copy)
    expect(await econe('deregister', copy)).toEqual(printed(`Success: Deregistering ${copy}`))
  })

  it('are deregistered', async () => {
    expect(await econe('deregister', image)).toEqual(printed(`Success: Deregistering ${image}`))
    expect(await econe('describe-images')).toEqual(printed())
  })
})

describe('events', () => {
  /** The cells of a line, of which none has a space in it but the outcome. */
  const cells = ({ stdout }: Ended) =>
    stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(/ +/))

  it('tell who changed what, the newest first', async () => {
    const id = idIn(await econe('create-volume', '-s', '1', '-z', 'one-a'), 'vol')
    await shows('available', 'describe-volumes', id)
    await econe('delete-volume', id)
    const told = await econe('events', '--resource', id)
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}Z$/) as string
    expect(cells(told)).toEqual([
      [at, 'helen', 'helen', 'DeleteVolume', id, 'ok'],
      [at, 'helen', 'helen', 'CreateVolume', id, 'ok'],
    ])
    expect((await econe('events', '-H', '-r', id, '-a', 'CreateVolume', '-u', 'helen', '-s', '1h')).stdout).toMatch(
      /^Time +User +AccessKey +Action +Resources +Outcome\n-{78,}\n\S+ helen +helen +CreateVolume +\S+ +ok\n$/,
    )
    expect(cells(await econe('events', '-n', '1', '-r', id))).toHaveLength(1)
    expect(await econe('events', '-r', id, '--until', '2020-01-01')).toEqual(printed())
    expect(await econe('events', '-r', id, '-u', 'rival')).toEqual(printed())
    const [record = ''] = (await econe('events', '--json', '-r', id)).stdout.split('\n')
    expect(JSON.parse(record)).toMatchObject({ eventName: 'DeleteVolume', eventSource: 'ec2.amazonaws.com' })
  })

  it('tell of what was refused, once the account knows', async () => {
    await econe('delete-volume', 'vol-0123456789abcdef0')
    const line = / DeleteVolume +vol-0123456789abcdef0 +Client\.InvalidVolume\.NotFound$/m
    expect((await econe('events', '-r', 'vol-0123456789abcdef0')).stdout).toMatch(line)
  })

  it.each([
    [['--most', '0'], "--most has to be a number from 1 to 999999, but is '0'"],
    [
      ['--since', 'yesterday'],
      "--since has to be a date such as 2026-11-26T10:00Z, or a time ago such as 2h or 7d, but is 'yesterday'",
    ],
  ])('are not told of %j', async (args, message) => {
    expect((await econe('events', ...args)).stderr).toBe(
      `econe-events: ${message}\necone-events: see econe-events --help\n`,
    )
  })

  it('are refused in the words of the endpoint', async () => {
    expect(await econe('events', '-S', 'wrong')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^econe-events: The security token included in the request is invalid\.\n$/,
      ) as string,
    })
    expect(await econe('events', '--since', '1h', '--until', '2h')).toEqual(
      refused('events', 'StartTime is after EndTime.'),
    )
  })
})

describe('usage', () => {
  it('is told of a month, as a table and as CSV', async () => {
    await econe('create-volume', '-s', '1', '-z', 'one-a')
    const month = new Date().toISOString().slice(0, 7)
    const table = await until('some usage', async () => {
      const { stdout } = await econe('usage', '--month', month, '-H')
      return stdout.includes('EBS:VolumeUsage') && stdout
    })
    expect(table).toMatch(/^UsageType +Quantity +Unit\n-{78}\n/)
    expect(table).toMatch(/^EBS:VolumeUsage +\d+\.\d{3} +GB-Mo$/m)
    const csv = (await econe('usage', '--csv', '--month', month)).stdout.split('\n')
    expect(csv[0]).toBe('month,account,user,usage_type,quantity,unit')
    expect(csv).toContainEqual(
      expect.stringMatching(new RegExp(`^${month},000000000002,helen,EBS:VolumeUsage,[\\d.]+,GB-Mo$`)),
    )
  })

  it('is told of months alone', async () => {
    expect((await econe('usage', '--month', '2026-13')).stderr).toContain(
      "--month has to be a month such as 2026-11, but is '2026-13'",
    )
    expect((await econe('usage', '--month', '2001-01')).stderr).toMatch(/^econe-usage: There is no usage from before /)
  })
})

it('leaves no command out', () => {
  expect(COMMANDS.map(({ name }) => name).filter(name => !used.has(name))).toEqual([])
})
