// A call as a line of the AWS CLI, to be copied: the same names and values, for a shell.
import { type Action, operationOf } from './model.ts'
import { entriesOf, textOf } from './parameters.ts'

/** Where a line is to be sent. */
export interface Where {
  readonly endpoint: string
  readonly region: string
}

/** The line, without anything that is secret: the CLI has keys of its own. */
export const cliLine = ({ action, input }: { readonly action: Action; readonly input: object }, where: Where): string =>
  lineOf(operationOf(action).service.signingName, action, input, where)

/** The line of any operation. @param service as the CLI calls it */
export function lineOf(service: string, operation: string, input: object, { endpoint, region }: Where): string {
  const given = entriesOf(input)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, `${operation}.${name}` === ENCODED ? decoded(value) : value] as const)
  const options = given.some(([, value]) => isTakenOtherwise(value)) ? [asJson(given)] : given.map(option)
  return ['aws', service, kebab(operation), ...options, '--region', region, '--endpoint-url', endpoint].join(' ')
}

/**
 * Whether the CLI would read a value of an option as another option, or as the address of what is meant: an image's name may be
 * anybody's, and be called `file:///home/…`. A terminal would take a control character for a key that was pressed.
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters-file.html
 */
const isTakenOtherwise = (value: unknown): boolean =>
  [value].flat().some(each => typeof each === 'string' && /^(?:-|(?:fileb?|https?):\/\/)|[^\P{Cc}\n]/u.test(each))

/** In a document of JSON values are what they are. */
function asJson(given: readonly (readonly [name: string, value: unknown])[]): string {
  const plain = given.map(([name, value]) => [name, value instanceof Uint8Array ? textOf(value) : value])
  return `--cli-input-json ${quoted(JSON.stringify(Object.fromEntries(plain)))}`
}

/** What the CLI encodes by itself. @see base64_encode_user_data in botocore's handlers.py */
const ENCODED = 'RunInstances.UserData'

const decoded = (value: unknown) => new TextDecoder().decode(Uint8Array.fromBase64(String(value)))

function option([name, value]: readonly [name: string, value: unknown]): string {
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
