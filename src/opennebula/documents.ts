// The documents of OpenNebula that are used, and what of each is read. Sizes are in MiB, times in seconds since 1970.
//
// Of what stands on an object besides OpenNebula's own, that is read which whoever makes the type asks for by name.
import { type DocumentOf, documentType } from './xml/document-type.ts'
import {
  amount,
  attributes,
  type Declared,
  flag,
  int,
  ints,
  many,
  optionalAmount,
  optionalDecimal,
  optionalInt,
  optionalText,
  type Shape,
  text,
} from './xml/shape.ts'

const permissions = {
  OWNER_U: flag,
  OWNER_M: flag,
  OWNER_A: flag,
  GROUP_U: flag,
  GROUP_M: flag,
  GROUP_A: flag,
  OTHER_U: flag,
  OTHER_M: flag,
  OTHER_A: flag,
}

/** What every object has. */
export const common = { ID: int, UID: int, GID: int, UNAME: text, GNAME: text, NAME: text, PERMISSIONS: permissions }

/** Remembered as a whole: nothing in it differs every time. */
const PLAIN = { volatile: [] }

const idList = { ID: many(int) }

const disk = {
  DISK_ID: int,
  /** Absent for volatile disks. */
  IMAGE_ID: optionalInt,
  IMAGE: optionalText,
  DATASTORE_ID: optionalInt,
  SIZE: optionalAmount,
  /** Of the image, where the disk was made another size. */
  ORIGINAL_SIZE: optionalAmount,
  TARGET: optionalText,
  DEV_PREFIX: optionalText,
  TYPE: optionalText,
  PERSISTENT: flag,
  READONLY: flag,
  /** On its way in or out. */
  ATTACH: flag,
}

const nic = {
  NIC_ID: int,
  NAME: optionalText,
  NETWORK_ID: optionalInt,
  NETWORK: optionalText,
  IP: optionalText,
  IP6: optionalText,
  IP6_GLOBAL: optionalText,
  IP6_ULA: optionalText,
  MAC: optionalText,
  SECURITY_GROUPS: ints,
  /** The network that its own was reserved from. */
  PARENT_NETWORK_ID: optionalInt,
  ATTACH: flag,
}

const nicAlias = {
  ...nic,
  PARENT: optionalText,
  PARENT_ID: optionalInt,
  EXTERNAL: flag,
}

/** Of what the guest is told, the part that is read: the rest is long, and read for nothing. */
const guestContext = { TARGET: optionalText, USER_DATA: optionalText, USER_DATA_ENCODING: optionalText }

/** What is read of a VM besides OpenNebula's own: on itself, on its disks, in the rules of its groups, in what its guest is told. */
interface BesidesOnVm<D extends Declared, OnDisk extends Shape, OnRule extends Shape, InContext extends Shape> {
  readonly declared: readonly D[]
  readonly disk: OnDisk
  readonly rule: OnRule
  readonly context: InContext
}

/** A virtual machine, as `one.vm.info` and the extended pools have it. */
export const vmType = <D extends Declared, OnDisk extends Shape, OnRule extends Shape, InContext extends Shape>(
  besides: BesidesOnVm<D, OnDisk, OnRule, InContext>,
) =>
  documentType(
    'VM',
    {
      ...common,
      STATE: int,
      LCM_STATE: int,
      STIME: amount,
      /** 0 until it is DONE. */
      ETIME: amount,
      TEMPLATE: {
        CPU: optionalDecimal,
        VCPU: optionalAmount,
        MEMORY: optionalAmount,
        TEMPLATE_ID: optionalInt,
        DISK: many({ ...disk, ...besides.disk }),
        NIC: many(nic),
        NIC_ALIAS: many(nicAlias),
        SECURITY_GROUP_RULE: many({ SECURITY_GROUP_ID: int, SECURITY_GROUP_NAME: optionalText, ...besides.rule }),
        CONTEXT: { ...guestContext, ...besides.context },
      },
      USER_TEMPLATE: attributes(...besides.declared),
    },
    { volatile: ['LAST_POLL', 'MONITORING'] },
  )

/** An image; the pool has the same. */
export const imageType = <D extends Declared>(...besides: readonly D[]) =>
  documentType(
    'IMAGE',
    {
      ...common,
      TYPE: int,
      STATE: int,
      SIZE: amount,
      PERSISTENT: flag,
      REGTIME: amount,
      DATASTORE_ID: int,
      SOURCE: optionalText,
      /** Where it was imported from: a URL, of which a query part may be a secret. */
      PATH: optionalText,
      FORMAT: optionalText,
      RUNNING_VMS: int,
      CLONING_OPS: int,
      /** The image that this one is being cloned from; -1 when it is none. */
      CLONING_ID: optionalInt,
      VMS: idList,
      CLONES: idList,
      TEMPLATE: attributes('ARCH', 'ARCHITECTURE', 'DESCRIPTION', 'DEV_PREFIX', 'ERROR', 'SAVED_IMAGE_ID', ...besides),
    },
    PLAIN,
  )

