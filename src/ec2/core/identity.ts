// With which credentials a request was signed, and what STS and IAM do with keys: the interfaces to whoever keeps them.
import { type Account, userArn, userId } from './account.ts'

/** The key that a request was signed with: plain data, and nothing secret. */
export interface Signer {
  /** The id of the key itself, where it is temporary too. */
  readonly accessKeyId: string
  /** From when on the key is refused; milliseconds since 1970. Without it never. */
  readonly expires?: number
  /** The policy of the key itself, where it has one. */
  readonly policy?: string
  /** Of temporary credentials: how they came about. */
  readonly session?: {
    readonly kind: 'session' | 'federated' | 'role'
    readonly name?: string
    readonly role?: { readonly name: string; readonly created: number }
  }
}

/** What temporary credentials are to be. */
export interface SessionWish {
  readonly kind: 'session' | 'federated' | 'role'
  readonly name?: string
  readonly role?: RoleView
  /** Seconds. */
  readonly duration: number
  /** The text of a policy that has to allow what is done with them, beside that of the key. */
  readonly policy?: string | undefined
}

/** Temporary credentials as their holder is told them, this once. */
export interface IssuedSession {
  readonly accessKeyId: string
  readonly secret: string
  readonly token: string
  /** Milliseconds since 1970. */
  readonly expires: number
}

/** A role, as far as those see it who may assume it. */
export interface RoleView {
  readonly name: string
  /** Milliseconds since 1970. */
  readonly created: number
  /** The longest time for which it is assumed, in seconds. */
  readonly duration: number
  readonly externalId?: string
}

/** An access key of the caller's own user. */
export interface OwnKey {
  readonly accessKeyId: string
  readonly status: 'Active' | 'Inactive'
  /** Milliseconds since 1970. */
  readonly created: number
}

/** The credentials of a caller, and the keys of the caller's user. */
export interface Identity {
  readonly signer: Signer
  /**
   * Makes temporary credentials that end with the caller's key.
   * @throws Ec2Error MalformedPolicyDocument, PackedPolicyTooLarge; InvalidClientTokenId where the key has ended meanwhile
   */
  issue(wish: SessionWish): Promise<IssuedSession>
  /** The role of a name, if the operator defined it and the caller may assume it. */
  role(name: string): Promise<RoleView | undefined>
  /** The keys of the caller's user, in the order of their ids. */
  keys(): Promise<readonly OwnKey[]>
  /** The day on which a key was last used, such as `2026-11-23`; undefined before the first. */
  lastUsed(accessKeyId: string): Promise<string | undefined>
}

/** What the caller may do with the keys of the own user; each is done by itself, in turn. */
export interface KeyChanges {
  /** A key that may do what the caller's key may, and as long. @throws Ec2Error LimitExceeded */
  create(): Promise<OwnKey & { readonly secret: string }>
  /** @throws Ec2Error NoSuchEntity, LimitExceeded, AccessDenied for what the operator has disabled */
  setStatus(accessKeyId: string, status: OwnKey['status']): Promise<void>
  /** @throws Ec2Error NoSuchEntity */
  delete(accessKeyId: string): Promise<void>
}

/** Who it is that has signed: the user, or what temporary credentials make of it. */
export function callerArn(account: Account, { session }: Signer): string {
  const { kind, name = '', role } = session ?? {}
  if (kind === 'federated') return federatedArn(account, name)
  return role ? assumedArn(account, role.name, name) : userArn(account)
}

/** AWS's form of the id of {@link callerArn}. */
export function callerId(account: Account, { session }: Signer): string {
  const { kind, name = '', role } = session ?? {}
  if (kind === 'federated') return `${account.id}:${name}`
  return role ? assumedId(role, name) : userId(account)
}

export const federatedArn = ({ id }: Account, name: string) => `arn:aws:sts::${id}:federated-user/${name}`

export const assumedArn = ({ id }: Account, role: string, session: string) =>
  `arn:aws:sts::${id}:assumed-role/${role}/${session}`

/** Long-lived, and another one for a role that is defined anew. */
export const assumedId = ({ created }: { readonly created: number }, session: string) =>
  `AROA${created.toString(36).toUpperCase().padStart(17, '0')}:${session}`
