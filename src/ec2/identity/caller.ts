// Who is calling, as STS and IAM tell it: the user behind the access key.
import type { GetUserRequest, GetUserResponse, User } from '@aws-sdk/client-iam'
import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts'
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import { userArn, userId } from '../core/account.ts'
import type { Context } from '../core/context.ts'

/** @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export async function getCallerIdentity(_: object, { account }: Context): Promise<GetCallerIdentityResponse> {
  return { Account: account.id, UserId: userId(account), Arn: userArn(account) }
}

/** OpenNebula does not keep since when a user is there. */
const UNKNOWN_DATE = new Date(0)

/**
 * The caller, who is the only user of the account.
 * @throws Ec2Error NoSuchEntity for any other
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html
 */
export async function getUser({ UserName }: GetUserRequest, { account }: Context): Promise<GetUserResponse> {
  const { name } = account.user
  if (UserName !== undefined && UserName !== name) {
    throw new Ec2Error('NoSuchEntity', `The user with name ${excerpt(UserName)} cannot be found.`)
  }
  const User: User = {
    Path: '/',
    UserName: name,
    UserId: userId(account),
    Arn: userArn(account),
    CreateDate: UNKNOWN_DATE,
  }
  return { User }
}
