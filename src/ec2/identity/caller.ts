// Who is calling, as STS and IAM tell it: the user behind the access key.
import type { GetUserRequest, GetUserResponse, User } from '@aws-sdk/client-iam'
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts'
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { userArn, userId } from '../core/account.ts'
import type { Context } from '../core/context.ts'
import { callerArn, callerId } from '../core/identity.ts'

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function getCallerIdentity(
  _: object,
  { account, identity: { signer } }: Context,
): Promise<GetCallerIdentityResponse> {
  return { Account: account.id, UserId: callerId(account, signer), Arn: callerArn(account, signer) }
}

/** The caller is the only user of the account. @throws Ec2Error NoSuchEntity for any other */
export function checkUser(name: string | undefined, { account }: Pick<Context, 'account'>): void {
  if (name === undefined || name === account.user.name) return
  throw new Ec2Error('NoSuchEntity', `The user with name ${excerpt(name)} cannot be found.`)
}

/** OpenNebula does not keep since when a user is there. */
const UNKNOWN_DATE = new Date(0)

/**
 * @throws Ec2Error NoSuchEntity for any but the caller
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 */
export async function getUser({ UserName }: GetUserRequest, { account }: Context): Promise<GetUserResponse> {
  checkUser(UserName, { account })
  const User: User = {
    Path: '/',
    UserName: account.user.name,
    UserId: userId(account),
    Arn: userArn(account),
    CreateDate: UNKNOWN_DATE,
  }
  return { User }
}
