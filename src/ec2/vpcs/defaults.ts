// CreateDefaultVpc: every account has one from the start.
import { Ec2Error } from '../../protocol/errors.ts'

/**
 * @throws Ec2Error DefaultVpcAlreadyExists, always
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html
 */
export async function createDefaultVpc(): Promise<never> {
  throw new Ec2Error('DefaultVpcAlreadyExists', 'A Default VPC already exists for this account in this region.')
}
