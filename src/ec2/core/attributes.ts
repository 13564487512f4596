// Every attribute that EC2 keeps on OpenNebula objects, in one table: what stands there that OpenNebula does not know.
//
// From it follow what is read of an object and in which bounds, what may be written on it, what a copy must not have of its
// original (attribute-names.ts), and docs/attributes.md. A codec is registered for a name of it (record.ts), and has the
// fields of a record where its resource is. Names that hold a number have `n` for it. OpenNebula's own are not its business.
import { type Limit, limits } from '../../limits.ts'
import type { Kind } from '../../opennebula/calls/common.ts'

/**
 * What an attribute can be on: an object, or a vector of a VM's: one of its disks, a rule of one of its groups, or what its
 * guest is told.
 */
export type Place = Kind | 'disk' | 'rule' | 'context'

/** How a value is written, and in how many characters it counts. */
export interface FormRow {
  readonly how: string
  /** A longer value counts as absent. */
  readonly most: Limit
  /** What is read in place of a longer one, where to take it for absent would be wrong. */
  readonly instead?: string
}

export const forms = {
  record: { how: 'base64 of JSON, validated field by field', most: limits.storedRecord },
  longRecord: { how: 'base64 of JSON, validated field by field', most: limits.storedSecurityGroup },
  item: { how: 'base64 of JSON, validated field by field', most: limits.storedItem },
  tags: { how: 'base64 of JSON, `[["key", "value"], …]`', most: limits.storedTags },
  // Too many to be read must not be taken for none, and written over
  keyPairs: { how: 'base64 of JSON, by the names of the pairs', most: limits.documentKeyPairs, instead: 'too long' },
  id: { how: '`<id>:<seal>`, a keyed check over id, owner and number of the object', most: limits.documentValue },
  mark: { how: '`YES`', most: limits.documentValue },
  note: { how: 'one of a few words', most: limits.documentValue },
  text: { how: 'as it is', most: limits.documentValue },
  seconds: { how: 'digits, since 1970', most: limits.documentValue },
  vectors: { how: '`[NAME="value",…]`, once or many times', most: limits.documentValue },
} as const satisfies Readonly<Record<string, FormRow>>
export type Form = keyof typeof forms

export interface AttributeRow {
  readonly on: readonly Place[]
  readonly form: Form
  /** False where it is for guests alone. */
  readonly read?: false
  /** What econe wrote there, where that is read as well and is not the same. */
  readonly econe?: string
  /** The release of ours that wrote it first; `econe` where it is a word of econe's. */
  readonly since: 'econe' | '0.1.0'
  /** One sentence. */
  readonly what: string
}

