// OpenNebula's objects as EC2 reads them: with the attributes of the table that can be on each, and no others.
import { type Documents as AnyDocuments, readsOf } from '../../opennebula/calls/reads.ts'
import {
  imageType,
  keptDocumentType,
  networkType,
  securityGroupType,
  userType,
  vmGroupType,
  vmTemplateType,
  vmType,
} from '../../opennebula/documents.ts'
import type { OneReader as AnyReader, OneWriter as AnyWriter } from '../../opennebula/one.ts'
import type { DocumentOf } from '../../opennebula/xml/document-type.ts'
import { optionalAmount, optionalText } from '../../opennebula/xml/shape.ts'
import { declaredOn, listedOn, type ReadOn } from './attribute-names.ts'
import { attributes } from './attributes.ts'

/** How a member of a vector is read. */
type Member<N extends keyof typeof attributes> = (typeof attributes)[N]['form'] extends 'seconds'
  ? typeof optionalAmount
  : typeof optionalText

type Members<P extends 'disk' | 'rule' | 'context'> = { readonly [N in ReadOn<P>]: Member<N> }

const membersOf = <P extends 'disk' | 'rule' | 'context'>(place: P) =>
  Object.fromEntries(
    listedOn(place).map(name => [name, attributes[name].form === 'seconds' ? optionalAmount : optionalText]),
    // `Member` says the same of each
  ) as Members<P>

/** How objects are read. */
export const VM = vmType({
  declared: declaredOn('vm'),
  disk: membersOf('disk'),
  rule: membersOf('rule'),
  context: membersOf('context'),
})
export const IMAGE = imageType(...declaredOn('image'))
export const VMTEMPLATE = vmTemplateType(...declaredOn('template'))
export const VNET = networkType(...declaredOn('vn'))
export const SECURITY_GROUP = securityGroupType(...declaredOn('secgroup'))
export const USER = userType(...declaredOn('user'))
export const DOCUMENT = keptDocumentType(...declaredOn('document'))
export const VM_GROUP = vmGroupType(...declaredOn('vmgroup'))

export type Vm = DocumentOf<typeof VM>
export type Disk = Vm['TEMPLATE']['DISK'][number]
export type Nic = Vm['TEMPLATE']['NIC'][number]
export type Image = DocumentOf<typeof IMAGE>
export type VmTemplate = DocumentOf<typeof VMTEMPLATE>
export type Network = DocumentOf<typeof VNET>
export type SecurityGroup = DocumentOf<typeof SECURITY_GROUP>
export type User = DocumentOf<typeof USER>
export type Document = DocumentOf<typeof DOCUMENT>
export type VmGroup = DocumentOf<typeof VM_GROUP>

/** What EC2 reads objects as. */
export interface Documents extends AnyDocuments {
  readonly vm: Vm
  readonly image: Image
  readonly template: VmTemplate
  readonly vn: Network
  readonly secgroup: SecurityGroup
  readonly user: User
  readonly document: Document
  readonly vmgroup: VmGroup
}

/** The calls that read them. */
export const reads = readsOf<Documents>({
  vm: VM,
  image: IMAGE,
  template: VMTEMPLATE,
  vn: VNET,
  secgroup: SECURITY_GROUP,
  user: USER,
  document: DOCUMENT,
  vmgroup: VM_GROUP,
})
export const { vm, vmSet, vmPool, image, imagePool, template, templatePool, network, networkPool, user } = reads
export const { document, documentPool, securityGroup, securityGroupPool, vmGroupPool } = reads

/** What can be asked of OpenNebula, and told. */
export type OneReader = AnyReader<Documents>
export type OneWriter = AnyWriter<Documents>
