// Every attribute that EC2 keeps on OpenNebula objects, in one table: what stands there that OpenNebula does not know.
//
// From it follow what is read of an object and in which bounds, what may be written on it, what a copy must not have of its
// original, and docs/attributes.md. A codec is registered for a name of it (see record.ts) and has the fields of a record
// where its resource is. Names that hold a number have `n` for it. OpenNebula's own attributes are not its business.

import { type Limit, limits } from '../../limits.ts'
import type { Kind } from '../../opennebula/calls/common.ts'
import type { Long, Numbered } from '../../opennebula/xml/shape.ts'

/** What an attribute can be on: an object, or a vector of a VM's: one of its disks, or what its guest is told. */
export type Place = Kind | 'disk' | 'context'

/** How a value is written. */
export const forms = {
  record: 'base64 of JSON, validated field by field',
  tags: 'base64 of JSON, `[[key, value], …]`',
  keyPairs: 'base64 of JSON, by the names of the pairs',
  id: '`<id>:<seal>`; the seal is a keyed check over id, owner and the number of the object',
  mark: '`YES`',
  note: 'one of a few words',
  text: 'as it is',
  seconds: 'digits, since 1970',
  vectors: 'vectors of OpenNebula’s, `[NAME="value",…]`',
} as const
export type Form = keyof typeof forms

interface Row {
  readonly on: readonly Place[]
  readonly form: Form
  /** A longer value counts as absent. */
  readonly most: Limit
  /** What is read in place of a longer one, where to take it for absent would be wrong. */
  readonly instead?: string
  /** False where it is for guests alone. */
  readonly read?: false
  /** What econe wrote there, where that is read as well and not the same. */
  readonly econe?: string
  /** The release of ours that wrote it first; `econe` where it is a word of econe's. */
  readonly since: 'econe' | '0.1.0'
  /** One sentence. */
  readonly what: string
}

const { documentKeyPairs, documentValue, storedRecord, storedTags } = limits

