// The tags of instances: an attribute of the VM.
import type { Vm } from '../../opennebula/documents.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { instanceSource } from './find.ts'
import { isInstance, viewInstance } from './view.ts'

export const instanceTags: Taggable = {
  change: changeOnObjects<Vm>(instanceSource, { kind: 'vm', attributes: vm => vm.USER_TEMPLATE }),
  listed: {
    vm(vm, context) {
      if (!isInstance(vm, context)) return []
      const { id, tags } = viewInstance(vm, context)
      return [{ id, tags }]
    },
  },
}
