// What a service says of a request that its schema does not allow: EC2 has codes and words of its own, the services of AWS's query
// protocol share theirs.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
import { breaksRule, invalid, malformedInput, missing, tooLong } from './complaints.ts'
import type { Ec2Error } from './errors.ts'
import type { Service } from './model.ts'

/** What is said of parameters, each called by its full name. */
export interface Manners {
  /** Of one that has to be there. */
  readonly missing: (parameter: string) => Ec2Error
  /** Of a value that is none of its type. @param value undefined where it is long or secret @param expected in a sentence */
  readonly malformed: (parameter: string, value: string | undefined, expected: string) => Ec2Error
  /** Of a text, or bytes, of more than `most`. @param value undefined where it is long or secret */
  readonly tooLong: (parameter: string, value: string | undefined, most: number) => Ec2Error
}

export const manners: Readonly<Record<Service['protocol'], Manners>> = {
  ec2: { missing, malformed: invalid, tooLong },
  query: {
    missing: parameter => breaksRule(parameter, undefined, 'not be null'),
    malformed: malformedInput,
    tooLong: (parameter, value = '', most) => breaksRule(parameter, value, `have length less than or equal to ${most}`),
  },
}
