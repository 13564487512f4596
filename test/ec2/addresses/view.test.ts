// What OpenNebula's networks say of elastic addresses: reservations, leases, notes, and econe's own list.
import { describe, expect, it } from 'vitest'
import { ASSOCIATION, associationId } from '../../../src/ec2/addresses/resource.ts'
import { type AddressAim, writeAim } from '../../../src/ec2/addresses/states.ts'
import {
  associationsOf,
  heldByEcone,
  isAssociated,
  reservedFrom,
  vmsConcerned,
} from '../../../src/ec2/addresses/view.ts'
import { type Network, VM, VNET } from '../../../src/ec2/core/documents.ts'
import { parsePairId } from '../../../src/ec2/core/ids.ts'
import { readDocument } from '../../opennebula/fixtures/document.ts'

const PERMISSIONS = `<PERMISSIONS>${['OWNER', 'GROUP', 'OTHER']
  .flatMap(who => ['U', 'M', 'A'].map(right => `<${who}_${right}>0</${who}_${right}>`))
  .join('')}</PERMISSIONS>`
const COMMON = `<ID>7</ID><UID>2</UID><GID>1</GID><UNAME>helen</UNAME><GNAME>users</GNAME><NAME>x</NAME>${PERMISSIONS}`

interface Parts {
  parent?: string
  template?: string
  ranges?: string
}

const RANGE = '<AR><AR_ID>0</AR_ID><IP>203.0.113.7</IP><SIZE>1</SIZE></AR>'
const leasedTo = (owner: string) => RANGE.replace('</AR>', `<ALLOCATED> 0 ${owner}</ALLOCATED></AR>`)

const network = ({ parent = '1', template = '', ranges = RANGE }: Parts = {}): Network =>
  readDocument(
    `<VNET>${COMMON}<PARENT_NETWORK_ID>${parent}</PARENT_NETWORK_ID><USED_LEASES>0</USED_LEASES>
     <TEMPLATE>${template}</TEMPLATE><AR_POOL>${ranges}</AR_POOL></VNET>`,
    VNET,
  )

describe('a reservation', () => {
  it('of one address of the pool is an elastic address', () => {
    expect(reservedFrom(1, network())).toMatchObject({ ip: '203.0.113.7', lessee: undefined, aim: undefined })
  })

  it.each([
    ['without a pool', undefined, {}],
    ['of another pool', 5, {}],
    ['that is none', 1, { parent: '' }],
    ['of several ranges', 1, { ranges: RANGE + RANGE }],
    ['of several addresses', 1, { ranges: RANGE.replace('<SIZE>1<', '<SIZE>2<') }],
    ['without an IPv4 address', 1, { ranges: RANGE.replace(/<IP>.*<\/IP>/, '') }],
  ])('%s is none', (_, pool, parts) => {
    expect(reservedFrom(pool, network(parts))).toBeUndefined()
  })

  it.each([
    ['68719476737', 1],
    ['68719476736', 0],
    // Held by nobody, leased to a network, leased to a virtual router
    ['73014444031', undefined],
    ['274877906945', undefined],
    ['137438953473', undefined],
  ])('leased to %s is that of VM %s', (owner, lessee) => {
    const address = reservedFrom(1, network({ ranges: leasedTo(owner) }))
    expect(address?.lessee).toBe(lessee)
    expect(address && isAssociated(address)).toBe(lessee !== undefined)
  })
})

describe('what is to become of an address', () => {
  const withGoal = (goal: string) =>
    reservedFrom(1, network({ template: `<EC2_GOAL>${goal}</EC2_GOAL>`, ranges: leasedTo('68719476737') }))

  it.each<[AddressAim, boolean, number[]]>([
    [{ wanted: 'attach', vm: 15, nic: 0 }, true, [15]],
    [{ wanted: 'free' }, false, [1]],
    [{ wanted: 'release' }, false, [1]],
  ])('%o is noted, and counts from then on', (aim, associated, vms) => {
    const address = withGoal(writeAim(aim))
    expect(address?.aim).toEqual(aim)
    expect(address && isAssociated(address)).toBe(associated)
    expect(address && vmsConcerned([address])).toEqual(vms)
  })

  it.each(['', 'attach', 'attach 1', 'attach x 0', 'freed', 'attach 1 2 3'])('%o is no note', text => {
    expect(withGoal(text)).toMatchObject({ aim: undefined, lessee: 1 })
  })
})

it('an association is named by the reservation and the VM', () => {
  expect(parsePairId(ASSOCIATION, associationId(7, 15))).toEqual({ whole: 7, part: 15 })
})

it('a VM’s elastic addresses are its external aliases of reservations', () => {
  const alias = (id: number, members: string) =>
    `<NIC_ALIAS><NIC_ID>${id}</NIC_ID><PARENT_ID>0</PARENT_ID>${members}</NIC_ALIAS>`
  const vm = readDocument(
    `<VM>${COMMON}<STATE>3</STATE><LCM_STATE>3</LCM_STATE><STIME>0</STIME><ETIME>0</ETIME><TEMPLATE>
     ${alias(1, '<NETWORK_ID>9</NETWORK_ID><PARENT_NETWORK_ID>1</PARENT_NETWORK_ID><EXTERNAL>YES</EXTERNAL>')}
     ${alias(2, '<NETWORK_ID>8</NETWORK_ID><PARENT_NETWORK_ID>1</PARENT_NETWORK_ID>')}
     ${alias(3, '<NETWORK_ID>1</NETWORK_ID><EXTERNAL>YES</EXTERNAL>')}
     </TEMPLATE><USER_TEMPLATE/></VM>`,
    VM,
  )
  expect(associationsOf(vm)).toEqual([{ AllocationId: 'eipalloc-00000009', AssociationId: associationId(9, 7) }])
})

describe('econe’s list', () => {
  const entry = (members: string) => `<EC2_ADDRESSES>${members}</EC2_ADDRESSES>`
  const pool = network({
    template: [
      '<IP>203.0.113.1</IP><UID>2</UID><VMID>15</VMID>',
      '<IP>203.0.113.2</IP><UID>2</UID>',
      '<IP>203.0.113.3</IP><UID>3</UID>',
      '<IP>203.0.113.4</IP><UID>2</UID><VMID>fifteen</VMID>',
      '<UID>2</UID>',
    ]
      .map(entry)
      .join(''),
  })

  it('says which addresses are whose, and where they lead', () => {
    expect(heldByEcone(pool, 2)).toEqual([
      { ip: '203.0.113.1', vm: 15 },
      { ip: '203.0.113.2', vm: undefined },
      { ip: '203.0.113.4', vm: undefined },
    ])
    expect(heldByEcone(pool, 3)).toEqual([{ ip: '203.0.113.3', vm: undefined }])
  })

  it('is empty for those who have none, or may not see it', () => {
    expect(heldByEcone(pool, 4)).toEqual([])
    expect(heldByEcone(undefined, 2)).toEqual([])
    expect(heldByEcone(network(), 2)).toEqual([])
  })
})
