// The access keys of the caller's own user, as IAM has them: made, listed, switched off and on, and deleted by whoever holds one.
import type {
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from '@aws-sdk/client-iam'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { breaksRule } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import type { OwnKey } from '../core/identity.ts'
import { checkUser } from './caller.ts'
import { refuseTemporary } from './sessions.ts'

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export async function createAccessKey(
  { UserName }: CreateAccessKeyRequest,
  context: ChangeContext,
): Promise<CreateAccessKeyResponse> {
  refuseTemporary('CreateAccessKey', context.identity)
  checkUser(UserName, context)
  context.commit()
  const { secret, ...key } = await context.keys.create()
  return { AccessKey: { ...shown(key, context), SecretAccessKey: secret } }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccessKeys.html */
export async function listAccessKeys(
  { UserName, Marker = '', MaxItems = limits.identityPageUsual.most }: ListAccessKeysRequest,
  context: Context,
): Promise<ListAccessKeysResponse> {
  checkUser(UserName, context)
  const keys = (await context.identity.keys()).filter(({ accessKeyId }) => accessKeyId > Marker)
  const page = keys.slice(0, MaxItems)
  const last = page.length < keys.length ? page.at(-1) : undefined
  return {
    AccessKeyMetadata: page.map(key => shown(key, context)),
    IsTruncated: last !== undefined,
    ...(last && { Marker: last.accessKeyId }),
  }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html */
export async function updateAccessKey(
  { UserName, AccessKeyId = '', Status }: Partial<UpdateAccessKeyRequest>,
  context: ChangeContext,
): Promise<undefined> {
  refuseTemporary('UpdateAccessKey', context.identity)
  checkUser(UserName, context)
  const status = STATUSES.find(known => known === Status)
  if (!status) throw breaksRule('status', Status ?? '', 'satisfy enum value set: [Active, Inactive]')
  context.commit()
  await context.keys.setStatus(AccessKeyId, status)
}

const STATUSES = ['Active', 'Inactive'] as const

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccessKey.html */
export async function deleteAccessKey(
  { UserName, AccessKeyId = '' }: Partial<DeleteAccessKeyRequest>,
  context: ChangeContext,
): Promise<undefined> {
  refuseTemporary('DeleteAccessKey', context.identity)
  checkUser(UserName, context)
  context.commit()
  await context.keys.delete(AccessKeyId)
}

/** What is not noted, as AWS says it. */
const NOT_KNOWN = 'N/A'

/**
 * The day is known, in UTC, and not for which service it was.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
 */
export async function getAccessKeyLastUsed(
  { AccessKeyId = '' }: Partial<GetAccessKeyLastUsedRequest>,
  { identity, account, settings }: Context,
): Promise<GetAccessKeyLastUsedResponse> {
  const key = (await identity.keys()).find(({ accessKeyId }) => accessKeyId === AccessKeyId)
  if (!key) throw new Ec2Error('NoSuchEntity', `The Access Key with id ${excerpt(AccessKeyId)} cannot be found.`)
  const lastUsed = await identity.lastUsed(AccessKeyId)
  return {
    UserName: account.user.name,
    AccessKeyLastUsed: {
      LastUsedDate: lastUsed === undefined ? undefined : new Date(`${lastUsed}T00:00:00Z`),
      ServiceName: NOT_KNOWN,
      Region: lastUsed === undefined ? NOT_KNOWN : settings.region,
    },
  }
}

const shown = ({ accessKeyId, status, created }: OwnKey, { account }: Context) => ({
  ...{ UserName: account.user.name, AccessKeyId: accessKeyId, Status: status },
  CreateDate: new Date(created),
})
