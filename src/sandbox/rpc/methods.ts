// All methods that run for an authenticated user.
import { DATASTORE_METHODS } from '../images/datastores.ts'
import { IMAGE_METHODS } from '../images/images.ts'
import { MARKETPLACE_METHODS } from '../market/marketplaces.ts'
import { NETWORK_TEMPLATE_METHODS } from '../networks/network-templates.ts'
import { NETWORK_METHODS } from '../networks/networks.ts'
import { SECURITY_GROUP_METHODS } from '../networks/security-groups.ts'
import { DOCUMENT_METHODS } from '../objects/documents.ts'
import type { MethodTable } from '../objects/methods.ts'
import { GROUP_METHODS } from '../users/groups.ts'
import { USER_METHODS } from '../users/users.ts'
import { ACCOUNTING_METHODS } from '../vms/accounting.ts'
import { HOST_METHODS } from '../vms/hosts.ts'
import { MONITORING_METHODS } from '../vms/monitoring.ts'
import { TEMPLATE_METHODS } from '../vms/templates.ts'
import { VM_GROUP_METHODS } from '../vms/vm-groups.ts'
import { VM_METHODS } from '../vms/vms.ts'
import { SYSTEM_METHODS } from './system.ts'

export const ALL_METHODS: MethodTable = {
  ...SYSTEM_METHODS,
  ...USER_METHODS,
  ...GROUP_METHODS,
  ...TEMPLATE_METHODS,
  ...IMAGE_METHODS,
  ...DATASTORE_METHODS,
  ...MARKETPLACE_METHODS,
  ...VM_METHODS,
  ...HOST_METHODS,
  ...MONITORING_METHODS,
  ...ACCOUNTING_METHODS,
  ...VM_GROUP_METHODS,
  ...NETWORK_METHODS,
  ...NETWORK_TEMPLATE_METHODS,
  ...SECURITY_GROUP_METHODS,
  ...DOCUMENT_METHODS,
}
