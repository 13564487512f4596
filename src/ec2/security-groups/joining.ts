// An open default group that is made: whoever has been in it as far as anybody was told comes into it.
import { WHOSE, type WriteCall } from '../../opennebula/calls/common.ts'
import { attachSecurityGroup, detachSecurityGroup } from '../../opennebula/calls/vm.ts'
import { type Nic, networkPool, securityGroupPool, type Vm, vmPool } from '../core/documents.ts'
import { readTogether } from '../core/multicall.ts'
import { ofAccount } from '../core/one-an-account.ts'
import { LATE_WITHIN, type Pending, type Progress, type TaskKind, type Tools } from '../core/tasks.ts'
import { isOwn } from '../core/trust.ts'
import { vpcsOfMade } from '../subnets/view.ts'
import { VPC } from '../vpcs/resource.ts'
import { isEnding } from './members.ts'
import { ALLOW_ALL } from './resource.ts'
import { JOINING, type JoiningTask } from './task.ts'

/** Finished when nobody is left, and nothing more can come of calls that were on their way when it was made. */
export const joiningTasks: TaskKind<JoiningTask> = { ...JOINING, isAnother: () => true, reconcile, giveUp: () => [] }

async function reconcile(tasks: readonly Pending<JoiningTask>[], tools: Tools): Promise<Progress> {
  const { one, now } = tools
  const own = { whose: WHOSE.OWN } as const
  const question = { groups: [securityGroupPool(own)], vms: [vmPool(own)], networks: [networkPool(own)] }
  const { groups, vms, networks } = await readTogether(one, question)
  const made = vpcsOfMade(networks, tools)
  const vpcOf = ({ NETWORK_ID = -1, PARENT_NETWORK_ID = -1 }: Nic) =>
    made.get(NETWORK_ID) ?? made.get(PARENT_NETWORK_ID) ?? ofAccount(VPC, tools)
  const numbers = new Map(groups.map(({ NAME, ID }) => [NAME, ID]))
  const calls = new Map(
    tasks.map(task => {
      const number = numbers.get(task.group)
      return [
        task,
        number === undefined ? [] : vms.flatMap(vm => callsFor(vm, number, nic => vpcOf(nic) === task.vpc, tools)),
      ] as const
    }),
  )
  await one.multicall([...calls.values()].flat())
  return {
    finished: tasks.filter(task => calls.get(task)?.length === 0 && now() - task.since > LATE_WITHIN),
    begun: [],
  }
}

/** The new group comes before OpenNebula's goes. */
function callsFor(vm: Vm, group: number, isThere: (nic: Nic) => boolean, tools: Tools): WriteCall[] {
  if (!isOwn(vm, tools) || isEnding(vm)) return []
  return vm.TEMPLATE.NIC.filter(nic => isThere(nic) && isInDefault(nic)).flatMap(({ NIC_ID, SECURITY_GROUPS }) => [
    ...(SECURITY_GROUPS.includes(group) ? [] : [attachSecurityGroup(vm.ID, NIC_ID, group)]),
    ...(SECURITY_GROUPS.includes(ALLOW_ALL) ? [detachSecurityGroup(vm.ID, NIC_ID, ALLOW_ALL)] : []),
  ])
}

const isInDefault = ({ SECURITY_GROUPS }: Nic) => SECURITY_GROUPS.length === 0 || SECURITY_GROUPS.includes(ALLOW_ALL)
