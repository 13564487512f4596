// A call as a line of the AWS CLI, to be copied: the same names and values, for a shell.
import type { Call } from './client.ts'
import { operationOf } from './model.ts'
import { entriesOf, textOf } from './parameters.ts'

/** Where a line is to be sent. */
export interface Where {
  readonly endpoint: string
  readonly region: string
}

/** The line, without anything that is secret: the CLI has keys of its own. */
export const cliLine = ({ action, input }: Call, where: Where): string =>
  lineOf(operationOf(action).service.signingName, action, input, where)

/** The line of any operation. @param service as the CLI calls it */
export function lineOf(service: string, operation: string, input: object, { endpoint, region }: Where): string {
  const options = entriesOf(input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => option(name, `${operation}.${name}` === ENCODED ? decoded(value) : value))
  return ['aws', service, kebab(operation), ...options, '--region', region, '--endpoint-url', endpoint].join(' ')
}

/** What the CLI encodes by itself. @see base64_encode_user_data in botocore's handlers.py */
const ENCODED = 'RunInstances.UserData'

const decoded = (value: unknown) => new TextDecoder().decode(Uint8Array.fromBase64(String(value)))

function option(name: string, value: unknown): string {
  const flag = kebab(name)
  if (typeof value === 'boolean') return value ? `--${flag}` : `--no-${flag}`
  return `--${flag} ${argument(value)}`
}

function argument(value: unknown): string {
  if (Array.isArray(value)) return value.map(argument).join(' ') || "''"
  if (value instanceof Uint8Array || value instanceof Date || typeof value !== 'object') return quoted(textOf(value))
  return quoted(JSON.stringify(value))
}

/** As a POSIX shell takes it. */
const quoted = (text: string) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

/** The CLI's form of a name: `DescribeVpcs` is `describe-vpcs`. @see botocore's xform_name */
const kebab = (name: string): string =>
  name
    .replace(/(.)([A-Z][a-z]+)/g, '$1-$2')
    .replace(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
