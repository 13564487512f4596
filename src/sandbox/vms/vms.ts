// VMs: one.vm.* and one.vmpool.*.
import { objectMethods } from '../objects/kinds.ts'
import { bool, int, type MethodTable, method, string } from '../objects/methods.ts'
import { acquireLocked, existing, refuseRestricted } from '../objects/permissions.ts'
import type { ObjectSpec } from '../objects/spec.ts'
import { forgetWritten } from '../objects/written.ts'
import { refused } from '../protocol/errors.ts'
import { parseTemplate, single } from '../protocol/template.ts'
import { EscapedText } from '../protocol/xmlrpc.ts'
import { checkResume } from '../users/quotas.ts'
import type { Vm } from '../world/model.ts'
import { performAction } from './actions.ts'
import { CAPACITY_METHODS } from './capacity.ts'
import { DISK_METHODS } from './disk-methods.ts'
import { createVm, restrictedIn } from './instantiate.ts'
import { NIC_METHODS } from './nic-methods.ts'
import { VM_POOL_METHODS } from './pool.ts'
import { vmDocument } from './vm-xml.ts'
import { change } from './work.ts'

const VM: ObjectSpec<Vm> = {
  name: 'vm',
  pool: world => world.vms,
  updated: vm => vm.userTemplate,
  update: ({ user }, vm, template) => {
    refuseRestricted(user, restrictedIn(template))
    vm.userTemplate = template
  },
  changed: (_, vm) => forgetWritten(vm),
}

const RECOVER_DELETE = 3

export const VM_METHODS: MethodTable = {
  ...objectMethods(VM),
  ...VM_POOL_METHODS,
  ...DISK_METHODS,
  ...NIC_METHODS,
  ...CAPACITY_METHODS,
  'one.vm.info': method([int, bool.or(false)], (call, id) => {
    const vm = acquireLocked(call, call.world.vms, id, 'USE')
    return new EscapedText([vmDocument(call.world, vm, 'whole')])
  }),
  'one.vm.allocate': method([string, bool.or(false)], (call, text, hold) => {
    const template = parseTemplate(text)
    return createVm(call, { name: single(template, 'NAME'), hold, template, fromUser: template }).id
  }),
  'one.vm.action': method([string, int], (call, name, id) => {
    const vm = change(call, id)
    // Before it looks at the state
    if (name === 'resume') checkResume(call.world, vm)
    performAction(call, vm, name)
    return id
  }),
  'one.vm.recover': method([int, int], (call, id, operation) => {
    const vm = change(call, id, 'ADMIN')
    if (operation !== RECOVER_DELETE) throw refused('Wrong recovery operation code')
    performAction(call, existing(call.world.vms, vm.id), 'terminate-hard')
    return id
  }),
}
