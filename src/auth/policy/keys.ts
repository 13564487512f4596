// The condition keys that policies may have: what each holds, and so which operators go with it. What is not here is refused when
// a policy is written.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html

/** What the values of a key are. */
export type KeyType = 'string' | 'tag' | 'number' | 'date' | 'epoch' | 'boolean' | 'address' | 'arn'

interface KnownKey {
  readonly type: KeyType
  /** Whether a request may have several values of it at once: an operator has to say of which it speaks then. */
  readonly many?: true
}

/** By names as AWS writes them. Of those that end in `/`, the rest is a name of the caller's. */
const KEYS = {
  'aws:CurrentTime': { type: 'date' },
  'aws:EpochTime': { type: 'epoch' },
  'aws:MultiFactorAuthPresent': { type: 'boolean' },
  'aws:PrincipalAccount': { type: 'string' },
  'aws:PrincipalArn': { type: 'arn' },
  'aws:PrincipalIsAWSService': { type: 'boolean' },
  'aws:PrincipalType': { type: 'string' },
  'aws:Referer': { type: 'string' },
  'aws:RequestTag/': { type: 'tag' },
  'aws:RequestedRegion': { type: 'string' },
  'aws:ResourceTag/': { type: 'tag' },
  'aws:SecureTransport': { type: 'boolean' },
  'aws:SourceIp': { type: 'address' },
  'aws:TagKeys': { type: 'string', many: true },
  'aws:TokenIssueTime': { type: 'date' },
  'aws:UserAgent': { type: 'string' },
  'aws:ViaAWSService': { type: 'boolean' },
  'aws:userid': { type: 'string' },
  'aws:username': { type: 'string' },
  'ec2:Attribute': { type: 'string' },
  'ec2:Attribute/': { type: 'tag' },
  'ec2:AvailabilityZone': { type: 'string' },
  'ec2:CreateAction': { type: 'string' },
  'ec2:ImageID': { type: 'string' },
  'ec2:InstanceType': { type: 'string' },
  'ec2:Region': { type: 'string' },
  'ec2:ResourceTag/': { type: 'tag' },
  'ec2:Subnet': { type: 'arn' },
  'ec2:VolumeSize': { type: 'number' },
  'ec2:VolumeType': { type: 'string' },
  'ec2:Vpc': { type: 'arn' },
  's3:delimiter': { type: 'string' },
  's3:max-keys': { type: 'number' },
  's3:prefix': { type: 'string' },
} as const satisfies Readonly<Record<string, KnownKey>>

/** The name of a key that is evaluated, without what follows its slash. */
export type KeyName = keyof typeof KEYS

/** A key as a policy names it. */
export interface ConditionKey extends KnownKey {
  readonly name: KeyName
  /** What follows the slash: the key of a tag, the name of an attribute; empty where there is no slash. */
  readonly rest: string
}

/** All keys that are evaluated. */
export const keyNames: readonly string[] = Object.keys(KEYS)

const byLowerCase: ReadonlyMap<string, ConditionKey> = new Map(
  Object.entries(KEYS).map(([name, known]) => [name.toLowerCase(), { ...known, name: name as KeyName, rest: '' }]),
)

/** Reads a key, whose name may be in any case; undefined for one that is not evaluated. */
export function readKey(text: string): ConditionKey | undefined {
  const slash = text.indexOf('/') + 1
  const known = byLowerCase.get((slash > 0 ? text.slice(0, slash) : text).toLowerCase())
  if (slash === 0) return known
  const rest = text.slice(slash)
  return known && rest !== '' ? { ...known, rest } : undefined
}

/** What a request says of a key: its values, or undefined where it does not have the key. */
export type Values = (name: KeyName, rest: string) => readonly string[] | undefined
