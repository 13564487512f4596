// What IAM's documentation says of policies, as rows: conditions, actions, resources, and the order in which statements count.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of IAM's
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

/** What a request says of keys, by their whole names. */
export type Said = Readonly<Record<string, readonly string[]>>

type Given = string | number | boolean | readonly (string | number | boolean)[]

/** An operator, a key, what the policy wants of it, what the request says of it, and whether the condition holds. */
export type ConditionCase = readonly [
  operator: string,
  key: string,
  wanted: Given,
  found: readonly string[] | undefined,
  holds: boolean,
]

const name = 'aws:username'
const tag = 'aws:ResourceTag/Team'
const type = 'ec2:InstanceType'
const size = 'ec2:VolumeSize'
const time = 'aws:CurrentTime'
const epoch = 'aws:EpochTime'
const tls = 'aws:SecureTransport'
const ip = 'aws:SourceIp'
const vpc = 'ec2:Vpc'
const keys = 'aws:TagKeys'
const V = (id: string, account = '000000000002') => `arn:aws:ec2:us-east-1:${account}:vpc/${id}`

export const conditionCases: readonly ConditionCase[] = [
  // Texts
  ['StringEquals', name, 'helen', ['helen'], true],
  ['StringEquals', name, 'helen', ['Helen'], false],
  ['StringEquals', name, ['nobody', 'helen'], ['helen'], true],
  ['StringEquals', name, ['nobody', 'else'], ['helen'], false],
  ['StringEquals', name, 'hel*', ['helen'], false],
  ['StringEquals', name, 'hel*', ['hel*'], true],
  ['StringEquals', name, '', [''], true],
  ['StringEquals', name, 'helen', undefined, false],
  ['StringNotEquals', name, 'helen', ['helen'], false],
  ['StringNotEquals', name, 'helen', ['Helen'], true],
  ['StringNotEquals', name, ['nobody', 'helen'], ['helen'], false],
  ['StringNotEquals', name, ['nobody', 'else'], ['helen'], true],
  ['StringNotEquals', name, 'helen', undefined, true],
  ['StringEqualsIgnoreCase', name, 'HELEN', ['helen'], true],
  ['StringEqualsIgnoreCase', name, 'HEL*', ['helen'], false],
  ['StringEqualsIgnoreCase', name, 'HELEN', undefined, false],
  ['StringNotEqualsIgnoreCase', name, 'HELEN', ['helen'], false],
  ['StringNotEqualsIgnoreCase', name, 'HELENA', ['helen'], true],
  ['StringNotEqualsIgnoreCase', name, 'HELEN', undefined, true],
  ['StringLike', type, 'm1.*', ['m1.small'], true],
  ['StringLike', type, 'm1.*', ['m1.'], true],
  ['StringLike', type, 'm1.*', ['m10.small'], false],
  ['StringLike', type, 'M1.*', ['m1.small'], false],
  ['StringLike', type, '*', ['anything'], true],
  ['StringLike', type, '*', [''], true],
  ['StringLike', type, '*', undefined, false],
  ['StringLike', type, '*.small', ['m1.small'], true],
  ['StringLike', type, 'm?.small', ['m1.small'], true],
  ['StringLike', type, 'm?.small', ['m.small'], false],
  ['StringLike', type, 'm?.small', ['m12.small'], false],
  ['StringLike', type, 'm*.*l', ['m1.small'], true],
  ['StringLike', type, 'm1.small', ['m1.small'], true],
  ['StringLike', type, ['c*', 'm*'], ['m1.small'], true],
  ['StringLike', type, ['c*', 'r*'], ['m1.small'], false],
  ['StringLike', 's3:prefix', 'a.b', ['axb'], false],
  ['StringLike', 's3:prefix', 'a\\b*', ['a\\bc'], true],
  ['StringLike', 's3:prefix', '[a]+', ['a'], false],
  ['StringNotLike', type, 'm1.*', ['m1.small'], false],
  ['StringNotLike', type, 'm1.*', ['c1.small'], true],
  ['StringNotLike', type, ['c*', 'm*'], ['m1.small'], false],
  ['StringNotLike', type, ['c*', 'r*'], ['m1.small'], true],
  ['StringNotLike', type, 'm1.*', undefined, true],
  ['StringEquals', tag, 'blue', ['blue'], true],
  ['StringEquals', tag, 'blue', ['red'], false],
  ['StringEquals', tag, 'blue', undefined, false],
  ['StringEquals', tls, 'true', ['true'], true],
  // Numbers
  ['NumericEquals', size, 10, ['10'], true],
  ['NumericEquals', size, '10', ['10'], true],
  ['NumericEquals', size, '10.0', ['10'], true],
  ['NumericEquals', size, [5, 10], ['10'], true],
  ['NumericEquals', size, 10, ['11'], false],
  ['NumericEquals', size, 10, undefined, false],
  ['NumericNotEquals', size, 10, ['10'], false],
  ['NumericNotEquals', size, 10, ['11'], true],
  ['NumericNotEquals', size, [10, 11], ['11'], false],
  ['NumericNotEquals', size, 10, undefined, true],
  ['NumericLessThan', size, 10, ['9'], true],
  ['NumericLessThan', size, 10, ['10'], false],
  ['NumericLessThan', size, 10, undefined, false],
  ['NumericLessThanEquals', size, 10, ['10'], true],
  ['NumericLessThanEquals', size, 10, ['11'], false],
  ['NumericLessThanEquals', size, 10, ['9'], true],
  ['NumericGreaterThan', size, 10, ['10'], false],
  ['NumericGreaterThan', size, 10, ['100'], true],
  ['NumericGreaterThan', size, 10, undefined, false],
  ['NumericGreaterThanEquals', size, 10, ['10'], true],
  ['NumericGreaterThanEquals', size, 10, ['9'], false],
  ['NumericEquals', 'aws:RequestTag/Cost', 10, ['10'], true],
  ['NumericEquals', 'aws:RequestTag/Cost', 10, ['ten'], false],
  ['NumericLessThan', 'aws:RequestTag/Cost', 10, ['ten'], false],
  // Times
  ['DateEquals', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:00Z'], true],
  ['DateEquals', time, '2027-03-01', ['2027-03-01T00:00:00Z'], true],
  ['DateEquals', time, '2027-03-01T01:00:00+01:00', ['2027-03-01T00:00:00Z'], true],
  ['DateEquals', time, '2027-03-01', ['2027-03-01T00:00:01Z'], false],
  ['DateEquals', time, '2027-03-01', undefined, false],
  ['DateNotEquals', time, '2027-03-01', ['2027-03-01T00:00:00Z'], false],
  ['DateNotEquals', time, '2027-03-01', ['2027-03-02T00:00:00Z'], true],
  ['DateNotEquals', time, '2027-03-01', undefined, true],
  ['DateLessThan', time, '2027-03-01T00:00:00Z', ['2027-02-28T23:59:59Z'], true],
  ['DateLessThan', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:00Z'], false],
  ['DateLessThan', time, '2027-03-01T00:00:00Z', undefined, false],
  ['DateLessThanEquals', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:00Z'], true],
  ['DateLessThanEquals', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:01Z'], false],
  ['DateGreaterThan', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:01Z'], true],
  ['DateGreaterThan', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:00Z'], false],
  ['DateGreaterThanEquals', time, '2027-03-01T00:00:00Z', ['2027-03-01T00:00:00Z'], true],
  ['DateGreaterThanEquals', time, '2027-03-01T00:00:00Z', ['2027-02-28T00:00:00Z'], false],
  ['DateGreaterThan', time, 1803859200, ['2027-03-01T00:00:01Z'], true],
  ['DateGreaterThan', time, '1803859200', ['2027-02-28T23:00:00Z'], false],
  ['DateLessThan', epoch, '2027-03-01T00:00:00Z', ['1803859199'], true],
  ['DateLessThan', epoch, 1803859200, ['1803859200'], false],
  ['NumericLessThan', epoch, 1803859200, ['1803859199'], true],
  // Booleans
  ['Bool', tls, 'true', ['true'], true],
  ['Bool', tls, true, ['true'], true],
  ['Bool', tls, 'false', ['true'], false],
  ['Bool', tls, false, ['false'], true],
  ['Bool', tls, 'TRUE', ['true'], true],
  ['Bool', tls, 'false', undefined, false],
  ['Bool', tls, 'true', undefined, false],
  // Addresses
  ['IpAddress', ip, '203.0.113.0/24', ['203.0.113.7'], true],
  ['IpAddress', ip, '203.0.113.0/24', ['203.0.114.7'], false],
  ['IpAddress', ip, '203.0.113.0/25', ['203.0.113.128'], false],
  ['IpAddress', ip, '203.0.113.7', ['203.0.113.7'], true],
  ['IpAddress', ip, '203.0.113.7', ['203.0.113.8'], false],
  ['IpAddress', ip, ['192.0.2.0/24', '203.0.113.0/24'], ['203.0.113.8'], true],
  ['IpAddress', ip, '0.0.0.0/0', ['203.0.113.8'], true],
  ['IpAddress', ip, '0.0.0.0/0', ['2001:db8::1'], false],
  ['IpAddress', ip, '2001:db8::/32', ['2001:db8:5::1'], true],
  ['IpAddress', ip, '2001:db8::/32', ['2001:db9::1'], false],
  ['IpAddress', ip, '2001:db8::1', ['2001:DB8:0:0::1'], true],
  ['IpAddress', ip, '203.0.113.0/24', undefined, false],
  ['NotIpAddress', ip, '203.0.113.0/24', ['203.0.113.7'], false],
  ['NotIpAddress', ip, '203.0.113.0/24', ['203.0.114.7'], true],
  ['NotIpAddress', ip, ['192.0.2.0/24', '203.0.113.0/24'], ['203.0.113.7'], false],
  ['NotIpAddress', ip, '203.0.113.0/24', undefined, true],
  // ARNs
  ['ArnEquals', vpc, V('vpc-1'), [V('vpc-1')], true],
  ['ArnEquals', vpc, V('vpc-1'), [V('vpc-2')], false],
  ['ArnEquals', vpc, V('vpc-*'), [V('vpc-1')], true],
  ['ArnEquals', vpc, V('vpc-?'), [V('vpc-12')], false],
  ['ArnEquals', vpc, 'arn:aws:ec2:*:*:vpc/vpc-1', [V('vpc-1')], true],
  ['ArnEquals', vpc, 'arn:aws:ec2:*:vpc/vpc-1', [V('vpc-1')], false],
  ['ArnEquals', vpc, V('vpc-1'), undefined, false],
  ['ArnLike', vpc, 'arn:aws:ec2:*:*:vpc/*', [V('vpc-1')], true],
  ['ArnLike', vpc, 'arn:aws:ec2:*:*:vpc/*', ['arn:aws:ec2:us-east-1:000000000002:subnet/subnet-1'], false],
  ['ArnNotEquals', vpc, V('vpc-1'), [V('vpc-1')], false],
  ['ArnNotEquals', vpc, V('vpc-1'), [V('vpc-2')], true],
  ['ArnNotEquals', vpc, V('vpc-1'), undefined, true],
  ['ArnNotLike', vpc, V('vpc-*'), [V('vpc-2')], false],
  ['ArnNotLike', vpc, [V('vpc-1'), V('vpc-2')], [V('vpc-2')], false],
  ['StringLike', vpc, '*vpc-2', [V('vpc-2')], true],
  // Whether a key is there
  ['Null', tag, 'true', undefined, true],
  ['Null', tag, 'true', ['blue'], false],
  ['Null', tag, false, undefined, false],
  ['Null', tag, 'false', ['blue'], true],
  ['Null', keys, 'true', undefined, true],
  ['Null', keys, 'false', ['Team'], true],
  // …IfExists
  ['StringEqualsIfExists', type, 'm1.small', ['m1.small'], true],
  ['StringEqualsIfExists', type, 'm1.small', ['m1.large'], false],
  ['StringEqualsIfExists', type, 'm1.small', undefined, true],
  ['StringLikeIfExists', type, 'm1.*', undefined, true],
  ['StringLikeIfExists', type, 'm1.*', ['c1.small'], false],
  ['StringNotEqualsIfExists', type, 'm1.small', undefined, true],
  ['StringNotEqualsIfExists', type, 'm1.small', ['m1.small'], false],
  ['NumericLessThanIfExists', size, 10, undefined, true],
  ['NumericLessThanIfExists', size, 10, ['11'], false],
  ['DateLessThanIfExists', time, '2027-03-01', undefined, true],
  ['BoolIfExists', tls, 'true', undefined, true],
  ['BoolIfExists', tls, 'true', ['false'], false],
  ['IpAddressIfExists', ip, '203.0.113.0/24', undefined, true],
  ['IpAddressIfExists', ip, '203.0.113.0/24', ['192.0.2.1'], false],
  ['NotIpAddressIfExists', ip, '203.0.113.0/24', undefined, true],
  ['ArnEqualsIfExists', vpc, V('vpc-1'), undefined, true],
  ['ArnEqualsIfExists', vpc, V('vpc-1'), [V('vpc-2')], false],
  // Several values
  ['ForAllValues:StringEquals', keys, ['Team', 'Cost'], ['Team'], true],
  ['ForAllValues:StringEquals', keys, ['Team', 'Cost'], ['Team', 'Cost'], true],
  ['ForAllValues:StringEquals', keys, ['Team', 'Cost'], ['Team', 'Other'], false],
  ['ForAllValues:StringEquals', keys, ['Team'], undefined, true],
  ['ForAllValues:StringEquals', keys, ['Team'], [], true],
  ['ForAllValues:StringEquals', keys, ['team'], ['Team'], false],
  ['ForAllValues:StringLike', keys, ['T*'], ['Team', 'Time'], true],
  ['ForAllValues:StringLike', keys, ['T*'], ['Team', 'Cost'], false],
  ['ForAllValues:StringNotEquals', keys, ['Team'], ['Cost', 'Other'], true],
  ['ForAllValues:StringNotEquals', keys, ['Team'], ['Cost', 'Team'], false],
  ['ForAllValues:StringNotEquals', keys, ['Team'], undefined, true],
  ['ForAllValues:StringEqualsIgnoreCase', keys, ['TEAM'], ['Team'], true],
  ['ForAllValues:StringEqualsIfExists', keys, ['Team'], ['Team', 'Cost'], false],
  ['ForAnyValue:StringEquals', keys, ['Team', 'Cost'], ['Other', 'Cost'], true],
  ['ForAnyValue:StringEquals', keys, ['Team', 'Cost'], ['Other'], false],
  ['ForAnyValue:StringEquals', keys, ['Team'], undefined, false],
  ['ForAnyValue:StringEquals', keys, ['Team'], [], false],
  ['ForAnyValue:StringLike', keys, ['T*'], ['Cost', 'Team'], true],
  ['ForAnyValue:StringNotEquals', keys, ['Team'], ['Team', 'Cost'], true],
  ['ForAnyValue:StringNotEquals', keys, ['Team'], ['Team'], false],
  ['ForAnyValue:StringNotEquals', keys, ['Team'], undefined, false],
  ['ForAnyValue:StringEqualsIfExists', keys, ['Team'], undefined, false],
  ['ForAnyValue:StringEquals', type, ['m1.small'], ['m1.small'], true],
  ['ForAllValues:StringEquals', type, ['m1.small'], ['m1.large'], false],
  // Variables, and names of keys in any case
  ['StringEquals', tag, '${aws:username}', ['helen'], true],
  ['StringEquals', tag, '${aws:UserName}', ['helen'], true],
  ['StringEquals', tag, '${aws:username}', ['somebody'], false],
  ['StringLike', 's3:prefix', 'home/${aws:username}/*', ['home/helen/a'], true],
  ['StringLike', 's3:prefix', 'home/${aws:username}/*', ['home/other/a'], false],
  ['StringEquals', tag, '${*}', ['*'], true],
  ['StringLike', tag, 'a${*}', ['ab'], false],
  ['StringLike', tag, 'a${?}${$}', ['a?$'], true],
  ['StringEquals', 'AWS:USERNAME', 'helen', ['helen'], true],
  ['StringEquals', 'aws:resourcetag/Team', 'blue', ['blue'], true],
]

/** An action of a policy, and one of a request that it is about, or is not. */
export const actionCases: readonly (readonly [pattern: string, action: string, isAbout: boolean])[] = [
  ['*', 'ec2:RunInstances', true],
  ['ec2:*', 'ec2:RunInstances', true],
  ['ec2:*', 's3:GetObject', false],
  ['ec2:RunInstances', 'ec2:RunInstances', true],
  ['EC2:runinstances', 'ec2:RunInstances', true],
  ['ec2:Run*', 'ec2:RunInstances', true],
  ['ec2:run*', 'ec2:RunInstances', true],
  ['ec2:*Instances', 'ec2:RunInstances', true],
  ['ec2:Describe*', 'ec2:RunInstances', false],
  ['ec2:RunInstance', 'ec2:RunInstances', false],
  ['ec2:RunInstance?', 'ec2:RunInstances', true],
  ['ec2:???Instances', 'ec2:RunInstances', true],
  ['ec2:??Instances', 'ec2:RunInstances', false],
  ['s3:*', 's3:PutObject', true],
]

const I = 'arn:aws:ec2:us-east-1:000000000002:instance/i-0123456789abcdef0'

/** A resource of a policy, and one of a request that it covers, or does not. */
export const resourceCases: readonly (readonly [pattern: string, resource: string, covers: boolean])[] = [
  ['*', I, true],
  ['*', '*', true],
  [I, I, true],
  [I, 'arn:aws:ec2:us-east-1:000000000002:instance/i-0123456789abcdef1', false],
  ['arn:aws:ec2:us-east-1:000000000002:instance/*', I, true],
  ['arn:aws:ec2:us-east-1:000000000002:instance/i-01*', I, true],
  ['arn:aws:ec2:us-east-1:000000000002:instance/i-0123456789abcdef?', I, true],
  ['arn:aws:ec2:us-east-1:000000000002:instance/I-0123456789ABCDEF0', I, false],
  ['arn:aws:ec2:*:*:instance/*', I, true],
  ['arn:aws:ec2:*:000000000002:*', I, true],
  ['arn:aws:ec2:*:000000000003:*', I, false],
  ['arn:aws:ec2:eu-west-1:*:instance/*', I, false],
  ['arn:aws:ec2:us-*:*:instance/*', I, true],
  ['arn:aws:ec2:*:*:volume/*', I, false],
  ['arn:*:ec2:*:*:instance/*', I, true],
  ['arn:aws:s3:*:*:*', I, false],
  ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ec2:us-east-1:000000000002:instance/*', true],
  [I, 'arn:aws:ec2:us-east-1:000000000002:instance/*', false],
  ['arn:aws:ec2:*::image/ami-1', 'arn:aws:ec2:us-east-1::image/ami-1', true],
  ['arn:aws:ec2:*:*:image/ami-1', 'arn:aws:ec2:us-east-1::image/ami-1', true],
  ['arn:aws:ec2:*:000000000002:image/ami-1', 'arn:aws:ec2:us-east-1::image/ami-1', false],
  ['arn:aws:s3:::images_000000000002', 'arn:aws:s3:::images_000000000002', true],
  ['arn:aws:s3:::images_000000000002', 'arn:aws:s3:::images_000000000002/a', false],
  ['arn:aws:s3:::images_000000000002/*', 'arn:aws:s3:::images_000000000002/a/b', true],
  ['arn:aws:s3:::images_000000000002/*', 'arn:aws:s3:::images_000000000002', false],
  ['arn:aws:s3:::images_000000000002/a:b*', 'arn:aws:s3:::images_000000000002/a:bc', true],
  ['arn:aws:s3:::*', 'arn:aws:s3:::images_000000000002/a:b', true],
  ['arn:aws:s3:::images_000000000002/${aws:username}/*', 'arn:aws:s3:::images_000000000002/helen/a', true],
  ['arn:aws:s3:::images_000000000002/${aws:username}/*', 'arn:aws:s3:::images_000000000002/other/a', false],
]

type Written = Readonly<Record<string, unknown>>

/** Statements, what a request says, and what becomes of it; the number of the statement that decides, from 1. */
export const evaluationCases: readonly (readonly [
  title: string,
  statements: readonly Written[],
  said: Said,
  outcome: string,
])[] = [
  ['nothing that fits', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }], {}, 'implicitDeny'],
  ['an allow', [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }], {}, 'allow 1'],
  ['a deny', [{ Effect: 'Deny', Action: 'ec2:*', Resource: '*' }], {}, 'explicitDeny 1'],
  [
    'a deny behind an allow',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'ec2:Run*', Resource: '*' },
    ],
    {},
    'explicitDeny 2',
  ],
  [
    'a deny before an allow',
    [
      { Effect: 'Deny', Action: 'ec2:Run*', Resource: '*' },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    ],
    {},
    'explicitDeny 1',
  ],
  [
    'a deny of something else',
    [
      { Effect: 'Deny', Action: 'ec2:Stop*', Resource: '*' },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    ],
    {},
    'allow 2',
  ],
  ['an allow of everything but this', [{ Effect: 'Allow', NotAction: 'ec2:Run*', Resource: '*' }], {}, 'implicitDeny'],
  ['an allow of everything but that', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], {}, 'allow 1'],
  [
    'a deny of everything but this',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', NotAction: ['ec2:RunInstances', 'ec2:Describe*'], Resource: '*' },
    ],
    {},
    'allow 1',
  ],
  [
    'a deny of everything but that',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', NotAction: 'ec2:Describe*', Resource: '*' },
    ],
    {},
    'explicitDeny 2',
  ],
  ['another resource', [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:ec2:*:*:volume/*' }], {}, 'implicitDeny'],
  ['every resource but this', [{ Effect: 'Allow', Action: '*', NotResource: I }], {}, 'implicitDeny'],
  [
    'every resource but that',
    [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:ec2:*:*:volume/*' }],
    {},
    'allow 1',
  ],
  [
    'one of several actions and resources',
    [{ Effect: 'Allow', Action: ['ec2:Stop*', 'ec2:Run*'], Resource: ['arn:aws:ec2:*:*:volume/*', I] }],
    {},
    'allow 1',
  ],
  [
    'a condition that holds',
    [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringLike: { [type]: 'm1.*' } } }],
    { [type]: ['m1.small'] },
    'allow 1',
  ],
  [
    'a condition that does not',
    [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringLike: { [type]: 'm1.*' } } }],
    { [type]: ['c1.small'] },
    'implicitDeny',
  ],
  [
    'all operators have to hold',
    [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringLike: { [type]: 'm1.*' }, Bool: { [tls]: 'true' } },
      },
    ],
    { [type]: ['m1.small'], [tls]: ['false'] },
    'implicitDeny',
  ],
  [
    'all keys have to hold',
    [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { [type]: 'm1.small', [tag]: 'blue' } },
      },
    ],
    { [type]: ['m1.small'], [tag]: ['red'] },
    'implicitDeny',
  ],
  [
    'a deny whose condition does not hold',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { Bool: { [tls]: 'false' } } },
    ],
    { [tls]: ['true'] },
    'allow 1',
  ],
  [
    'a deny of a key that is not there',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { [tag]: 'blue' } } },
    ],
    {},
    'explicitDeny 2',
  ],
  [
    'from elsewhere',
    [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: { NotIpAddress: { [ip]: ['203.0.113.0/24'] } } },
    ],
    { [ip]: ['192.0.2.1'] },
    'explicitDeny 2',
  ],
  [
    'of several that allow, the first',
    [
      { Effect: 'Allow', Action: 's3:*', Resource: '*' },
      { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    ],
    {},
    'allow 2',
  ],
]

/** The request of the evaluation cases. */
export const RUN: { readonly action: string; readonly resource: string } = { action: 'ec2:RunInstances', resource: I }