export const attributes = {
  EC2_ID: {
    on: ['vm', 'image'],
    form: 'id',
    most: documentValue,
    since: '0.1.0',
    what: 'The id that was minted for it.',
  },
  EC2_TAGS: {
    on: ['vm', 'image', 'vn'],
    form: 'tags',
    most: storedTags,
    econe: '`EC2_TAGS=[KEY="value"]`, with its keys in capitals',
    since: 'econe',
    what: 'Tags of the instance, AMI, volume, snapshot or address.',
  },
  EC2_GOAL: {
    on: ['vm', 'image', 'vn'],
    form: 'note',
    most: documentValue,
    since: '0.1.0',
    what: 'What is to become of it, for every location to see.',
  },
  EC2_INSTANCE: {
    on: ['vm'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of an instance.',
  },
  EC2_INSTANCE_TYPE: {
    on: ['vm', 'template'],
    form: 'text',
    most: documentValue,
    since: 'econe',
    what: "The operator's name for a template as an instance type, which its VMs have as well.",
  },
  EC2_CLIENT_TOKEN: {
    on: ['vm'],
    form: 'text',
    most: documentValue,
    since: 'econe',
    what: "The client token of econe's launches; ours is in the record.",
  },
  EC2_ADDRESS_MOVED: {
    on: ['vm'],
    form: 'seconds',
    most: documentValue,
    since: '0.1.0',
    what: 'When an address was last moved to the instance or away from it.',
  },
  EC2_DISK_n: {
    on: ['vm'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of a volume that ends with its instance, by the number of the disk.',
  },
  EC2_DISK_n_TAGS: {
    on: ['vm'],
    form: 'tags',
    most: storedTags,
    since: '0.1.0',
    what: 'Its tags.',
  },
  EC2_DISK_n_DETACH: {
    on: ['vm'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'That a disk is on its way out of the instance.',
  },
  EC2_NIC_n_TAGS: {
    on: ['vm'],
    form: 'tags',
    most: storedTags,
    since: '0.1.0',
    what: 'Tags of a network interface, by its number.',
  },
  EC2_VOLUME_ID: {
    on: ['disk'],
    form: 'text',
    most: documentValue,
    since: '0.1.0',
    what: 'The id of the volume that the disk is.',
  },
  EC2_DEVICE: {
    on: ['disk'],
    form: 'text',
    most: documentValue,
    since: '0.1.0',
    what: 'The device, as the caller wrote it who attached the volume.',
  },
  EC2_ATTACH_TIME: {
    on: ['disk'],
    form: 'seconds',
    most: documentValue,
    since: '0.1.0',
    what: 'When the volume was attached.',
  },
  EC2_KEYNAME: {
    on: ['context'],
    form: 'text',
    most: documentValue,
    since: 'econe',
    what: "The key pair of econe's launches; ours is in the record.",
  },
  EC2_PUBLIC_KEY: {
    on: ['context'],
    form: 'text',
    most: documentValue,
    read: false,
    since: 'econe',
    what: 'The public key, for images that were made for econe.',
  },
  EC2_INSTANCE_ID: {
    on: ['context'],
    form: 'text',
    most: documentValue,
    read: false,
    since: 'econe',
    what: 'The id of the instance, for the same.',
  },
  EC2_USER_DATA: {
    on: ['context'],
    form: 'text',
    most: documentValue,
    since: 'econe',
    what: 'User data in base64, for the same.',
  },
  EC2_AMI: {
    on: ['image'],
    form: 'mark',
    most: documentValue,
    since: 'econe',
    what: 'An image with it is an AMI.',
  },
  EC2_IMAGE: {
    on: ['image'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of an AMI.',
  },
  EBS_VOLUME: {
    on: ['image'],
    form: 'mark',
    most: documentValue,
    since: 'econe',
    what: 'An image with it is a volume.',
  },
  EC2_VOLUME: {
    on: ['image'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of a volume.',
  },
  EC2_HOTPLUG: {
    on: ['image'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What is under way between a volume and an instance.',
  },
  EBS: {
    on: ['image'],
    form: 'vectors',
    most: documentValue,
    since: 'econe',
    what: 'Where econe attached a volume, and when; ours is on the disk.',
  },
  EBS_SNAPSHOT: {
    on: ['image'],
    form: 'mark',
    most: documentValue,
    since: 'econe',
    what: 'An image with it is a snapshot.',
  },
  EC2_SNAPSHOT: {
    on: ['image'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of a snapshot.',
  },
  EC2_SNAPSHOT_ID: {
    on: ['image'],
    form: 'id',
    most: documentValue,
    since: '0.1.0',
    what: "The id of the snapshot that an AMI's image is besides.",
  },
  EC2_SNAPSHOT_TAGS: {
    on: ['image'],
    form: 'tags',
    most: storedTags,
    since: '0.1.0',
    what: 'The tags of that snapshot.',
  },
  EC2_CAPTURE: {
    on: ['image'],
    form: 'note',
    most: documentValue,
    since: '0.1.0',
    what: 'Of what stands in for an AMI or a snapshot until the disk of its instance is saved: how that stands.',
  },
  EC2_PARTS: {
    on: ['image'],
    form: 'note',
    most: documentValue,
    since: '0.1.0',
    what: "How it stands with the snapshots of a copied AMI's other disks, until they are there.",
  },
  EC2_LENT: {
    on: ['image'],
    form: 'note',
    most: documentValue,
    since: '0.1.0',
    what: 'Whom a snapshot is for by itself, where AMIs that it is a disk of are for more.',
  },
  EC2_ADDRESS: {
    on: ['vn'],
    form: 'record',
    most: storedRecord,
    since: '0.1.0',
    what: 'What only EC2 knows of an address.',
  },
  EC2_ADDRESSES: {
    on: ['vn'],
    form: 'vectors',
    most: documentValue,
    since: 'econe',
    what: 'The addresses that econe gave out of the network; they are not given to others.',
  },
  EC2_KEYPAIRS: {
    on: ['user'],
    form: 'keyPairs',
    most: documentKeyPairs,
    // Must not be taken for none, and written over
    instead: 'too long',
    econe: '`fingerprint` and `public_key` of each pair alone',
    since: 'econe',
    what: "All key pairs of the account, in a form that econe's users can go on reading.",
  },
} as const satisfies Readonly<Record<string, Row>>

type Table = typeof attributes
/** The names of the table, with `n` where there is a number. */
export type Listed = keyof Table

/** A name as it stands on an object. */
export type Named<N extends Listed> = N extends `${infer Prefix}n${infer Suffix}` ? `${Prefix}${number}${Suffix}` : N

/** The listed names that can be on every one of these places, in one of these forms. */
export type ListedOn<P extends Place, F extends Form = Form> = {
  [N in Listed]: [P] extends [Table[N]['on'][number]] ? (Table[N]['form'] extends F ? N : never) : never
}[Listed]

/** The names that can be there. */
export type NameOn<P extends Place, F extends Form = Form> = Named<ListedOn<P, F>>

/** Names that are this table's to give. */
export type Ours = `EC2_${string}` | 'EBS' | `EBS_${string}`

interface Values {
  readonly mark: boolean | ''
  readonly seconds: number | ''
}

/** What may be written for a name; empty text, or undefined with a merge, is how there is none. */
type ValueOf<N> = {
  [L in Listed]: N extends Named<L>
    ? Table[L]['form'] extends keyof Values
      ? Values[Table[L]['form']]
      : string
    : never
}[Listed]

/** Attributes of the table, as they are written on a place. */
export type Written<P extends Place> = { readonly [N in NameOn<P>]?: ValueOf<N> | undefined }

/**
 * What is written on a place, as a type that data has to fit: of the names that are the table's, those that it has there, and
 * OpenNebula's own with whatever OpenNebula takes.
 */
export type Checked<P extends Place, D> = {
  readonly [N in keyof D]: N extends NameOn<P>
    ? ValueOf<N> | undefined
    : N extends Ours
      ? never
      : string extends N
        ? never
        : D[N]
}

/** The name of an attribute that is about the disk or interface of a number. */
export const numberedName = <N extends ListedOn<'vm'>>(listed: N, number: number): Named<N> =>
  // `Named` puts the number in the same place
  listed.replace('n', String(number)) as Named<N>

/** An attribute by a name that is known at run time only: of such a member the compiler itself forgets the name. */
export const named = <N extends string, V>(name: N, value: V) => ({ [name]: value }) as { readonly [X in N]?: V }

/** The listed names that are read on a place. */
export type ReadOn<P extends Place> = {
  [N in ListedOn<P>]: Table[N] extends { readonly read: false } ? never : N
}[ListedOn<P>]

type Declaration<N extends Listed> = N extends `${infer Prefix}n${infer Suffix}` ? Numbered<Prefix, Suffix> : Long<N>

const rows: Readonly<Record<string, Row>> = attributes

/** The same as a list. */
export function listedOn<P extends Place>(place: P): readonly ReadOn<P>[] {
  const names = Object.keys(rows).filter(name => rows[name]?.on.includes(place) && rows[name].read !== false)
  // The filter and the type say the same of the same table
  return names as ReadOn<P>[]
}

/** What is read on a kind of object, as its document type is told. */
export function declaredOn<P extends Place>(place: P): readonly Declaration<ReadOn<P>>[] {
  return listedOn(place).map(name => {
    const { most, instead } = boundsOf(name)
    const [prefix = '', suffix] = name.split('n')
    // A name without a number is in one piece; the type takes it apart in the same way
    return (suffix === undefined ? { name, most, instead } : { prefix, suffix, most }) as Declaration<ReadOn<P>>
  })
}

/** In how many characters a value counts, and what is read in place of a longer one. */
export function boundsOf(listed: Listed): { readonly most: number; readonly instead?: string | undefined } {
  const { most, instead }: Row = attributes[listed]
  return { most: most.most, instead }
}

/** No mark at all: what a copy of an image is to begin with, whatever the image had. An empty attribute is none. */
export const BLANK_MARKS = Object.fromEntries(listedOn('image').map(name => [name, ''])) as {
  readonly [N in ListedOn<'image'>]: ''
}
