// What a service says of a request that its schema does not allow: EC2 has codes and words of its own, and says what it finds first;
// the services of AWS's query protocol share theirs, and say all at once.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
// https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
import { type BrokenRule, breaksRules, invalid, malformedInput, missing, tooLong } from './complaints.ts'
import type { Ec2Error } from './errors.ts'
import type { Service } from './model.ts'

/** What is said of the parameters of one request, each called by its full name, while they are read. */
export interface Manners {
  /** Of one that has to be there. */
  readonly missing: (parameter: string) => void
  /** Of a text, or bytes, of more than `most`. @param value undefined where it is long or secret */
  readonly tooLong: (parameter: string, value: string | undefined, most: number) => void
  /** Of a value that its schema has another rule for. @param rule what it must */
  readonly breaks: (parameter: string, value: string | number, rule: string) => void
  /** Of a value that is none of its type, so that nothing more is read. @param value undefined where it is long or secret @param expected in a sentence */
  readonly malformed: (parameter: string, value: string | undefined, expected: string) => Ec2Error
  /** When all is read. @throws Ec2Error for what was said by then */
  readonly end: () => void
}

const thrown = (error: Ec2Error): never => {
  throw error
}

const ec2: Manners = {
  missing: parameter => thrown(missing(parameter)),
  tooLong: (...what) => thrown(tooLong(...what)),
  breaks: (parameter, value, rule) => thrown(invalid(parameter, value, `It must ${rule}.`)),
  malformed: invalid,
  end: () => {},
}

function query(): Manners {
  const broken: BrokenRule[] = []
  const breaks = (parameter: string, value: BrokenRule['value'], rule: string) => {
    broken.push({ parameter, value, rule })
  }
  return {
    missing: parameter => breaks(parameter, undefined, 'not be null'),
    tooLong: (parameter, value = '', most) => breaks(parameter, value, `have length less than or equal to ${most}`),
    breaks,
    malformed: malformedInput,
    end() {
      const [first, ...others] = broken
      if (first) throw breaksRules([first, ...others])
    },
  }
}

/** Made anew for each request. */
export const manners: Readonly<Record<Service['protocol'], () => Manners>> = { ec2: () => ec2, query }
