// CreatePlacementGroup and DeletePlacementGroup.
import type {
  CreatePlacementGroupRequest,
  CreatePlacementGroupResult,
  DeletePlacementGroupRequest,
} from '@aws-sdk/client-ec2'
import { remove, WHOSE } from '../../../opennebula/calls/common.ts'
import { combination, invalid, missing, outOfRange } from '../../../protocol/complaints.ts'
import type { ChangeContext } from '../../core/context.ts'
import { vmGroupPool } from '../../core/documents.ts'
import { throwFirst } from '../../core/failures.ts'
import { readTogether } from '../../core/multicall.ts'
import { tagsFor } from '../../core/tags.ts'
import { launchTasks } from '../launch/journal.ts'
import { pickGroup, placementGroups } from './find.ts'
import { groupInUse, PLACEMENT_GROUP, PLACEMENT_LOCK } from './resource.ts'
import { type Group, groupItem, hasMembers, isStrategy, type Strategy, vmGroupOf } from './view.ts'

/** Partitions of a group for which nobody said how many there are, and the most that AWS has. */
const PARTITIONS = { usual: 2, most: 7 }

/**
 * Makes a group: what of it is in OpenNebula is made with its first instance.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreatePlacementGroup.html
 */
export async function createPlacementGroup(
  { GroupName: name = '', Strategy: word = 'cluster', PartitionCount, ...input }: CreatePlacementGroupRequest,
  context: ChangeContext,
): Promise<CreatePlacementGroupResult> {
  if (name === '') throw missing('GroupName')
  if (!/^[ -~]{1,255}$/.test(name)) throw invalid('groupName', name, 'It must be up to 255 ASCII characters.')
  if (!isStrategy(word)) throw invalid('strategy', word, 'Valid strategies are cluster, spread and partition.')
  if (input.SpreadLevel !== undefined && word !== 'spread') {
    throw combination("A spread level can be specified for groups of the strategy 'spread' only.")
  }
  const fields = { strategy: word, partitions: partitionsOf(word, PartitionCount) }
  const tags = tagsFor(PLACEMENT_GROUP.type, input.TagSpecifications)
  const group = await placementGroups.create({ name }, (id): Group => ({ id, name, tags, fields }), context)
  return { PlacementGroup: groupItem(group, context) }
}

function partitionsOf(strategy: Strategy, count: number | undefined): number | undefined {
  if (strategy !== 'partition') {
    if (count === undefined) return undefined
    throw combination("A partition count can be specified for groups of the strategy 'partition' only.")
  }
  const { usual, most } = PARTITIONS
  if (count !== undefined && (count < 1 || count > most)) {
    throw outOfRange('partitionCount', count, `between 1 and ${most}`)
  }
  return count ?? usual
}

/**
 * Deletes a group in which no instance is, and into which none is being launched.
 *
 * OpenNebula would delete a VM group with its members in it. It goes first: a group without one gets another one with its
 * next instance.
 * @throws Ec2Error InvalidPlacementGroup.Unknown, InvalidPlacementGroup.InUse
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeletePlacementGroup.html
 */
export async function deletePlacementGroup(
  { GroupName = '' }: DeletePlacementGroupRequest,
  context: ChangeContext,
): Promise<undefined> {
  if (GroupName === '') throw missing('GroupName')
  return context.hold([PLACEMENT_LOCK], async () => {
    // Those that begin wait for the lock; those that end have their members in OpenNebula before
    const awaited = awaitedGroups(context)
    const found = await readTogether(context.one, {
      items: [placementGroups.pool],
      vmGroups: [vmGroupPool({ whose: WHOSE.OWN })],
    })
    const group = pickGroup({ GroupName }, placementGroups.in(found.items, context))
    const vmGroup = vmGroupOf(group, found.vmGroups, context)
    if ((vmGroup && hasMembers(vmGroup)) || awaited.has(group.id)) throw groupInUse(GroupName)
    const one = context.commit()
    const documents = (group.numbers ?? []).map(number => remove('document', number))
    const outcomes = await one.multicall([...(vmGroup ? [remove('vmgroup', vmGroup.ID)] : []), ...documents])
    // Nothing would find a VM group again that stayed without its group
    if (vmGroup && outcomes[0]?.error) await one.multicall(placementGroups.calls([], [group], context))
    throwFirst(outcomes)
    return undefined
  })
}

/** The groups into which instances are being launched. */
const awaitedGroups = ({ tasks }: ChangeContext): ReadonlySet<string | undefined> =>
  new Set(tasks.of(launchTasks).flatMap(({ placement, committed }) => (committed === undefined ? placement : [])))
