// What is refused when a policy is written: all that does not fit IAM's grammar, and all of the grammar that is not evaluated.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of IAM's
import { describe, expect, it } from 'vitest'
import { parsePolicy } from '../../../src/auth/policy/parse.ts'
import { limits } from '../../../src/limits.ts'

const GOOD = { Effect: 'Allow', Action: 'ec2:*', Resource: '*' }

const flawsOf = (document: unknown) =>
  parsePolicy(typeof document === 'string' ? document : JSON.stringify(document)).flaws ?? []

const ofStatement = (changes: object) => flawsOf({ Version: '2012-10-17', Statement: [{ ...GOOD, ...changes }] })

const ofCondition = (Condition: unknown) => ofStatement({ Condition })

describe('a sound policy', () => {
  it('is kept without white space', () => {
    const document = { Version: '2012-10-17', Id: 'a partner', Statement: { Sid: 'All', ...GOOD } }
    const { policy } = parsePolicy(JSON.stringify(document, null, 4))
    expect(policy?.text).toBe(JSON.stringify(document))
    expect(policy?.statements.map(({ sid, effect, index }) => ({ sid, effect, index }))).toEqual([
      { sid: 'All', effect: 'Allow', index: 0 },
    ])
  })

  it.each([
    [{ Statement: [GOOD, GOOD] }],
    [{ Version: '2008-10-17', Statement: [GOOD] }],
    [{ Statement: { ...GOOD, Sid: '' } }],
    [{ Statement: { ...GOOD, Action: ['ec2:Run*', '*', 's3:Get?bject', 'rds:*'] } }],
    [
      {
        Statement: { ...GOOD, Resource: ['arn:aws:ec2:*', 'arn:aws:ec2:us-east-1::image/ami-1', 'arn:aws:s3:::b/k:v'] },
      },
    ],
    [{ Statement: { ...GOOD, Condition: {} } }],
  ])('%j', document => {
    expect(flawsOf(document)).toEqual([])
  })
})

