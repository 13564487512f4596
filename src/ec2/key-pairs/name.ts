// Key pair names: what AWS allows, and how a name is shown inside a key.
import { invalid, missing } from '../../protocol/complaints.ts'

/**
 * Checks the name of a key pair to be made: printable ASCII characters, no space at either end. How many there may be
 * is in the table of bounds. Names that econe allowed beyond that stay readable; only new ones are held to the rule.
 * @throws Ec2Error MissingParameter (empty), InvalidParameterValue
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-key-pairs.html
 */
export function checkKeyName(name: string): void {
  if (name === '') throw missing('KeyName')
  if (/[^ -~]/.test(name)) throw invalid('KeyName', name, 'Character sets beyond ASCII are not supported.')
  if (name.trim() !== name) throw invalid('KeyName', name, 'It must not begin or end with a space.')
}

/**
 * The comment that stands behind a key: its name, as AWS has it.
 *
 * A public key ends up in authorized_keys files and in OpenNebula's CONTEXT, where quotes, backslashes, line breaks and
 * `$` mean something: such characters become `_`.
 */
export const commentFor = (name: string): string => name.replace(/[^A-Za-z0-9 ._@:+/=,()-]/gu, '_')
