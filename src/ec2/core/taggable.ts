// How resources carry their tags: where CreateTags writes them, and in which documents DescribeTags finds them.
import { type Kind, merge, type WriteCall } from '../../opennebula/calls/common.ts'
import type { Document, Image, Network, SecurityGroup, User, Vm } from '../../opennebula/documents.ts'
import type { Attributes } from '../../opennebula/xml/attributes.ts'
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { Context } from './context.ts'
import { find, type Source } from './find.ts'
import type { Identified } from './ids.ts'
import { decodeTagsOf, encodeTags } from './record.ts'
import type { Resource } from './resource.ts'
import { checkCount, type Tags } from './tags.ts'

export type TagChange = (tags: Tags) => Tags

/** A call that changes the tags of a resource. */
export interface TagCall {
  /** The id that the resource is shown under. */
  readonly id: string
  readonly call: WriteCall
}

/** The documents that DescribeTags reads, by the kinds of their objects. */
export interface TaggedDocuments {
  readonly vm: Vm
  readonly image: Image
  readonly user: User
  readonly vn: Network
  readonly secgroup: SecurityGroup
  readonly document: Document
}

/** What of a document has tags. */
export interface Tagged {
  readonly id: string
  readonly tags: Tags
}

/** What tags there are of a kind of resource, in each kind of document that has some. */
export type TagsIn = {
  readonly [D in keyof TaggedDocuments]?: (document: TaggedDocuments[D], context: Context) => Tagged[]
}

/** How resources of a kind carry their tags. */
export interface Taggable {
  /** How to change the tags of these resources. @throws Ec2Error where one does not exist or is another's */
  readonly change: (ids: readonly string[], change: TagChange, context: Context) => Promise<readonly TagCall[]>
  /** The lock under which they change, besides that of each resource's tags. */
  readonly lock?: string
  readonly listed: TagsIn
}

/** A kind of resource, as the table of all has it. */
export interface ResourceRow {
  readonly resource: Resource
  /** Absent where it has no tags. */
  readonly tags?: Taggable
}

/** All kinds of resources, handed down to what is about any of them. */
export type ResourceTable = readonly ResourceRow[]

type TagsAttribute = 'EC2_TAGS' | 'EC2_SNAPSHOT_TAGS'

/** Resources that are OpenNebula objects: the tags are an attribute of the object. */
export const changeOnObjects =
  <T>(
    source: (context: Context) => Source<T>,
    object: {
      readonly kind: Kind
      readonly attributes: (object: T) => Attributes<TagsAttribute>
      /** Which of them holds the tags; `EC2_TAGS` where absent. */
      readonly holder?: (object: T) => TagsAttribute
    },
  ): Taggable['change'] =>
  async (ids, change, context) => {
    const { resource, identify } = source(context)
    const found = await find(source(context), ids, context)
    return found.map(each => {
      checkOwn(identify(each), context)
      const holder = object.holder?.(each) ?? 'EC2_TAGS'
      const tags = checkCount(change(decodeTagsOf(object.attributes(each), holder)))
      const call = merge(object.kind, identify(each).ID, { [holder]: encodeTags(tags) })
      return { id: context.mint.idOf(resource, identify(each)), call }
    })
  }

function checkOwn({ UID }: Identified, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorizedOperation()
}
