// Policies for what operators want most, without their having to write one: each short form is a statement or two.

/** What a key may do, in short. All of it holds at once. */
export interface ShortForms {
  /** Whether it may only look. */
  readonly readOnly?: boolean
  /** Actions, and no others: `ec2:Describe*`. */
  readonly allow?: readonly string[]
  /** Actions that it may not do, whatever else is said. */
  readonly deny?: readonly string[]
  /** The types that its instances may be of: `m1.*`. */
  readonly types?: readonly string[]
  /** Addresses, and blocks of them, that requests may come from. */
  readonly sources?: readonly string[]
  /** From when on it may do nothing more; milliseconds since 1970. */
  readonly until?: number
}

/** What looks and changes nothing, of all services that are served. */
const READS = [
  ...['ec2:Describe*', 'ec2:Get*', 'iam:Get*', 'iam:List*', 's3:Get*', 's3:List*', 'sts:Get*'],
  ...['ce:Get*', 'servicequotas:Get*', 'servicequotas:List*', 'servicequotas:StartQuotaUtilizationReport'],
]

const INSTANCES = 'arn:aws:ec2:*:*:instance/*'

/** The document of these forms; without any it allows everything. */
export function documentOf({ readOnly, allow = [], deny = [], types = [], sources = [], until }: ShortForms): object {
  const allowed = [...(readOnly ? READS : []), ...allow]
  const refuse = (Sid: string, Condition: object, about: object = { Action: '*', Resource: '*' }) => ({
    ...{ Sid, Effect: 'Deny', ...about, Condition },
  })
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'Allowed', Effect: 'Allow', Action: allowed.length > 0 ? allowed : '*', Resource: '*' },
      ...(deny.length > 0 ? [{ Sid: 'Denied', Effect: 'Deny', Action: deny, Resource: '*' }] : []),
      ...(types.length > 0
        ? [
            refuse(
              'OtherTypes',
              { StringNotLike: { 'ec2:InstanceType': types } },
              { Action: 'ec2:RunInstances', Resource: INSTANCES },
            ),
            // What an instance is to become counts as what it is launched as
            refuse(
              'BecomingOtherTypes',
              {
                StringNotLike: { 'ec2:Attribute/InstanceType': types },
                Null: { 'ec2:Attribute/InstanceType': false },
              },
              { Action: 'ec2:ModifyInstanceAttribute', Resource: INSTANCES },
            ),
          ]
        : []),
      ...(sources.length > 0 ? [refuse('Elsewhere', { NotIpAddress: { 'aws:SourceIp': sources } })] : []),
      ...(until === undefined
        ? []
        : [refuse('Over', { DateGreaterThanEquals: { 'aws:CurrentTime': new Date(until).toISOString() } })]),
    ],
  }
}
