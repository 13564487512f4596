// The one way to say no: an error that EC2 clients understand.
import { excerpt } from '../lib/excerpt.ts'

/**
 * An error of the EC2 API, thrown wherever it is noticed and written as XML in one place.
 *
 * @param code    EC2's own code, such as `InvalidParameterValue`
 * @param message what the caller reads; names the parameter and the value, never an internal detail
 * @param status  HTTP status: 400 unless AWS answers otherwise. SDKs retry every 5xx.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export class Ec2Error extends Error {
  override readonly name = 'Ec2Error'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = 400, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.status = status
  }
}

/**
 * What AWS says of a value that a parameter cannot have.
 *
 * @param value as the caller sent it; nothing for none
 * @param why   a sentence more, where there is more to say
 */
export const invalidValue = (parameter: string, value: string | number | undefined, why = ''): Ec2Error =>
  new Ec2Error(
    'InvalidParameterValue',
    `Value (${value === undefined ? '' : excerpt(String(value))}) for parameter ${parameter} is invalid. ${why}`.trim(),
  )
