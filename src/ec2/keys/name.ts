// Key pair names: what AWS allows, and how a name is shown inside a key.
import { Ec2Error } from '../../protocol/errors.ts'

const LONGEST_NAME = 255

/**
 * Checks the name of a key pair to be made: up to 255 printable ASCII characters, no space at either end.
 * Names that econe allowed beyond that stay readable; only new ones are held to the rule.
 * @throws Ec2Error MissingParameter (empty), InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html
 */
export function checkKeyName(name: string): void {
  if (name === '') throw new Ec2Error('MissingParameter', 'The request must contain the parameter KeyName')
  if (name.length > LONGEST_NAME) throw invalidName(name, `Length exceeds maximum of ${LONGEST_NAME}.`)
  if (/[^ -~]/.test(name)) throw invalidName(name, 'Character sets beyond ASCII are not supported.')
  if (name.trim() !== name) throw invalidName(name, 'It must not begin or end with a space.')
}

/**
 * The comment that stands behind a key: its name, as AWS has it.
 *
 * A public key ends up in authorized_keys files and in OpenNebula's CONTEXT, where quotes, backslashes, line breaks and
 * `$` mean something: such characters become `_`.
 */
export const commentFor = (name: string): string => name.replace(/[^A-Za-z0-9 ._@:+/=,()-]/gu, '_')

function invalidName(name: string, rule: string): Ec2Error {
  const shown = name.length > 100 ? `${name.slice(0, 100)}…` : name
  return new Ec2Error('InvalidParameterValue', `Value (${shown}) for parameter KeyName is invalid. ${rule}`)
}
