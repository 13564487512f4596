// Appliances as images that can be had: their ids, and what is said of one that is taken for an image which is there.
import { excerpt } from '../../lib/excerpt.ts'
import { Ec2Error } from '../../protocol/errors.ts'
import type { Settings } from '../core/context.ts'
import { pairId, parsePairId } from '../core/ids.ts'
import { IMAGE } from '../images/resource.ts'

/** What AWS calls the owner of all that is in its marketplace. */
export const MARKETPLACE_OWNER = 'aws-marketplace'

const LARGEST_NUMBER = 2 ** 31 - 1

/** An appliance as its id has it: OpenNebula's numbers of the marketplace and of the appliance. */
export interface ApplianceNumbers {
  readonly marketplace: number
  readonly number: number
}

/**
 * An appliance's id: an AMI's, of the form that no image has (`pairId`). It stays as long as the appliance does, whatever
 * becomes of its version.
 */
export const applianceId = ({ marketplace, number }: ApplianceNumbers): string => pairId(IMAGE, marketplace, number)

/** The numbers in an appliance's id; undefined for any other id. */
export function applianceNumbers(id: string): ApplianceNumbers | undefined {
  const pair = parsePairId(IMAGE, id)
  if (pair === undefined || pair.whole > LARGEST_NUMBER || pair.part > LARGEST_NUMBER) return undefined
  return { marketplace: pair.whole, number: pair.part }
}

/**
 * What AWS says of an image of its marketplace that was not subscribed to: here it is to be copied.
 * @returns OptInRequired
 */
export const mustBeCopied = (id: string, { region }: Pick<Settings, 'region'>): Ec2Error =>
  new Ec2Error(
    'OptInRequired',
    `The image '${excerpt(id)}' is to be had in the marketplace, and instances are run from a copy of it. To make one: ` +
      `aws ec2 copy-image --region ${region} --source-region ${region} --source-image-id ${excerpt(id)} --name NAME`,
  )
