// What OpenNebula says that a user or a group may use, and uses.
import { type DocumentOf, documentType } from './xml/document-type.ts'
import { decimal, integer } from './xml/numbers.ts'
import { int, Leaf, many, optionalText } from './xml/shape.ts'

/** A limit, or what is used: -1 is the default of all, -2 no limit. */
const share = new Leaf(value => (value === undefined ? undefined : (integer(value) ?? decimal(value))))

/**
 * What may be used, and is, of what a user has or all users of a group together: counts, CPU in shares of hosts' cores, sizes and
 * memory in MiB.
 */
const quotas = {
  VM_QUOTA: {
    VM: many({
      /** The clusters that it is about; absent where it is about all. */
      CLUSTER_IDS: optionalText,
      ...{ VMS: share, VMS_USED: share, RUNNING_VMS: share, RUNNING_VMS_USED: share },
      ...{ CPU: share, CPU_USED: share, RUNNING_CPU: share, RUNNING_CPU_USED: share },
      ...{ MEMORY: share, MEMORY_USED: share, RUNNING_MEMORY: share, RUNNING_MEMORY_USED: share },
    }),
  },
  NETWORK_QUOTA: { NETWORK: many({ ID: int, LEASES: share, LEASES_USED: share }) },
  DATASTORE_QUOTA: {
    DATASTORE: many({ ID: int, IMAGES: share, IMAGES_USED: share, SIZE: share, SIZE_USED: share }),
  },
}

/** Of a user what it may have. */
export const USER_QUOTAS = documentType('USER', { ID: int, ...quotas, DEFAULT_USER_QUOTAS: quotas })
export type UserQuotas = DocumentOf<typeof USER_QUOTAS>

/** The same of a group: what its users may have together. */
export const GROUP_QUOTAS = documentType('GROUP', { ID: int, ...quotas, DEFAULT_GROUP_QUOTAS: quotas })
export type GroupQuotas = DocumentOf<typeof GROUP_QUOTAS>