describe('refused is', () => {
  it.each<[string, unknown, string]>([
    ['what is no JSON', '{"Statement": [', 'The text is no JSON: '],
    ['what is no object', [], 'The policy is no object'],
    [
      'a member that is there twice',
      `{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}`,
      "The text is no JSON: 'Effect' is there twice",
    ],
    [
      'the same spelled otherwise',
      '{"Id":"","\\u0049d":"","Statement":[]}',
      "The text is no JSON: 'Id' is there twice",
    ],
    ['another version', { Version: '2026-01-01', Statement: GOOD }, 'Version: it is one of 2012-10-17, 2008-10-17'],
    ['an id of another kind', { Id: 7, Statement: GOOD }, 'Id: it is a text'],
    ['no statement', { Version: '2012-10-17' }, 'Statement: there is none'],
    ['an empty list of statements', { Statement: [] }, 'Statement: there is none'],
    ['a statement that is none', { Statement: [7] }, 'Statement 1: it is no object'],
    [
      'an element of no policy',
      { Statement: GOOD, statement: GOOD },
      "The policy: the element 'statement' is not evaluated in the policy of a key",
    ],
    [
      'a Sid twice',
      {
        Statement: [
          { ...GOOD, Sid: 'A' },
          { ...GOOD, Sid: 'A' },
        ],
      },
      "Statement: the Sid 'A' is there twice",
    ],
  ])('%s', (_, document, flaw) => {
    expect(flawsOf(document)[0]).toContain(flaw)
  })

  it.each<[object, string]>([
    [{ Principal: '*' }, "Statement 1: the element 'Principal' is not evaluated in the policy of a key"],
    [{ NotPrincipal: '*' }, "Statement 1: the element 'NotPrincipal' is not evaluated in the policy of a key"],
    [{ ['__proto__x']: 1 }, "Statement 1: the element '__proto__x' is not evaluated in the policy of a key"],
    [{ Sid: 'not allowed' }, 'Statement 1, Sid: it has letters and digits'],
    [{ Effect: 'allow' }, 'Statement 1, Effect: it is Allow or Deny'],
    [{ Effect: undefined }, 'Statement 1, Effect: it is Allow or Deny'],
    [{ Action: undefined }, 'Statement 1: it has either Action or NotAction'],
    [{ NotAction: 's3:*' }, 'Statement 1: it has either Action or NotAction'],
    [{ Action: [] }, 'Statement 1, Action: it is a text, or a list of texts'],
    [{ Action: [7] }, 'Statement 1, Action: it is a text, or a list of texts'],
    [
      { Action: 'RunInstances' },
      "Statement 1, Action: 'RunInstances' is neither '*' nor a service and an action (ec2:Describe*)",
    ],
    [{ Action: 'e*:RunInstances' }, "Statement 1, Action: 'e*:RunInstances' is neither"],
    [{ Action: 'ec2:${aws:username}' }, "Statement 1, Action: 'ec2:${aws:username}' is neither"],
    [{ Resource: undefined }, 'Statement 1: it has either Resource or NotResource'],
    [{ NotResource: '*' }, 'Statement 1: it has either Resource or NotResource'],
    [{ Resource: 'i-0123456789abcdef0' }, "Statement 1, Resource: 'i-0123456789abcdef0' is neither '*' nor an ARN"],
    [{ Resource: '**' }, "Statement 1, Resource: '**' is neither '*' nor an ARN"],
    [{ Resource: 'arn:aws:*:*:*:x' }, "Statement 1, Resource: 'arn:aws:*:*:*:x' names no service"],
    [
      { Resource: 'arn:aws-cn:ec2:*:*:x' },
      "Statement 1, Resource: 'arn:aws-cn:ec2:*:*:x' is of another partition than aws",
    ],
    [
      { Resource: 'arn:aws:ec2:*:*:${aws:PrincipalTag/team}' },
      'Statement 1, Resource: the variable ${aws:PrincipalTag/team} is not evaluated',
    ],
    [{ Condition: [] }, 'Statement 1, Condition: it is no object'],
    [{ Condition: { StringEquals: 'x' } }, 'Statement 1, Condition, StringEquals: it is no object'],
  ])('%j', (changes, flaw) => {
    expect(ofStatement(changes)[0]).toContain(flaw)
  })

  it.each<[object, string]>([
    [{ BinaryEquals: { 'aws:username': 'aGVsZW4=' } }, "BinaryEquals: the operator 'BinaryEquals' is not evaluated"],
    [{ stringequals: { 'aws:username': 'helen' } }, "the operator 'stringequals' is not evaluated"],
    [
      { 'ForSomeValues:StringEquals': { 'aws:TagKeys': 'a' } },
      "the operator 'ForSomeValues:StringEquals' is not evaluated",
    ],
    [{ 'ForAllValues:Null': { 'aws:TagKeys': 'true' } }, "the operator 'ForAllValues:Null' is not evaluated"],
    [{ NullIfExists: { 'aws:username': 'true' } }, "the operator 'NullIfExists' is not evaluated"],
    [{ StringEquals: { 'aws:PrincipalTag/team': 'blue' } }, "the key 'aws:PrincipalTag/team' is not evaluated"],
    [{ StringEquals: { 'ec2:Tenancy': 'default' } }, "the key 'ec2:Tenancy' is not evaluated"],
    [{ StringEquals: { 'aws:RequestTag/': 'x' } }, "the key 'aws:RequestTag/' is not evaluated"],
    [{ StringEquals: { 'aws:username/x': 'x' } }, "the key 'aws:username/x' is not evaluated"],
    [
      { StringEquals: { 'aws:TagKeys': 'x' } },
      'aws:TagKeys has several values: say ForAnyValue:StringEquals or ForAllValues:StringEquals',
    ],
    [
      { StringEquals: { 'aws:SourceIp': '203.0.113.7' } },
      'StringEquals does not go with aws:SourceIp, which is an address',
    ],
    [{ NumericEquals: { 'aws:username': 7 } }, 'NumericEquals does not go with aws:username, which is text'],
    [{ DateEquals: { 'ec2:VolumeSize': 7 } }, 'DateEquals does not go with ec2:VolumeSize, which is a number'],
    [{ NumericEquals: { 'ec2:VolumeSize': 'ten' } }, "'ten' is no number"],
    [{ NumericEquals: { 'ec2:VolumeSize': '1e3' } }, "'1e3' is no number"],
    [{ DateLessThan: { 'aws:CurrentTime': 'March' } }, "'March' is no time"],
    [{ DateLessThan: { 'aws:CurrentTime': '2027-03-01T00:00:00' } }, "'2027-03-01T00:00:00' is no time"],
    [{ DateLessThan: { 'aws:CurrentTime': '2027-13-01' } }, "'2027-13-01' is no time"],
    [{ Bool: { 'aws:SecureTransport': 'yes' } }, "'yes' is neither true nor false"],
    [
      { IpAddress: { 'aws:SourceIp': '203.0.113.0/33' } },
      "'203.0.113.0/33' is neither an address nor a block of addresses",
    ],
    [{ IpAddress: { 'aws:SourceIp': 'example.com' } }, "'example.com' is neither an address nor a block of addresses"],
    [{ ArnEquals: { 'ec2:Vpc': 'vpc-1' } }, "'vpc-1' is neither '*' nor an ARN"],
    [{ Null: { 'aws:username': 'yes' } }, 'Null is either true or false'],
    [{ Null: { 'aws:username': ['true', 'false'] } }, 'Null is either true or false'],
    [{ StringEquals: { 'aws:username': [] } }, 'it is a text, or a list of texts'],
    [{ StringEquals: { 'aws:username': [['helen']] } }, 'it is a text, or a list of texts'],
    [{ StringEquals: { 'aws:username': null } }, 'it is a text, or a list of texts'],
    [
      { StringLike: { 'aws:username': '${aws:FederatedProvider}' } },
      'the variable ${aws:FederatedProvider} is not evaluated',
    ],
  ])('%j', (condition, flaw) => {
    expect(ofCondition(condition)[0]).toContain(flaw)
  })

  it('says everything that is wrong at once', () => {
    expect(flawsOf({ Version: 1, Statement: [{ ...GOOD, Principal: '*' }, { Effect: 'Allow' }] })).toHaveLength(4)
  })

  it('is longer than IAM has policies', () => {
    const filled = (length: number) => {
      const document = { Id: '', Statement: GOOD }
      return { ...document, Id: 'x'.repeat(length - JSON.stringify(document).length) }
    }
    expect(flawsOf(filled(limits.policySize.most))).toEqual([])
    expect(flawsOf(filled(limits.policySize.most + 1))).toEqual([
      `The policy: it has ${limits.policySize.most + 1} characters without white space, of ${limits.policySize.most}`,
    ])
    expect(flawsOf(' '.repeat(limits.policyText.most) + JSON.stringify(filled(100)))).toEqual([
      `The text has more than ${limits.policyText.most} characters`,
    ])
  })
})
