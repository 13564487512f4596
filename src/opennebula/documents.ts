// The OpenNebula documents that EC2 needs, and what of each is read. Sizes are in MiB, times in seconds since 1970.
import { limits } from '../limits.ts'
import { type DocumentOf, documentType } from './xml/document-type.ts'
import {
  amount,
  attributes,
  flag,
  int,
  ints,
  many,
  numbered,
  optionalAmount,
  optionalDecimal,
  optionalInt,
  optionalText,
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
const common = { ID: int, UID: int, GID: int, UNAME: text, GNAME: text, NAME: text, PERMISSIONS: permissions }

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
  /** What was written beside OpenNebula's own attributes when the disk was attached; the time is in seconds. */
  EC2_VOLUME_ID: optionalText,
  EC2_DEVICE: optionalText,
  EC2_ATTACH_TIME: optionalAmount,
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
  ATTACH: flag,
}

const nicAlias = {
  ...nic,
  PARENT: optionalText,
  PARENT_ID: optionalInt,
  /** The network that the alias's own network was reserved from. */
  PARENT_NETWORK_ID: optionalInt,
  EXTERNAL: flag,
}

/** A virtual machine, as `one.vm.info` and the extended pools have it. */
export const VM = documentType('VM', {
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
    DISK: many(disk),
    NIC: many(nic),
    NIC_ALIAS: many(nicAlias),
    /** Of groups that the facade made, one rule has the name that EC2 knows. */
    SECURITY_GROUP_RULE: many({ SECURITY_GROUP_ID: int, SECURITY_GROUP_NAME: optionalText, EC2_NAME: optionalText }),
    /** Of what the guest is told, the part that EC2 shows: the rest is long, and read for nothing. */
    CONTEXT: {
      TARGET: optionalText,
      EC2_KEYNAME: optionalText,
      EC2_USER_DATA: optionalText,
      USER_DATA: optionalText,
      USER_DATA_ENCODING: optionalText,
    },
  },
  USER_TEMPLATE: attributes(
    'EC2_ADDRESS_MOVED',
    'EC2_CLIENT_TOKEN',
    'EC2_GOAL',
    'EC2_ID',
    'EC2_INSTANCE',
    'EC2_INSTANCE_TYPE',
    'EC2_TAGS',
    // Of disks that end with the VM, by their numbers: what EC2 knows of them, and their tags
    numbered('EC2_DISK_', ''),
    numbered('EC2_DISK_', '_TAGS'),
    // Of any of its disks: that it is on its way out
    numbered('EC2_DISK_', '_DETACH'),
    // Of its interfaces
    numbered('EC2_NIC_', '_TAGS'),
  ),
})
export type Vm = DocumentOf<typeof VM>
export type Disk = Vm['TEMPLATE']['DISK'][number]
export type Nic = Vm['TEMPLATE']['NIC'][number]

/** An image; the pool has the same. */
export const IMAGE = documentType('IMAGE', {
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
  TEMPLATE: attributes(
    'ARCH',
    'ARCHITECTURE',
    'DESCRIPTION',
    'DEV_PREFIX',
    'EBS',
    'EBS_SNAPSHOT',
    'EBS_VOLUME',
    'EC2_AMI',
    'EC2_CAPTURE',
    'EC2_GOAL',
    'EC2_HOTPLUG',
    'EC2_ID',
    'EC2_IMAGE',
    'EC2_LENT',
    'EC2_PARTS',
    'EC2_SNAPSHOT',
    'EC2_SNAPSHOT_ID',
    'EC2_SNAPSHOT_TAGS',
    'EC2_TAGS',
    'EC2_VOLUME',
    'SAVED_IMAGE_ID',
  ),
})
export type Image = DocumentOf<typeof IMAGE>

/** A VM template. */
export const VMTEMPLATE = documentType('VMTEMPLATE', {
  ...common,
  REGTIME: amount,
  TEMPLATE: attributes('CONTEXT', 'CPU', 'DISK', 'EC2_INSTANCE_TYPE', 'MEMORY', 'NIC', 'NIC_ALIAS', 'VCPU'),
})
export type VmTemplate = DocumentOf<typeof VMTEMPLATE>

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
export const VNET = documentType('VNET', {
  ...common,
  CLUSTERS: idList,
  STATE: optionalInt,
  PARENT_NETWORK_ID: optionalInt,
  USED_LEASES: amount,
  TEMPLATE: attributes('EC2_ADDRESS', 'EC2_ADDRESSES', 'EC2_GOAL', 'EC2_TAGS', 'SECURITY_GROUPS'),
  AR_POOL: { AR: many(addressRange) },
})
export type Network = DocumentOf<typeof VNET>

/** A security group; its rules are the RULE vectors of the template. */
export const SECURITY_GROUP = documentType('SECURITY_GROUP', {
  ...common,
  UPDATED_VMS: idList,
  OUTDATED_VMS: idList,
  UPDATING_VMS: idList,
  ERROR_VMS: idList,
  TEMPLATE: attributes('EC2_TAGS', 'EC2_RULE_TAGS', 'EC2_SECURITY_GROUP', 'RULE'),
})
export type SecurityGroup = DocumentOf<typeof SECURITY_GROUP>

/** A document: of a type that whoever made it has chosen. */
export const DOCUMENT = documentType('DOCUMENT', {
  ...common,
  TYPE: int,
  TEMPLATE: attributes('EC2_ID', 'EC2_ITEM', 'EC2_TAGS'),
})
export type Document = DocumentOf<typeof DOCUMENT>

/** A user, without the password hash. */
export const USER = documentType('USER', {
  ID: int,
  GID: int,
  GROUPS: idList,
  GNAME: text,
  NAME: text,
  ENABLED: flag,
  // One that is too long to be read must not be taken for none, and written over
  TEMPLATE: attributes({ name: 'EC2_KEYPAIRS', most: limits.documentKeyPairs.most, instead: 'too long' }),
})
export type User = DocumentOf<typeof USER>

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

/** A datastore. TYPE: 0 images, 1 system, 2 files. */
export const DATASTORE = documentType('DATASTORE', {
  ...common,
  TYPE: int,
  CLUSTERS: idList,
  TOTAL_MB: optionalAmount,
  FREE_MB: optionalAmount,
})
export type Datastore = DocumentOf<typeof DATASTORE>
