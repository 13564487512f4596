// EC2 ids: minted for what the facade makes, derived from the number for what OpenNebula made, sealed against forgery.
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { keyBytes, type MasterSecrets } from '../../config/derived-keys.ts'
import { Lru } from '../../lib/lru.ts'
import type { Resource } from './resource.ts'
import { isIdOf, malformed } from './resource.ts'

/** What an id says about the object behind it. */
export type ParsedId = { readonly minted: string } | { readonly number: number }

/** An OpenNebula object as far as ids go: its number, its owner, and the `EC2_ID` attribute that it carries, if any. */
export interface Identified {
  readonly ID: number
  readonly UID: number
  readonly EC2_ID?: string | undefined
}

const MINTED_DIGITS = 17
/** Characters of the longest attribute that is worth remembering: of what econe wrote none is longer. */
const SEALED = 64
const LARGEST_NUMBER = 2 ** 31 - 1

/** The form of an object that OpenNebula has by other ways: VM 15 is `i-00000015`, in decimal, as econe wrote it. */
export const numericId = (resource: Pick<Resource, 'prefix'>, number: number): string =>
  `${resource.prefix}-${paddedNumber(number)}`

const paddedNumber = (number: number) => String(number).padStart(8, '0')

/**
 * The id of a part of an object, by the numbers of both: disk 0 of VM 15, say.
 * It begins with 0, as no minted id does, and `parsePairId` reads it again.
 */
export const pairId = (resource: Pick<Resource, 'prefix'>, whole: number, part: number): string =>
  `${resource.prefix}-0${hex8(whole)}${hex8(part)}`

const hex8 = (number: number) => number.toString(16).padStart(8, '0')

/** Whether a text has the form of an id that the facade mints, of whatever kind. */
export const isMinted = (text: string): boolean => /^[a-z]+-[1-9a-f][0-9a-f]{16}$/.test(text)

/** The numbers in an id made by `pairId`; undefined for any other id. */
export function parsePairId(resource: Resource, id: string): { whole: number; part: number } | undefined {
  const digits = id.slice(resource.prefix.length + 1)
  if (!isIdOf(resource, id) || !/^0[0-9a-f]{16}$/.test(digits)) return undefined
  return { whole: Number.parseInt(digits.slice(1, 9), 16), part: Number.parseInt(digits.slice(9), 16) }
}

/**
 * Reads an id that a caller sent.
 *
 * Any hexadecimal id of AWS's length is well formed, as AWS has it: whether it exists is asked later.
 * @throws Ec2Error `Invalid….Malformed`
 */
export function parseId(resource: Resource, id: string): ParsedId {
  const { prefix } = resource
  const digits = id.startsWith(`${prefix}-`) ? id.slice(prefix.length + 1) : ''
  if (!/^[0-9a-f]{1,17}$/.test(digits)) throw malformed(resource, id)
  const number = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY
  return number <= LARGEST_NUMBER ? { number } : { minted: id }
}

/** The one spelling of an id under which its object is shown: `i-15` is `i-00000015`. What is no number stays as it is. */
export function canonicalId(id: string): string {
  const [, prefix, digits = ''] = /^([a-z]+-)(\d{1,10})$/.exec(id) ?? []
  return prefix === undefined ? id : prefix + paddedNumber(Number(digits))
}

/** Makes the keyed checks of ids. */
class Sealer {
  readonly #key: Uint8Array
  readonly #seals = new Lru<string>(10_000)

  constructor(secret: string) {
    this.#key = keyBytes(secret, 'ids')
  }

  /** Remembered: security groups ask for theirs again and again. */
  seal(id: string, ownerUid: number, number?: number): string {
    const text = `seal ${ownerUid} ${number === undefined ? '' : `${number} `}${id}`
    const known = this.#seals.get(text)
    if (known !== undefined) return known
    const seal = createHmac('sha256', this.#key).update(text).digest('base64url').slice(0, 16)
    this.#seals.set(text, seal)
    return seal
  }
}

/** What was found about the attribute of an object: whether its seal is over the number too, over the owner alone, or false. */
interface Checked extends Identified {
  readonly id: string
  readonly seal: 'number' | 'owner' | undefined
}

/** Checks seals. What was found is remembered, since a Describe asks for the same again and again. */
class Seals {
  readonly sealers: readonly [Sealer, ...Sealer[]]
  readonly #checked = new Lru<Checked>(10_000)

