// From which region an image or a snapshot may be copied: this one alone, whatever others the endpoint has.
import { namesOf } from '../../config/regions.ts'
import { excerpt } from '../../lib/excerpt.ts'
import { impossible, invalid } from '../../protocol/complaints.ts'
import type { Settings } from '../core/context.ts'

/**
 * OpenNebula hands out the bytes of no image, so that nothing gets from one front-end to another one.
 * @param here what else the client may call this region
 * @throws Ec2Error UnsupportedOperation for another region of the endpoint, InvalidParameterValue for what is none
 */
export function checkSourceRegion(
  source: string | undefined,
  { region, regions }: Pick<Settings, 'region' | 'regions'>,
  here?: string,
): void {
  const named = regions.find(each => source !== undefined && namesOf(each).includes(source))
  if (named?.name === region) return
  if (named) {
    throw impossible(
      `Nothing can be copied from '${excerpt(named.name)}' to '${region}': clouds do not hand out the bytes of their images. ` +
        `Upload the image to '${region}' as well.`,
    )
  }
  if (source !== undefined && source === here) return
  const all = regions.map(({ name }) => `'${name}'`).join(', ')
  throw invalid(
    'sourceRegion',
    source ?? '',
    regions.length > 1 ? `There are the regions ${all}.` : `This cloud has the region ${all}.`,
  )
}