export const attributes = {
  EC2_ID: { on: ['vm', 'image', 'document'], form: 'id', since: '0.1.0', what: 'The id that was minted for it.' },
  EC2_TAGS: {
    on: ['vm', 'image', 'vn', 'secgroup', 'document'],
    form: 'tags',
    econe: '`EC2_TAGS=[KEY="value"]`, with its keys in capitals',
    since: 'econe',
    what: 'Tags of the instance, AMI, volume, snapshot, address, network interface, subnet, security group or item.',
  },
  EC2_GOAL: {
    on: ['vm', 'image', 'vn'],
    form: 'note',
    since: '0.1.0',
    what: 'What is to become of it, for every location to see.',
  },
  EC2_INSTANCE: { on: ['vm'], form: 'record', since: '0.1.0', what: 'What only EC2 knows of an instance.' },
  EC2_INSTANCE_TYPE: {
    on: ['vm', 'template'],
    form: 'text',
    since: 'econe',
    what: "The operator's name for a template as an instance type, which its VMs have as well.",
  },
  EC2_CLIENT_TOKEN: {
    on: ['vm'],
    form: 'text',
    since: 'econe',
    what: "The client token of econe's launches; ours is in the record.",
  },
  EC2_ADDRESS_MOVED: {
    on: ['vm'],
    form: 'seconds',
    since: '0.1.0',
    what: 'When an address was last moved to the instance or away from it.',
  },
  EC2_DISK_n: {
    on: ['vm'],
    form: 'record',
    since: '0.1.0',
    what: 'What only EC2 knows of a volume that ends with its instance, by the number of the disk.',
  },
  EC2_DISK_n_TAGS: { on: ['vm'], form: 'tags', since: '0.1.0', what: 'Its tags.' },
  EC2_DISK_n_DETACH: {
    on: ['vm'],
    form: 'record',
    since: '0.1.0',
    what: 'That a disk is on its way out of the instance.',
  },
  EC2_NIC_n: {
    on: ['vm'],
    form: 'record',
    since: '0.1.0',
    what: 'What only EC2 knows of a network interface that ends with its instance, by its number.',
  },
  EC2_NIC_n_TAGS: { on: ['vm'], form: 'tags', since: '0.1.0', what: 'Tags of a network interface, by its number.' },
  EC2_VOLUME_ID: { on: ['disk'], form: 'text', since: '0.1.0', what: 'The id of the volume that the disk is.' },
  EC2_DEVICE: {
    on: ['disk'],
    form: 'text',
    since: '0.1.0',
    what: 'The device, as the caller wrote it who attached the volume.',
  },
  EC2_ATTACH_TIME: { on: ['disk'], form: 'seconds', since: '0.1.0', what: 'When the volume was attached.' },
  EC2_KEYNAME: {
    on: ['context'],
    form: 'text',
    since: 'econe',
    what: "The key pair of econe's launches; ours is in the record.",
  },
  EC2_PUBLIC_KEY: {
    on: ['context'],
    form: 'text',
    read: false,
    since: 'econe',
    what: 'The public key, for images that were made for econe.',
  },
  EC2_INSTANCE_ID: {
    on: ['context'],
    form: 'text',
    read: false,
    since: 'econe',
    what: 'The id of the instance, for the same.',
  },
  EC2_USER_DATA: { on: ['context'], form: 'text', since: 'econe', what: 'User data in base64, for the same.' },
  EC2_AMI: { on: ['image'], form: 'mark', since: 'econe', what: 'An image with it is an AMI.' },
  EC2_IMAGE: { on: ['image'], form: 'record', since: '0.1.0', what: 'What only EC2 knows of an AMI.' },
  EBS_VOLUME: { on: ['image'], form: 'mark', since: 'econe', what: 'An image with it is a volume.' },
  EC2_VOLUME: { on: ['image'], form: 'record', since: '0.1.0', what: 'What only EC2 knows of a volume.' },
  EC2_HOTPLUG: {
    on: ['image'],
    form: 'record',
    since: '0.1.0',
    what: 'What is under way between a volume and an instance.',
  },
  EBS: {
    on: ['image'],
    form: 'vectors',
    since: 'econe',
    what: 'Where econe attached a volume, and when; ours is on the disk.',
  },
  EBS_SNAPSHOT: { on: ['image'], form: 'mark', since: 'econe', what: 'An image with it is a snapshot.' },
  EC2_SNAPSHOT: { on: ['image'], form: 'record', since: '0.1.0', what: 'What only EC2 knows of a snapshot.' },
  EC2_SNAPSHOT_ID: {
    on: ['image'],
    form: 'id',
    since: '0.1.0',
    what: "The id of the snapshot that an AMI's image is besides.",
  },
  EC2_SNAPSHOT_TAGS: { on: ['image'], form: 'tags', since: '0.1.0', what: 'The tags of that snapshot.' },
  EC2_IMPORT_TAGS: {
    on: ['image'],
    form: 'tags',
    since: '0.1.0',
    what: 'The tags of the task that an AMI or a snapshot was imported by.',
  },
  EC2_CAPTURE: {
    on: ['image'],
    form: 'note',
    since: '0.1.0',
    what: 'Of what stands in for an AMI or a snapshot until the disk of its instance is saved: how that stands.',
  },
  EC2_PARTS: {
    on: ['image'],
    form: 'note',
    since: '0.1.0',
    what: "How it stands with the snapshots of a copied AMI's other disks, until they are there.",
  },
  EC2_LENT: {
    on: ['image'],
    form: 'note',
    since: '0.1.0',
    what: 'Whom a snapshot is for by itself, where AMIs that it is a disk of are for more.',
  },
  EC2_ADDRESS: { on: ['vn'], form: 'record', since: '0.1.0', what: 'What only EC2 knows of an address.' },
  EC2_ADDRESSES: {
    on: ['vn'],
    form: 'vectors',
    since: 'econe',
    what: 'The addresses that econe gave to users out of the network.',
  },
  EC2_SUBNET: {
    on: ['vn'],
    form: 'record',
    since: '0.1.0',
    what: 'What only EC2 knows of a subnet, on a network that the account has of its own.',
  },
  EC2_INTERFACE: {
    on: ['vn'],
    form: 'record',
    since: '0.1.0',
    what: 'What only EC2 knows of a network interface with an address of its own, and where it is attached.',
  },
  EC2_SECURITY_GROUP: {
    on: ['secgroup'],
    form: 'longRecord',
    since: '0.1.0',
    what: 'Name, description and rules of a security group, from which the RULE lines follow.',
  },
  EC2_RULE_TAGS: { on: ['secgroup'], form: 'longRecord', since: '0.1.0', what: 'The tags of its rules.' },
  EC2_NAME: {
    on: ['rule'],
    form: 'text',
    since: '0.1.0',
    what: 'Its name, on a RULE that lets nothing pass: OpenNebula copies it into the VMs, which show it.',
  },
  EC2_ITEM: { on: ['document'], form: 'item', since: '0.1.0', what: 'What is kept of an item, and in which form.' },
  EC2_KEYPAIRS: {
    on: ['user'],
    form: 'keyPairs',
    econe: '`fingerprint` and `public_key` of each pair alone',
    since: 'econe',
    what: "All key pairs of the account, in a form that econe's users can go on reading.",
  },
} as const satisfies Readonly<Record<string, AttributeRow>>
