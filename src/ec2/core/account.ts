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

/** Twelve digits for an OpenNebula user id. */
export const accountId = (uid: number): string => String(uid).padStart(12, '0')
