// What of IAM no cloud of OpenNebula has: roles, instance profiles, and names of accounts.
import type {
  GetInstanceProfileRequest,
  GetRoleRequest,
  ListAccountAliasesResponse,
  ListInstanceProfilesResponse,
  ListRolesResponse,
} from '@aws-sdk/client-iam'
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html */
export async function listAccountAliases(): Promise<ListAccountAliasesResponse> {
  return { AccountAliases: [], IsTruncated: false }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html */
export async function listRoles(): Promise<ListRolesResponse> {
  return { Roles: [], IsTruncated: false }
}

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html */
export async function listInstanceProfiles(): Promise<ListInstanceProfilesResponse> {
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
