// The list of actions: rows are whole, or do not compile, and each action has one.
import { describe, expect, it } from 'vitest'
import { actions, changes, groups, rowOf } from '../../src/ec2/actions.ts'
import type { ActionTable, AnyAction } from '../../src/ec2/core/action.ts'
import { NEW } from '../../src/ec2/core/permissions.ts'
import { services } from '../../src/ec2/model/services.ts'

const run = () => Promise.resolve(undefined)

/** What is wrong with each is in its name; the compiler is the test. */
const wrong: Readonly<Record<string, ActionTable>> = {
  // @ts-expect-error
  'without a function': { RebootInstances: { honours: ['InstanceIds'] } },
  // @ts-expect-error
  'without what is honoured': { RebootInstances: { change: run } },
  // @ts-expect-error
  'of an action that AWS does not have': { RebootInstance: { change: run, honours: [] } },
  // @ts-expect-error
  'honours a member that AWS does not have': { RebootInstances: { change: run, honours: ['InstanceId'] } },
  // @ts-expect-error
  'honours one inside of another that does not have it': { RunInstances: { change: run, honours: ['Placement.Name'] } },
  // @ts-expect-error
  'harmless without a value': { RebootInstances: { change: run, honours: [], harmless: { DryRun: false } } },
  // @ts-expect-error
  'answers what AWS does not': { CreateKeyPair: { change: () => Promise.resolve({ KeyName: 1 }), honours: [] } },
  // @ts-expect-error
  "is econe's own and has no form": { UploadImage: { change: run, honours: [] } },
}

/** Members that name resources. */
const NAMES =
  /(Instance|Volume|Snapshot|Image|Subnet|Vpc|Group|Allocation|Association|Attachment|NetworkInterface|Gateway|RouteTable|Options|LaunchTemplate|KeyPair|Rule|Task)Ids?$|^(Image|Key|Group)(Location|Names?)$|^Groups$|^PublicIp$|^Resources$/

/** Of these AWS's Service Authorization Reference says nothing. */
const NOT_ASKED = [
  // A launch of the template is asked about them
  / LaunchTemplateData\./,
  // Whose rules or routes these are is asked about, not where they lead
  /SecurityGroup\w* (IpPermissions\.UserIdGroupPairs|SourceSecurityGroup)/,
  /^ModifySecurityGroupRules .*ReferencedGroupId$/,
  /^(Create|Replace)Route (Gateway|Instance|NetworkInterface)Id$/,
  // They stay as they are
  /^CreateSnapshots .*ExcludeDataVolumeIds$/,
  // A name, but none that a group has in an ARN
  /^CreateSecurityGroup GroupName$/,
  // Of accounts
  /^ModifySnapshotAttribute GroupNames$/,
  /^MoveAddressToVpc PublicIp$/,
]

it('takes no row that is not whole', () => {
  expect(Object.keys(wrong)).toHaveLength(8)
})

describe('the list of actions', () => {
  it('has each once', () => {
    expect(Object.values(groups).flatMap(group => Object.keys(group))).toEqual([...actions.keys()])
  })

  it('is what is served', () => {
    for (const name of actions.keys()) expect(services.some(service => service.operation(name))).toBe(true)
    expect(() => rowOf({ name: 'CreateFleet' })).toThrow(TypeError)
  })

  it('says of all that AWS has resources for what it is about', () => {
    const about = ({ on, makes, touches, authorizes }: AnyAction) => Boolean(on ?? makes ?? touches ?? authorizes)
    const named = (name: string) => !/^Describe(?!\w*(Attribute|References)$)|^List|^Get(CallerIdentity|Ebs)/.test(name)
    const without = [...actions].filter(([name, row]) => named(name) && !about(row)).map(([name]) => name)
    // AWS has none for these either, or none that a member names: they are allowed for `*` alone
    expect(without.toSorted()).toEqual([
      ...['CancelConversionTask', 'CreateDefaultSubnet', 'CreateDefaultVpc', 'DescribeAddressesAttribute'],
      ...['DescribeNetworkInterfaceAttribute', 'GetFederationToken', 'GetSessionToken', 'ImportInstance'],
      ...['ImportVolume', 'ModifyIdFormat', 'MoveAddressToVpc'],
    ])
  })

  it('asks of nothing but what it honours', () => {
    for (const [name, { on = {}, touches = {}, makes = {}, defaults = {}, honours }] of actions) {
      const paths = [...Object.values({ ...on }), ...Object.values({ ...touches })].flat()
      const members = [
        ...paths,
        ...Object.values({ ...defaults }),
        ...Object.values({ ...makes }).filter(path => path !== NEW),
      ]
      for (const path of members) {
        const isHonoured = honours.some(each => path === each || path.startsWith(`${each}.`))
        expect(isHonoured, `${name} ${path}`).toBe(true)
      }
    }
  })

  it('asks about every resource that a change names, but for what AWS does not ask about', () => {
    const names = (member: string) => NAMES.test(member.slice(member.lastIndexOf('.') + 1))
    const unasked = [...actions].flatMap(([action, row]) => {
      const { on = {}, touches = {}, makes = {}, honours, authorizes } = row
      if (!('change' in row) || authorizes) return []
      const asked = new Set<string>(Object.values({ ...makes }))
      for (const paths of [on, touches].flatMap(each => Object.values({ ...each })))
        for (const path of paths) asked.add(path)
      return honours.filter(member => names(member) && !asked.has(member)).map(member => `${action} ${member}`)
    })
    expect(unasked.filter(each => !NOT_ASKED.some(pattern => pattern.test(each)))).toEqual([])
    expect(NOT_ASKED.filter(pattern => !unasked.some(each => pattern.test(each)))).toEqual([])
  })

  it('has changes run in the account, with the steps of forms, for which nobody can ask', () => {
    const asked = [...actions].filter(([, row]) => 'change' in row).map(([name]) => name)
    const steps = [...changes.keys()].filter(name => !asked.includes(name))
    expect(steps).toEqual(['StageImage', 'UnstageImage'])
    for (const step of steps) expect(services.some(service => service.knows(step))).toBe(false)
  })
})
