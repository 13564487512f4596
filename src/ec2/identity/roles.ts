// What of IAM no cloud of OpenNebula has: roles, instance profiles, and names of accounts.
import type {
  GetInstanceProfileRequest,
  GetRoleRequest,
  ListAccountAliasesRequest,
  ListAccountAliasesResponse,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
  ListRolesRequest,
  ListRolesResponse,
} from '@aws-sdk/client-iam'
import { excerpt } from '../../lib/excerpt.ts'
import { limits } from '../../limits.ts'
import { outOfRange } from '../../protocol/complaints.ts'
import { Ec2Error } from '../../protocol/errors.ts'

/** @throws Ec2Error InvalidParameterValue */
export function checkPage({ MaxItems: size }: { readonly MaxItems?: number | undefined }): void {
  const { most } = limits.identityPage
  if (size !== undefined && (size < 1 || size > most)) throw outOfRange('MaxItems', size, `from 1 to ${most}`)
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
export async function listAccountAliases(input: ListAccountAliasesRequest): Promise<ListAccountAliasesResponse> {
  checkPage(input)
  return { AccountAliases: [], IsTruncated: false }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export async function listRoles(input: ListRolesRequest): Promise<ListRolesResponse> {
  checkPage(input)
  return { Roles: [], IsTruncated: false }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export async function listInstanceProfiles(input: ListInstanceProfilesRequest): Promise<ListInstanceProfilesResponse> {
  checkPage(input)
  return { InstanceProfiles: [], IsTruncated: false }
}

/**
 * @throws Ec2Error NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export async function getRole({ RoleName = '' }: GetRoleRequest): Promise<never> {
  throw new Ec2Error('NoSuchEntity', `The role with name ${excerpt(RoleName)} cannot be found.`)
}

/**
 * @throws Ec2Error NoSuchEntity
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetInstanceProfile.html
 */
export async function getInstanceProfile({ InstanceProfileName = '' }: GetInstanceProfileRequest): Promise<never> {
  throw new Ec2Error('NoSuchEntity', `Instance Profile ${excerpt(InstanceProfileName)} cannot be found.`)
}
