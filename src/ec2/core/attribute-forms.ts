// What a Modify…Attribute may set: one attribute, in the form of today or in that of old clients, and never both.
import { combination, invalid, missing } from '../../protocol/complaints.ts'
import type { Ec2Error } from '../../protocol/errors.ts'
import type { PermissionChanges } from '../disk-images/sharing.ts'

export const noAttributes = (): Ec2Error => combination('No attributes specified.')

/** For two attributes, and for two values of one: which of them is meant nobody can tell. */
export const severalAttributes = (): Ec2Error => combination('Fields for multiple attribute types specified')

/** How old clients change permissions: what is to be done, and with whom. */
interface OldPermissions {
  readonly OperationType?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
}

/**
 * The changes of permissions, in whichever form they were sent; undefined where none were. Names of groups are not
 * looked at.
 *
 * @throws Ec2Error InvalidParameterCombination for both forms, MissingParameter, InvalidParameterValue
 */
export function permissionChanges(
  changes: PermissionChanges | undefined,
  { OperationType, groups = [], users = [] }: OldPermissions,
): PermissionChanges | undefined {
  // `all` is the one group that there is; what it is compared with later is the text that came
  const named = [...groups.map(Group => ({ Group: Group as 'all' })), ...users.map(UserId => ({ UserId }))]
  if (OperationType === undefined && named.length === 0) return changes
  if (changes) throw severalAttributes()
  if (OperationType === undefined) throw missing('OperationType')
  if (OperationType === 'add') return { Add: named }
  if (OperationType === 'remove') return { Remove: named }
  throw invalid('operationType', OperationType)
}
