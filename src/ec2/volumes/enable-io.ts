// EnableVolumeIO: OpenNebula never stops the input and output of a volume.
import type { EnableVolumeIORequest } from '@aws-sdk/client-ec2'
import type { Context } from '../core/context.ts'
import { findVolume } from './find.ts'

/**
 * Finds the volume, of which nothing has to be enabled.
 * @throws Ec2Error NotFound, Malformed
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableVolumeIO.html
 */
export async function enableVolumeIo({ VolumeId = '' }: EnableVolumeIORequest, context: Context): Promise<undefined> {
  await findVolume(VolumeId, context)
}
