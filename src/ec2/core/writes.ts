// The calls that write attributes: of the names that are EC2's, those alone that the table has for the object compile.
import * as common from '../../opennebula/calls/common.ts'
import * as documents from '../../opennebula/calls/document.ts'
import * as images from '../../opennebula/calls/image.ts'
import * as groups from '../../opennebula/calls/secgroup.ts'
import * as templates from '../../opennebula/calls/template.ts'
import * as vms from '../../opennebula/calls/vm.ts'
import * as vmGroups from '../../opennebula/calls/vmgroup.ts'
import type { TemplateData, TemplateVector } from '../../opennebula/xml/template.ts'
import type { Checked } from './attribute-names.ts'

/** Sets attributes of an object and keeps the others; a vector is set as a whole, and none can be deleted, only emptied. */
export const merge = <K extends common.Kind, const D extends TemplateData>(
  kind: K,
  id: number,
  data: D & Checked<K, D>,
): common.WriteCall => common.merge(kind, id, data)

/** Sets attributes once more that a checked call has set before. */
export const mergeAgain = (kind: common.Kind, id: number, data: TemplateData): common.WriteCall =>
  common.merge(kind, id, data)

/** Makes an image; answers its id before the import is done. Looks at the URL in PATH first. */
export const allocateImage = <const D extends TemplateData>(
  data: D & Checked<'image', D>,
  datastore: number,
): common.WriteCall => images.allocateImage(data, datastore)

/** Makes a document of a type; answers its id. Another of the same name is no hindrance. */
export const allocateDocument = <const D extends TemplateData>(
  type: number,
  data: D & Checked<'document', D>,
): common.WriteCall => documents.allocateDocument(type, data)

/** Makes a security group; answers its id. */
export const allocateSecurityGroup = <const D extends TemplateData>(
  data: D & Checked<'secgroup', D>,
): common.WriteCall => groups.allocateSecurityGroup(data)

/** Makes a VM group; answers its id. */
export const allocateVmGroup = <const D extends TemplateData>(data: D & Checked<'vmgroup', D>): common.WriteCall =>
  vmGroups.allocateVmGroup(data)

/** Makes a VM; answers its id. DISK, NIC and CONTEXT in `extra` replace those of the template. */
export const instantiate = <const D extends TemplateData>(
  from: Omit<templates.Instantiation, 'extra'>,
  extra: D & Checked<'vm', D>,
): common.WriteCall => templates.instantiate({ ...from, extra })

/** Changes what the guest of a VM is told, and keeps the rest of it. */
export const updateContext = <const D extends TemplateVector>(
  vm: number,
  context: D & Checked<'context', D>,
): common.WriteCall => vms.vmUpdateContext(vm, context)

/** Changes once more what a checked call has changed before. */
export const updateContextAgain = (vm: number, context: TemplateVector): common.WriteCall =>
  vms.vmUpdateContext(vm, context)

/** Attaches a disk to a VM. */
export const attachDisk = <const D extends TemplateVector>(
  vm: number,
  disk: D & Checked<'disk', D>,
): common.WriteCall => vms.attachDisk(vm, { DISK: disk })
