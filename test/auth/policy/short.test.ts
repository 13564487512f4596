// The short forms of policies: what each of them lets through of all that is served.
import { describe, expect, it } from 'vitest'
import { policyOf, refusalOf } from '../../../src/auth/policy/decide.ts'
import { parsePolicy } from '../../../src/auth/policy/parse.ts'
import { documentOf, type ShortForms } from '../../../src/auth/policy/short.ts'
import { actions } from '../../../src/ec2/actions.ts'
import { services } from '../../../src/ec2/model/services.ts'

const DAY = Date.UTC(2027, 2, 1)
const INSTANCE = 'arn:aws:ec2:opennebula:000000000002:instance/*'

function allows(forms: ShortForms, action: string, known: Readonly<Record<string, string>> = {}, arn = '*'): boolean {
  const text = JSON.stringify(documentOf(forms))
  expect(parsePolicy(text).flaws).toBeUndefined()
  return refusalOf(policyOf(text), action, [{ arn }], known) === undefined
}

const served = [...actions].map(([name, row]) => {
  const service = services.find(each => each.knows(name))?.signingName ?? ''
  return { name: `${service}:${name}`, isRead: 'read' in row && /^(Describe|Get|List)/.test(name) }
})

describe('a key that may only look', () => {
  it('reads all that is served, and changes none of it', () => {
    const allowed = served.filter(({ name }) => allows({ readOnly: true }, name))
    expect(allowed).toEqual(served.filter(({ isRead }) => isRead))
    expect(allowed.length).toBeGreaterThan(80)
  })

  it('reads what its account may have', () => {
    const names = ['ListServiceQuotas', 'GetServiceQuota', 'GetQuotaUtilizationReport', 'StartQuotaUtilizationReport']
    expect(names.filter(name => !allows({ readOnly: true }, `servicequotas:${name}`))).toEqual([])
  })

  it('may be given more', () => {
    const forms = { readOnly: true, allow: ['ec2:StartInstances'] }
    expect(allows(forms, 'ec2:StartInstances')).toBe(true)
    expect(allows(forms, 'ec2:StopInstances')).toBe(false)
    expect(allows(forms, 'ec2:DescribeInstances')).toBe(true)
  })
})

it('no form at all allows everything', () => {
  expect(served.every(({ name }) => allows({}, name))).toBe(true)
})

it.each<[ShortForms, string, Readonly<Record<string, string>>, boolean]>([
  [{ allow: ['ec2:Describe*', 'ec2:Start*'] }, 'ec2:StartInstances', {}, true],
  [{ allow: ['ec2:Describe*', 'ec2:Start*'] }, 'ec2:StopInstances', {}, false],
  [{ deny: ['ec2:Terminate*'] }, 'ec2:TerminateInstances', {}, false],
  [{ deny: ['ec2:Terminate*'] }, 'ec2:StopInstances', {}, true],
  [{ allow: ['ec2:*'], deny: ['ec2:Terminate*'] }, 'ec2:TerminateInstances', {}, false],
  [{ types: ['m1.*', 'c1.small'] }, 'ec2:RunInstances', { 'ec2:InstanceType': 'm1.large' }, true],
  [{ types: ['m1.*', 'c1.small'] }, 'ec2:RunInstances', { 'ec2:InstanceType': 'c1.small' }, true],
  [{ types: ['m1.*', 'c1.small'] }, 'ec2:RunInstances', { 'ec2:InstanceType': 'c1.large' }, false],
  [{ types: ['m1.*'] }, 'ec2:StopInstances', { 'ec2:InstanceType': 'c1.large' }, true],
  [{ types: ['m1.*'] }, 'ec2:ModifyInstanceAttribute', { 'ec2:Attribute/InstanceType': 'c1.large' }, false],
  [{ types: ['m1.*'] }, 'ec2:ModifyInstanceAttribute', { 'ec2:Attribute/InstanceType': 'm1.large' }, true],
  [{ types: ['m1.*'] }, 'ec2:ModifyInstanceAttribute', { 'ec2:Attribute/UserData': 'x' }, true],
  [{ sources: ['203.0.113.0/24', '2001:db8::/32'] }, 'ec2:RunInstances', { 'aws:SourceIp': '203.0.113.7' }, true],
  [{ sources: ['203.0.113.0/24', '2001:db8::/32'] }, 'ec2:RunInstances', { 'aws:SourceIp': '2001:db8::1' }, true],
  [{ sources: ['203.0.113.0/24'] }, 'ec2:RunInstances', { 'aws:SourceIp': '192.0.2.1' }, false],
  [{ sources: ['203.0.113.0/24'] }, 'ec2:RunInstances', {}, false],
  [{ until: DAY }, 'ec2:RunInstances', { 'aws:CurrentTime': '2027-02-28T23:59:59.999Z' }, true],
  [{ until: DAY }, 'ec2:RunInstances', { 'aws:CurrentTime': '2027-03-01T00:00:00.000Z' }, false],
])('%j: %s where %j: %s', (forms, action, known, allowed) => {
  expect(allows(forms, action, known, INSTANCE)).toBe(allowed)
})
