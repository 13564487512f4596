// The tags of instances: an attribute of the VM.
import type { Vm } from '../core/documents.ts'
import { decodeTags } from '../core/stored-tags.ts'
import { changeOnObjects, type Taggable } from '../core/taggable.ts'
import { merge } from '../core/writes.ts'
import { instanceSource } from './find.ts'
import { isInstance, viewInstance } from './view.ts'

export const instanceTags: Taggable = {
  change: changeOnObjects<Vm>(instanceSource, {
    read: vm => decodeTags(vm.USER_TEMPLATE),
    write: (vm, EC2_TAGS) => merge('vm', vm.ID, { EC2_TAGS }),
  }),
  listed: {
    vm(vm, context) {
      if (!isInstance(vm, context)) return []
      const { id, tags } = viewInstance(vm, context)
      return [{ id, tags }]
    },
  },
}
