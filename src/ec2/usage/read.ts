// What an account used, from what OpenNebula has of it: the stays of its VMs, and the images and addresses that there are now.
import type { Span } from '../../lib/days.ts'
import { limits } from '../../limits.ts'
import { stayType } from '../../opennebula/accounting.ts'
import { accounting } from '../../opennebula/calls/vm.ts'
import type { DocumentOf } from '../../opennebula/xml/document-type.ts'
import { reservedFrom } from '../addresses/view.ts'
import type { NameOn } from '../core/attribute-names.ts'
import { type Image, imagePool, type Network, networkPool, type OneReader } from '../core/documents.ts'
import { toEc2Error } from '../core/failures.ts'
import { text } from '../core/fields.ts'
import { plain } from '../core/record.ts'
import type { Used } from '../core/usage.ts'
import { isGoing } from '../disk-images/marks.ts'
import { usedOf } from '../disk-images/used.ts'
import { Tally } from './tally.ts'
import { ofInstances, typeOf } from './types.ts'

const TYPE = 'EC2_INSTANCE_TYPE' satisfies NameOn<'vm'>

const STAY = stayType(TYPE)
type Stay = DocumentOf<typeof STAY>

/** Whose usage it is, and of whom it is asked. */
export interface Question {
  readonly one: OneReader
  /** A user's number, or `WHOSE.OWN`. */
  readonly whose: number
  /** The operator's network of addresses. */
  readonly addressNetwork: number | undefined
  /** Seconds since 1970. */
  readonly now: number
}

export interface FromCloud {
  readonly tally: Tally
  /** The reservations that are addresses of the account now: OpenNebula does not say since when. */
  readonly addresses: readonly number[]
  /** Images that are marked as going, by whomever. */
  readonly going: readonly (Used & { readonly number: number })[]
}

/**
 * Reads it in one request, object by object.
 * @throws Ec2Error
 */
export async function readUsage({ one, whose, addressNetwork, now }: Question, span: Span): Promise<FromCloud> {
  const tally = new Tally({ from: span.from, until: Math.min(span.until, now) })
  const addresses: number[] = []
  const going: (Used & { number: number })[] = []
  try {
    for await (const found of one.stream<Stay | Image | Network>(
      accounting(STAY, whose, span),
      imagePool({ whose }),
      networkPool({ whose }),
    )) {
      if ('RSTIME' in found) addStay(tally, found, now)
      else if ('REGTIME' in found) {
        if (isGoing(found)) going.push({ ...usedOf(found), number: found.ID })
        else addImage(tally, found, now)
      } else if (reservedFrom(addressNetwork, found)) addresses.push(found.ID)
    }
  } catch (error) {
    throw toEc2Error(error)
  }
  return { tally, addresses, going }
}

/** An instance counts while it runs; its disks that end with it are volumes for as long as it is on a host. */
function addStay(tally: Tally, { STIME, ETIME, RSTIME, RETIME, VM }: Stay, now: number): void {
  const ended = ETIME || now
  if (RSTIME > 0) {
    const type = plain(VM.USER_TEMPLATE, TYPE, typeName) ?? 'custom'
    tally.add(ofInstances(type), { from: RSTIME, until: RETIME || ended })
  }
  const disks = VM.TEMPLATE.DISK.filter(({ PERSISTENT, IMAGE_ID, TYPE: kind }) => {
    return kind !== 'CDROM' && !(PERSISTENT && IMAGE_ID !== undefined)
  })
  const size = disks.reduce((sum, { SIZE = 0 }) => sum + SIZE, 0)
  if (STIME > 0 && size > 0) tally.add(typeOf('volume'), { from: STIME, until: ended }, size / 1024)
}

const typeName = text(limits.text.most)

/** An image counts from when it was made. */
function addImage(tally: Tally, image: Image, now: number): void {
  const { kind, since, amount } = usedOf(image)
  tally.add(typeOf(kind), { from: since, until: now }, amount)
}
