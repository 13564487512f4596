// What econe-check says of clouds in which this or that is wrong.
import { describe, expect, it, vi } from 'vitest'
import { clientsFor } from '../../../src/config/clients.ts'
import { parseConfig } from '../../../src/config/variables.ts'
import { type Documents, reads } from '../../../src/ec2/core/documents.ts'
import { checkCloud, checkVersion } from '../../../src/operator/check/cloud.ts'
import { lineOf } from '../../../src/operator/check/finding.ts'
import type { Sandbox } from '../../../src/sandbox/server.ts'
import { deadUrl } from '../../cli/support.ts'
import { type Case, started, wrongs } from './support.ts'

vi.setConfig({ testTimeout: 60_000 })

/** What it finds in the cloud. */
async function cloud({ user, ...options }: Case & { readonly user?: string } = {}): Promise<{ lines: string[] }> {
  const { variables } = await started(options)
  const config = parseConfig(variables)
  return { lines: (await Array.fromAsync(checkCloud(config, clientsFor<Documents>(config, reads), user))).map(lineOf) }
}

describe('a cloud', () => {
  it.each([
    ['note', {}],
    ['wrong', { DEFAULT_GROUP: 'closed' }],
  ])('whose networks have security group 0: %s', async (level, variables) => {
    const seed = { allowAll: true }
    const { lines } = await cloud({ seed, variables })
    const said = lines.filter(line => line.includes('security group 0'))
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(new RegExp(`^${level} +network 0 \\(private\\): .*onevnet update 0`))
    expect((await cloud({ variables })).lines.join()).not.toContain('security group 0')
  })

  it.each<[string, readonly string[]]>([
    ['7.2.0', []],
    ['6.10.0', []],
    ['6.0.0.3', ['note  OpenNebula 6.0.0.3: no other security groups for an instance, for that needs 6.4']],
    ['5.12.0', ['wrong OpenNebula 5.12.0: too old, instances cannot be served — it takes 5.12.6 or newer']],
  ])('of version %s', (version, expected) => {
    expect(checkVersion(version).map(lineOf)).toEqual(expected)
  })

  it.each([
    ['ok    marketplace: 1 images can be had', {}],
    ['note  marketplace: MARKETPLACE is off, nothing can be had', { MARKETPLACE: 'off' }],
  ])('with a marketplace: %s', async (line, variables) => {
    const appliances = [{ name: 'Debian 12' }, { name: 'a tenant’s', owner: 'rival' }]
    expect((await cloud({ seed: { appliances }, variables })).lines).toContain(line)
  })

  it('with odd instance types', async () => {
    const templates = [
      { name: 'copy', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="m1.small"' },
      { name: 'disk', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="d1" DISK=[IMAGE_ID="0"] NIC=[NETWORK_ID="0"]' },
      {
        name: 'swap',
        template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="s1" DISK=[TYPE="swap",SIZE="64"] NIC=[NETWORK_ID="0"]',
      },
      { name: 'alone', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="n1"' },
      { name: 'nowhere', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="w1" NIC=[NETWORK_ID="9"]' },
      {
        name: 'named',
        template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="w2" NIC=[NETWORK="none", NETWORK_UNAME="oneadmin"]',
      },
      { name: 'byName', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="w3" NIC=[NETWORK="private"]' },
      { name: 'private', template: 'CPU=1 MEMORY=128 EC2_INSTANCE_TYPE="p1" NIC=[NETWORK_ID="0"]' },
    ]
    const { lines } = await cloud({
      seed: { templates },
      prepare: ({ world }) => {
        const last = world.templates.all().at(-1)
        if (last) last.permissions = [1, 1, 0, 0, 0, 0, 0, 0, 0]
      },
    })
    expect(lines).toEqual(
      expect.arrayContaining([
        'ok    instance type m1.small: template 0, 1 VCPU, 256 MiB',
        'wrong instance type m1.small: template 2 is not used, for template 0 has the same EC2_INSTANCE_TYPE — take the ' +
          'attribute out of one of them (`onetemplate update 2`)',
        'note  instance type d1: template 3, 1 VCPU, 128 MiB; its DISK of an image counts for nothing: instances get that of their AMI',
        'ok    instance type s1: template 4, 1 VCPU, 128 MiB; instances get its volatile disks besides those of their AMI',
        'note  instance type n1: template 5, 1 VCPU, 128 MiB; it has no NIC: instances need a subnet to be in a network',
        'wrong instance type w1: template 6: its NIC names network 9, which users may not use, or which does not exist — ' +
          '`onevnet chmod 9 604`',
        'wrong instance type w2: template 7: its NIC names network none, which users may not use, or which does not exist — ' +
          'see `onevnet list` and `onetemplate update 7`',
        'ok    instance type w3: template 8, 1 VCPU, 128 MiB',
        'wrong instance type p1: template 9 may not be used by users — `onetemplate chmod 9 604`',
      ]),
    )
  })

  it("in which a user marks templates as instance types has the operator's alone", async () => {
    const { lines } = await cloud({
      seed: { templates: [{ name: 'trap', template: 'CPU=1 MEMORY=1 EC2_INSTANCE_TYPE="m1.small"' }] },
      prepare: ({ world }) => {
        const last = world.templates.all().at(-1)
        if (last) last.uid = 3
      },
    })
    expect(lines).toContain('ok    instance type m1.small: template 0, 1 VCPU, 256 MiB')
    expect(lines).toContain(
      "note  instance type m1.small: template 2 does not count, for it is rival's; if rival makes types for the cloud, " +
        'add 3 to TRUSTED_OWNERS',
    )
  })

  it('as one of its users sees it', async () => {
    const hide = ({ world }: Sandbox) => {
      for (const object of [...world.templates.all(), ...world.networks.all()])
        object.permissions = [1, 1, 0, 0, 0, 0, 0, 0, 0]
    }
    const checked = await cloud({ prepare: hide, user: 'helen' })
    expect(checked.lines).toContain('ok    user helen: number 2, requests can act as them')
    // By OpenNebula's default rule every user may use every network
    expect(wrongs(checked).map(line => line.split(' — ')[0])).toEqual([
      'wrong instance type m1.small: template 0 may not be used by helen',
      'wrong instance type m1.large: template 1 may not be used by helen',
    ])
    expect(wrongs(await cloud({ user: 'oneadmin' }))).toEqual([
      expect.stringMatching(
        /^wrong user oneadmin: in OpenNebula's group 0, keys of theirs are refused — .*--allow-admin/,
      ),
    ])
    expect(wrongs(await cloud({ user: 'nobody' }))).toEqual([
      'wrong user nobody: requests cannot act as them — is there such a user, and is it enabled? See `oneuser list`',
    ])
  })

  it.each<[string, Record<string, string>, RegExp]>([
    ['no such datastore', { DATASTORE_ID: '9' }, /^wrong datastore 9: there is none/],
    ['a datastore of another kind', { DATASTORE_ID: '0' }, /^wrong datastore 0 \(system\): it is not for images/],
    ['no such address network', { ADDRESS_NETWORK_ID: '9' }, /^wrong elastic addresses: there is no network 9/],
    ['no such network template', { SUBNET_TEMPLATE_ID: '9' }, /^wrong subnets: there is no network template 9/],
    ['no such cluster', { ZONE_CLUSTERS: 'opennebulaa=0,9' }, /^wrong zone opennebulaa: there is no cluster 9/],
    ['no such network for subnets', { SUBNET_PARENT_ID: '9' }, /^wrong subnets: there is no network 9/],
    [
      'a refused server account',
      { ONE_AUTH: 'serveradmin:s3cr3t' },
      /^wrong server account: serveradmin is refused — ONE_AUTH/,
    ],
  ])('with %s', async (_, variables, expected) => {
    const checked = await cloud({ variables })
    expect(wrongs(checked)).toEqual([expect.stringMatching(expected)])
    expect(checked.lines.join()).not.toContain('s3cr3t')
  })

  it.each<[Record<string, string>, string]>([
    [{}, 'note  subnets: nobody can make any, neither SUBNET_TEMPLATE_ID nor SUBNET_PARENT_ID is set'],
    [{ SUBNET_TEMPLATE_ID: '0', SUBNET_PARENT_ID: '9' }, 'ok    subnets: network template 0 (subnets)'],
    [{ SUBNET_PARENT_ID: '0' }, 'ok    subnets: reserved from network 0 (private)'],
  ])('where subnets are made as %j says', async (variables, line) => {
    expect((await cloud({ variables })).lines).toContain(line)
  })

  it('whose network template is not for users', async () => {
    const { lines } = await cloud({
      variables: { SUBNET_TEMPLATE_ID: '0' },
      prepare: ({ world }) => {
        for (const template of world.networkTemplates.all()) template.permissions = shut
      },
    })
    expect(wrongs({ lines })).toEqual([
      'wrong subnets: network template 0 (subnets) may not be used by users — `onevntemplate chmod 0 604`',
    ])
  })

  const shut = [1, 1, 0, 0, 0, 0, 0, 0, 0]
  /** A group for which OpenNebula has no rules. */
  const team = [{ name: 'mia', password: 'pass', group: 'team' }]

  it('whose networks are open to users by a rule alone', async () => {
    const { lines } = await cloud({
      seed: { users: team },
      prepare: ({ world }) => {
        for (const network of world.networks.all()) network.permissions = shut
      },
    })
    expect(wrongs({ lines })).toEqual([])
    expect(lines).toContain(
      'note  what users may use: asked as helen, mia, one user of each group; --user asks as another',
    )
    expect(lines).toContain('ok    elastic addresses: network 1 (ElasticIPs), 8 free')
  })

  it.each([undefined, 'mia'])('with networks that are not for users (asked for %s)', async user => {
    const checked = await cloud({
      ...(user !== undefined && { user }),
      seed: { users: team },
      prepare: ({ world }) => {
        const { groups = [] } = world.users.find(({ name }) => name === 'mia') ?? {}
        for (const each of world.users.all()) if (!each.groups.includes(0)) each.groups = groups
        for (const network of world.networks.all()) network.permissions = shut
      },
    })
    expect(wrongs(checked)).toEqual(
      expect.arrayContaining([
        `wrong networks: none that ${user ?? 'users'} may use — give them one: \`onevnet chmod ID 604\``,
        `wrong elastic addresses: network 1 (ElasticIPs) may not be used by ${user ?? 'users'} — \`onevnet chmod 1 604\``,
      ]),
    )
  })

  it('that has no users yet', async () => {
    const { lines } = await cloud({
      prepare: ({ world }) => {
        for (const user of world.users.all()) user.enabled = user.groups.includes(0)
      },
    })
    expect(wrongs({ lines })).toEqual([])
    expect(lines.join()).toContain('not checked, for there is no user yet to ask as')
  })

  it('that cannot be reached', async () => {
    const checked = await cloud({ variables: { ONE_XMLRPC: `${await deadUrl()}/RPC2` } })
    expect(wrongs(checked)).toEqual([
      expect.stringMatching(/^wrong OpenNebula at 127\.0\.0\.1:\d+: .* — is ONE_XMLRPC right/),
    ])
  })
})
