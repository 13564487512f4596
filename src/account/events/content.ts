// What of a request and its answer stands in an event: nothing secret, and no more than fits.
import type { Shape, Structure } from '../../protocol/model.ts'

/** What stands in place of a secret, as in CloudTrail's records. */
export const REMOVED = '<sensitiveDataRemoved>'

/** Stands where something was cut off. */
const CUT = '…'

/** Members that are secret, or may be, wherever they stand; or those of one action, `Action.Member`. */
export const SECRETS: ReadonlySet<string> = new Set([
  'UserData',
  'UefiData',
  'PresignedUrl',
  'UploadPolicySignature',
  // Of a device for multi-factor authentication: it may count for some seconds yet
  'TokenCode',
  // It can be user data, too
  'ModifyInstanceAttribute.Value',
  // Of answers
  'KeyMaterial',
  'PasswordData',
  'SecretAccessKey',
  'SessionToken',
])

/** How much of a value is told: how deep, how many of a list, how much of a text. Tried in order until it fits. */
const LEVELS = [
  { depth: 8, items: 50, text: 512 },
  { depth: 6, items: 20, text: 256 },
  { depth: 4, items: 10, text: 128 },
  { depth: 3, items: 3, text: 64 },
] as const

type Level = (typeof LEVELS)[number]

/** What is left out because it is too long, in CloudTrail's words. */
const OMITTED = { omitted: true } as const

/** The parameters of a request: AWS's members, with a small first letter. @param most characters of its JSON */
export const requestContent = (action: string, input: object, most: number): object =>
  fitted(level => contentOf(input, { action, level, names: 'members' }), most)

/** An answer as its XML names it, a list's elements as its `items`: so CloudTrail has the answers of EC2. */
export const answerContent = (action: string, output: object, shape: Structure | undefined, most: number): object =>
  fitted(level => contentOf(output, { action, level, names: 'elements' }, shape), most)

/**
 * Text without what gives access in the addresses that it has: who signs in, and a signature. No character of a text, which may
 * be as long as a request, is looked at from more than one place.
 */
export const withoutAccess = (text: string): string =>
  text
    .replace(/:\/\/[^\s/?#]*@/g, '://')
    .replace(/(https?:\/\/[^\s?#]*)(\?[^\s)]+)?/gi, (_, address: string, query?: string) =>
      query === undefined ? address : `${address}?${CUT}`,
    )

function fitted(make: (level: Level) => object, most: number): object {
  for (const level of LEVELS) {
    const content = make(level)
    if (JSON.stringify(content).length <= most) return content
  }
  return OMITTED
}

interface Telling {
  readonly action: string
  readonly level: Level
  readonly names: 'members' | 'elements'
}

function contentOf(structure: object, telling: Telling, shape?: Shape, depth = 1): Record<string, unknown> {
  const members = shape?.kind === 'structure' ? new Map(shape.members.map(member => [member.name, member])) : undefined
  const { action, names } = telling
  return Object.fromEntries(
    Object.entries(structure).flatMap(([name, value]: [string, unknown]) => {
      if (value === undefined || value === null) return []
      const member = members?.get(name)
      const known = names === 'elements' && member ? member.xmlName : uncapitalized(name)
      const isSecret = SECRETS.has(name) || SECRETS.has(`${action}.${name}`)
      return [[known, isSecret ? REMOVED : told(value, telling, member?.shape, depth)]]
    }),
  )
}

function told(value: unknown, telling: Telling, shape: Shape | undefined, depth: number): unknown {
  const { level, names } = telling
  if (typeof value === 'string') return cut(withoutAccess(value), level.text)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return cut(value.toBase64(), level.text)
  if (depth >= level.depth) return CUT
  if (!Array.isArray(value)) return contentOf(value, telling, shape, depth + 1)
  const item = shape?.kind === 'list' ? shape.item : undefined
  const items = value.slice(0, level.items).map((each: unknown) => told(each, telling, item, depth + 1))
  if (value.length > level.items) items.push(CUT)
  return names === 'elements' ? { items } : items
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most)}${CUT}` : text)

/** `instanceId` for `InstanceId`. */
const uncapitalized = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)
