// DisassociateAddress: an instance's interface loses its external alias.
import type { DisassociateAddressRequest } from '@aws-sdk/client-ec2'
import { isSettled } from '../../opennebula/states.ts'
import type { ChangeContext, Context } from '../core/context.ts'
import { type Vm, vmSet } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import { parseId, parsePairId } from '../core/ids.ts'
import { notFound } from '../core/resource.ts'
import { merge } from '../core/writes.ts'
import { isInstance } from '../instances/view.ts'
import { checkDomain, checkOneOf, pick, readBook, readBookBeside } from './find.ts'
import { ADDRESSES_LOCK, ASSOCIATION, vmOfPlace } from './resource.ts'
import { noteMove, writeAim } from './states.ts'
import { detachCall, vmsByNumber } from './task.ts'
import { isAssociated, leadingNowhere, placeOf, type Reserved } from './view.ts'

/**
 * Takes an address from its instance. It is shown as free from then on, though OpenNebula may take a moment.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html
 */
export async function disassociateAddress(
  { AssociationId, PublicIp }: DisassociateAddressRequest,
  context: ChangeContext,
): Promise<undefined> {
  checkOneOf('association id', AssociationId, PublicIp)
  await context.hold([ADDRESSES_LOCK], async () => {
    const { address, vm } =
      AssociationId === undefined
        ? await associatedIp(PublicIp ?? '', context)
        : await associatedBy(AssociationId, context)
    const one = context.commit()
    if (!isAssociated(address)) return
    const { ID } = address.network
    const detach = vm && isSettled(vm) ? detachCall(vm, ID) : undefined
    await context.tasks.begin([{ kind: 'address', number: ID, wanted: 'free' }])
    // Where the VM refuses to detach it now, the task goes on until it does
    const [noted] = await one.multicall([
      merge('vn', ID, { EC2_GOAL: writeAim({ wanted: 'free' }), EC2_ADDRESS: leadingNowhere(address) }),
      ...(vm ? [noteMove(vm.ID, context)] : []),
      ...(detach ? [detach] : []),
    ])
    if (noted?.error) throw toEc2Error(noted.error)
  })
}

interface Associated {
  readonly address: Reserved
  /** The VM that has the address at this moment. */
  readonly vm: Vm | undefined
}

async function associatedBy(id: string, context: Context): Promise<Associated> {
  parseId(ASSOCIATION, id)
  const pair = parsePairId(ASSOCIATION, id)
  if (!pair) throw notFound(ASSOCIATION, id)
  const number = vmOfPlace(pair.part)
  const { book, others: vms } = await readBookBeside(context, ...(number === undefined ? [] : [vmSet([number])]))
  const address = book.reserved.find(({ network }) => network.ID === pair.whole)
  if (!address || !isAssociated(address) || placeOf(address) !== pair.part) throw notFound(ASSOCIATION, id)
  return { address, vm: address.at ? await lesseeOf(address, context) : vms.find(vm => isInstance(vm, context)) }
}

/** The VM that has an address at this moment. */
async function lesseeOf({ lessee }: Reserved, context: Context): Promise<Vm | undefined> {
  return lessee === undefined ? undefined : (await vmsByNumber([lessee], context)).get(lessee)
}

/** To disassociate an address that is free is no error: the operation may be repeated. */
async function associatedIp(ip: string, context: Context): Promise<Associated> {
  const address = pick({ PublicIp: ip }, await readBook(context))
  const message = 'You must specify an association id when unmapping an address from a VPC instance'
  checkDomain(address, { PublicIp: ip }, message)
  return { address, vm: await lesseeOf(address, context) }
}
