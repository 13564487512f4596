// Who a request is made for.

/** An account: an OpenNebula user. */
export interface Account {
  /** Twelve digits: the OpenNebula user id, padded. What EC2 calls OwnerId or Account. */
  readonly id: string
  /** The OpenNebula user. */
  readonly user: { readonly id: number; readonly name: string }
  /** Whether the operator lets the account's key act though the user is in OpenNebula's group 0. */
  readonly allowAdmin?: boolean
}

/** AWS's form of a user id: long-lived, and never given to another user. */
export const userId = ({ user }: Account) => `AIDA${String(user.id).padStart(17, '0')}`

export const userArn = ({ id, user }: Account) => `arn:aws:iam::${id}:user/${user.name}`

/** Twelve digits for an OpenNebula user id. */
export const accountId = (uid: number): string => String(uid).padStart(12, '0')
