// Who else may use an image or a snapshot, as requests and answers have it: permissions, and changes of them.
import { invalid, missing } from '../../protocol/complaints.ts'
import { severalAttributes } from '../core/attribute-forms.ts'
import type { Sharing } from './sharing.ts'

/** One permission in EC2's answers and requests. */
export interface Permission {
  readonly Group?: 'all' | undefined
  readonly UserId?: string | undefined
}

/** Changes of permissions, in the form of today's requests. */
export interface PermissionChanges {
  readonly Add?: readonly Permission[] | undefined
  readonly Remove?: readonly Permission[] | undefined
}

/** A sharing as answers list it. */
export const permissionList = ({ all, accounts }: Sharing): { Group?: 'all'; UserId?: string }[] => [
  ...(all ? [{ Group: 'all' as const }] : []),
  ...accounts.map(UserId => ({ UserId })),
]

/** The sharing after a change. The owner needs no permission, and is listed all the same where one was given. */
export function changed(before: Sharing, { Add = [], Remove = [] }: PermissionChanges): Sharing {
  const accounts = new Set([...before.accounts, ...accountsIn(Add)])
  for (const gone of accountsIn(Remove)) accounts.delete(gone)
  return { all: (before.all || Add.some(namesAll)) && !Remove.some(namesAll), accounts: [...accounts] }
}

const namesAll = ({ Group }: Permission) => Group === 'all'

const accountsIn = (permissions: readonly Permission[]) => permissions.flatMap(({ UserId }) => UserId ?? [])

/** How old clients change permissions: what is to be done, and with whom. */
interface OldPermissions {
  readonly OperationType?: string | undefined
  readonly groups?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
}

/** Packer says in the old form, without an operation, what it says in the new one. */
const isNamedAgain = (named: readonly Permission[], { Add = [] }: PermissionChanges) =>
  named.every(each => Add.some(added => added.Group === each.Group && added.UserId === each.UserId))

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
  if (OperationType === undefined && (named.length === 0 || (changes && isNamedAgain(named, changes)))) return changes
  if (changes) throw severalAttributes()
  if (OperationType === undefined) throw missing('OperationType')
  if (OperationType === 'add') return { Add: named }
  if (OperationType === 'remove') return { Remove: named }
  throw invalid('operationType', OperationType)
}
