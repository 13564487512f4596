// The calls that read objects which hold more than OpenNebula's own, by the types that say what more of them is read.
import type { DocumentType } from '../xml/document-type.ts'
import { documentReads } from './document.ts'
import { imageReads } from './image.ts'
import { securityGroupReads } from './secgroup.ts'
import { templateReads } from './template.ts'
import { userReads } from './user.ts'
import { vmReads } from './vm.ts'
import { vmGroupReads } from './vmgroup.ts'
import { networkReads } from './vn.ts'

interface WithNumber {
  readonly ID: number
}

/** What objects are read as, by their kinds. */
export type Documents = {
  readonly [K in 'vm' | 'image' | 'template' | 'vn' | 'secgroup' | 'user' | 'document' | 'vmgroup']: WithNumber
}

/** The calls for documents of these types. */
export const readsOf = <D extends Documents>(types: { readonly [K in keyof D]: DocumentType<D[K]> }) => ({
  ...vmReads(types.vm),
  ...imageReads(types.image),
  ...templateReads(types.template),
  ...networkReads(types.vn),
  ...securityGroupReads(types.secgroup),
  ...userReads(types.user),
  ...documentReads(types.document),
  ...vmGroupReads(types.vmgroup),
})
export type Reads<D extends Documents> = ReturnType<typeof readsOf<D>>