/** A VM template. */
export const vmTemplateType = <D extends Declared>(...besides: readonly D[]) =>
  documentType(
    'VMTEMPLATE',
    {
      ...common,
      REGTIME: amount,
      TEMPLATE: attributes(
        'CONTEXT',
        'CPU',
        'DISK',
        'MEMORY',
        'NIC',
        'NIC_ALIAS',
        'SCHED_REQUIREMENTS',
        'VCPU',
        ...besides,
      ),
    },
    PLAIN,
  )

const addressRange = {
  AR_ID: int,
  TYPE: optionalText,
  IP: optionalText,
  MAC: optionalText,
  SIZE: amount,
  IP_END: optionalText,
  USED_LEASES: optionalAmount,
  /**
   * In pools only: for each lease its index, and the number of its owner with a mark for the owner's kind. Of a range
   * with very many leases it is absent.
   */
  ALLOCATED: optionalText,
}

/** A virtual network, or a reservation out of one. */
export const networkType = <D extends Declared>(...besides: readonly D[]) =>
  documentType(
    'VNET',
    {
      ...common,
      CLUSTERS: idList,
      STATE: optionalInt,
      PARENT_NETWORK_ID: optionalInt,
      USED_LEASES: amount,
      TEMPLATE: attributes('NETWORK_ADDRESS', 'NETWORK_MASK', 'SECURITY_GROUPS', ...besides),
      AR_POOL: { AR: many(addressRange) },
    },
    PLAIN,
  )

/** A user, without the password hash. */
export const userType = <D extends Declared>(...besides: readonly D[]) =>
  documentType('USER', {
    ID: int,
    GID: int,
    GROUPS: idList,
    GNAME: text,
    NAME: text,
    ENABLED: flag,
    TEMPLATE: attributes(...besides),
  })

/** A security group; its rules are the RULE vectors of the template. */
export const securityGroupType = <D extends Declared>(...besides: readonly D[]) =>
  documentType(
    'SECURITY_GROUP',
    {
      ...common,
      UPDATED_VMS: idList,
      OUTDATED_VMS: idList,
      UPDATING_VMS: idList,
      ERROR_VMS: idList,
      TEMPLATE: attributes('RULE', ...besides),
    },
    PLAIN,
  )

/** A VM group: which VMs are in it, by roles. */
export const vmGroupType = <D extends Declared>(...besides: readonly D[]) =>
  documentType(
    'VM_GROUP',
    {
      ...common,
      ROLES: { ROLE: many({ NAME: optionalText, POLICY: optionalText, VMS: ints }) },
      TEMPLATE: attributes(...besides),
    },
    PLAIN,
  )

/** A document: of a type that whoever made it has chosen. */
export const keptDocumentType = <D extends Declared>(...besides: readonly D[]) =>
  documentType('DOCUMENT', { ...common, TYPE: int, TEMPLATE: attributes(...besides) }, PLAIN)

/** A user's standing: whether it may act, and as what. */
export const USER_STANDING = documentType('USER', { ID: int, GID: int, GROUPS: idList, NAME: text, ENABLED: flag })

/** A group of users. */
export const GROUP = documentType('GROUP', { ID: int, NAME: text, USERS: idList })
export type Group = DocumentOf<typeof GROUP>

/** What it takes to let a user in. */
export const USER_CREDENTIALS = documentType('USER', {
  ID: int,
  GID: int,
  GROUPS: idList,
  NAME: text,
  /** Hexadecimal SHA-256 of the password, SHA-1 in old installations. */
  PASSWORD: text,
  AUTH_DRIVER: text,
  ENABLED: flag,
})
export type UserCredentials = DocumentOf<typeof USER_CREDENTIALS>

/** What networks are made of by those who may use it. */
export const NETWORK_TEMPLATE = documentType('VNTEMPLATE', { ...common })
export type NetworkTemplate = DocumentOf<typeof NETWORK_TEMPLATE>

/** A cluster of hosts; plain users see none. */
export const CLUSTER = documentType('CLUSTER', { ID: int, NAME: text })
export type Cluster = DocumentOf<typeof CLUSTER>

/** A datastore. TYPE: 0 images, 1 system, 2 files. */
export const DATASTORE = documentType('DATASTORE', {
  ...common,
  TYPE: int,
  /** The driver that fetches its images. */
  DS_MAD: optionalText,
  CLUSTERS: idList,
  TOTAL_MB: optionalAmount,
  FREE_MB: optionalAmount,
  USED_MB: optionalAmount,
  TEMPLATE: attributes('CONVERT', 'DATASTORE_CAPACITY_CHECK', 'DRIVER', 'LIMIT_MB'),
})
export type Datastore = DocumentOf<typeof DATASTORE>
