// Who the accounts in a listing are. EC2 knows owners by 12 digits; econe showed the names of users.
import { Failure } from './errors.ts'
import { query, type Session, STS } from './query.ts'

/** Shows an owner: the user's own account by name, everything else as it is. */
export type OwnerNames = (owner: string) => string

/** Asks the endpoint for the user's own account and name; without an answer, owners stay numbers. */
export async function ownerNames(session: Session): Promise<OwnerNames> {
  try {
    const identity = await query(session, 'GetCallerIdentity', {}, STS)
    const account = identity.text('GetCallerIdentityResult/Account')
    const [, name] = /:user\/(.+)$/.exec(identity.text('GetCallerIdentityResult/Arn')) ?? []
    return owner => (owner === account && name !== undefined ? name : owner)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return owner => owner
  }
}