  constructor([first, ...others]: MasterSecrets) {
    this.sealers = [new Sealer(first), ...others.map(secret => new Sealer(secret))]
  }

  /** @param attribute that the object carries, `<id>:<seal>` */
  check(attribute: string, { ID, UID }: Identified): Checked {
    const known = this.#checked.get(attribute)
    if (known?.ID === ID && known.UID === UID) return known
    const [id = '', seal] = attribute.split(':')
    const isSealed = (number?: number) => this.sealers.some(sealer => sealer.seal(id, UID, number) === seal)
    const checked: Checked = { ID, UID, id, seal: isSealed(ID) ? 'number' : isSealed() ? 'owner' : undefined }
    if (attribute.length <= SEALED) this.#checked.set(attribute, checked)
    return checked
  }
}

/**
 * Mints ids, and checks those that objects carry, for one account.
 *
 * A minted id is written on its object as `EC2_ID="<id>:<seal>"`. The seal is a keyed check over the id, the owner and
 * the object's number: an attribute that was made up, or copied from another object, does not carry one and does not
 * count. An object that is yet to be made has no number, so that its first seal is over id and owner alone: that one
 * counts for the owner only, who could otherwise move an id that others know to another content.
 */
export class IdMint {
  /** The first sealer makes seals, all recognise theirs. */
  readonly #seals: Seals
  readonly #viewer: number | undefined

  /**
   * @param secrets of the Worker: ids are sealed under the first, and recognised under any
   * @param viewer  the OpenNebula user who looks at objects
   */
  constructor(secrets: MasterSecrets | Seals, viewer?: number) {
    this.#seals = secrets instanceof Seals ? secrets : new Seals(secrets)
    this.#viewer = viewer
  }

  /** The same as this user sees it. */
  seenBy(uid: number): IdMint {
    return new IdMint(this.#seals, uid)
  }

  /**
   * A new id in AWS's form. Its first digit is not 0: those are the ids of parts (`pairId`).
   * @param seed what the id shall follow from, so that a repeat mints it again: at random itself, for ids follow from it
   *   alone, and are the same under another secret
   */
  mint(resource: Resource, seed?: string): string {
    const hex =
      seed === undefined
        ? randomBytes(9).toString('hex')
        : createHash('sha256').update(`econe-edge mint ${resource.kind} ${seed}`).digest('hex')
    return `${resource.prefix}-${hex.slice(0, MINTED_DIGITS).replace(/^0/, 'f')}`
  }

  /**
   * The value of the attribute `EC2_ID`.
   * @param ownerUid OpenNebula user id
   * @param number   of the object, as soon as it has one
   */
  attribute(id: string, ownerUid: number, number?: number): string {
    return `${id}:${this.#seals.sealers[0].seal(id, ownerUid, number)}`
  }

  /**
   * The value of `EC2_ID` under which an object keeps its id when the earlier secrets are forgotten; undefined where it has
   * none of theirs. Sealed as it was, with its number or without: who sees the id does not change.
   */
  resealed({ EC2_ID = '', UID, ID }: Identified): string | undefined {
    const [id = '', seal] = EC2_ID.split(':')
    const [first, ...earlier] = this.#seals.sealers
    for (const number of [ID, undefined]) {
      const isEarlier = earlier.some(sealer => sealer.seal(id, UID, number) === seal)
      if (isEarlier) return `${id}:${first.seal(id, UID, number)}`
    }
    return undefined
  }

  /** The id an object is shown under: the minted one where it can be trusted, else the one its number gives. */
  idOf(resource: Resource, object: Identified): string {
    return this.sealedOn(resource, object) ?? numericId(resource, object.ID)
  }

  /**
   * Whether an object is the one an id names: the one that is shown under it. By its number goes only what has no minted
   * id, or somebody who mistakes a number for another object's id would hit this one.
   */
  names(resource: Resource, id: ParsedId, object: Identified): boolean {
    const trusted = this.sealedOn(resource, object)
    return 'minted' in id ? trusted === id.minted : trusted === undefined && object.ID === id.number
  }

  /** The id that an object carries, where it can be trusted. */
  sealedOn({ prefix }: Resource, object: Identified): string | undefined {
    const { EC2_ID, UID } = object
    if (!EC2_ID?.startsWith(prefix) || EC2_ID[prefix.length] !== '-') return undefined
    const { id, seal } = this.#seals.check(EC2_ID, object)
    return seal === 'number' || (seal === 'owner' && UID === this.#viewer) ? id : undefined
  }
}
