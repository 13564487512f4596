// Images of OpenNebula's as the tests of what they are to EC2 have them.
import type { Settings } from '../../../src/ec2/core/context.ts'
import type { Image } from '../../../src/ec2/core/documents.ts'
import { IdMint } from '../../../src/ec2/core/ids.ts'
import { IMAGE_STATE, IMAGE_TYPE } from '../../../src/opennebula/states.ts'
import { encoded } from '../../../src/opennebula/xml/template.ts'

const mint = new IdMint(['a secret of tests'], 2)
export const HELEN = { id: '000000000002', user: { id: 2, name: 'helen' } }
export const RIVAL = { id: '000000000003', user: { id: 3, name: 'rival' } }
const settings: Settings = {
  region: 'here',
  regions: [{ name: 'here', hosts: [], aliases: [] }],
  zones: ['here-a'],
  zoneClusters: new Map(),
  datastore: 1,
  addressNetwork: undefined,
  defaultGroup: 'open',
  dnsDomain: 'compute.internal',
  terminatedFor: 0,
  importWithin: 0,
  importHosts: [],
  marketplace: true,
  subnetTemplate: undefined,
  subnetParent: undefined,
  ownHosts: [],
  publicUrl: undefined,
  stagedBytes: 0,
}
export const context = { account: HELEN, mint, settings, now: () => Date.now() }
export const AMI = 'ami-123456789abcdef01'

export const PRIVATE = {
  ...{ OWNER_U: true, OWNER_M: true, OWNER_A: false },
  ...{ GROUP_U: false, GROUP_M: false, GROUP_A: false, OTHER_U: false, OTHER_M: false, OTHER_A: false },
}

/** An image of helen's. */
export const image = (template: Image['TEMPLATE'] = {}, members: Partial<Image> = {}): Image => ({
  ...{ ID: 15, UID: 2, GID: 1, UNAME: 'helen', GNAME: 'users', NAME: 'an image', PERMISSIONS: PRIVATE },
  ...{ TYPE: IMAGE_TYPE.OS, STATE: IMAGE_STATE.READY, SIZE: 1024, PERSISTENT: false, REGTIME: 1_795_419_785 },
  ...{ DATASTORE_ID: 1, SOURCE: undefined, PATH: undefined, FORMAT: 'raw', RUNNING_VMS: 0, CLONING_OPS: 0 },
  ...{ CLONING_ID: -1, VMS: { ID: [] }, CLONES: { ID: [] }, TEMPLATE: template },
  ...members,
})

/** An AMI of hers, with a record. */
export const marked = (record: object = {}, members: Partial<Image> = {}, more: Image['TEMPLATE'] = {}): Image =>
  image(
    { EC2_AMI: 'YES', EC2_ID: mint.attribute(AMI, 2), EC2_IMAGE: encoded(record), ...more },
    { NAME: AMI, ...members },
  )
