// How resources carry their tags: where CreateTags writes them, and in which documents DescribeTags finds them.
import type { WriteCall } from '../../opennebula/calls/common.ts'
import { unauthorizedOperation } from '../../protocol/complaints.ts'
import type { ChangeContext, Context } from './context.ts'
import type { Documents } from './documents.ts'
import { find, type Source } from './find.ts'
import type { Identified } from './ids.ts'
import type { Resource } from './resource.ts'
import { encodeTags } from './stored-tags.ts'
import { checkCount, type Tags } from './tags.ts'

export type TagChange = (tags: Tags) => Tags

/** A call that changes the tags of a resource. */
export interface TagCall {
  /** The id that the resource is shown under. */
  readonly id: string
  /** What comes before, when all is checked. */
  readonly first?: (context: ChangeContext) => Promise<void>
  readonly call: WriteCall
}

/** The documents that DescribeTags reads, by the kinds of their objects. */
export type TaggedDocuments = Pick<Documents, 'vm' | 'image' | 'user' | 'vn' | 'secgroup' | 'document'>

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

/** Resources that are OpenNebula objects: the tags are an attribute of the object. */
export const changeOnObjects =
  <T>(
    source: (context: Context) => Source<T>,
    {
      read,
      write,
    }: {
      readonly read: (object: T) => Tags
      /** @param tags the value of the attribute */
      readonly write: (object: T, tags: string) => WriteCall
    },
  ): Taggable['change'] =>
  async (ids, change, context) => {
    const { resource, identify } = source(context)
    const found = await find(source(context), ids, context)
    return found.map(each => {
      const id = context.mint.idOf(resource, identify(each))
      checkOwn(id, identify(each), context)
      const tags = encodeTags(checkCount(change(read(each))))
      return { id, call: write(each, tags) }
    })
  }

function checkOwn(id: string, { UID }: Identified, { account }: Context): void {
  if (UID !== account.user.id) throw unauthorizedOperation(`Only its owner changes the tags of '${id}'.`)
}
