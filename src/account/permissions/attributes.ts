// Which attributes a request changes that modifies something: policies decide by them, `ec2:Attribute`.
import type { AnyAction } from '../../ec2/core/action.ts'
import type { AskedResource } from '../../ec2/core/permissions.ts'

/** What a request gives. */
export type Input = Readonly<Record<string, unknown>>

/** What the action of a request is on. */
type Row = Pick<AnyAction, 'on'>

/** A value that policies can compare; undefined for what has members. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined

/** What every request may have, and what is said in other ways. */
const NO_ATTRIBUTES = ['DryRun', 'ClientToken', 'Attribute', 'Value', 'Resources', 'Tags']

/** Parameters that are not called as the attributes that they set. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['Groups', 'GroupSet'],
  ['BlockDeviceMappings', 'BlockDeviceMapping'],
])

/** By which old clients say whom something is for, and the attribute that it is: of images, and of snapshots. */
const SHARING = ['OperationType', 'UserIds', 'UserGroups', 'GroupNames']
const SHARED: ReadonlyMap<string, string> = new Map([
  ['image', 'LaunchPermission'],
  ['snapshot', 'CreateVolumePermission'],
])

/** What an action that modifies something changes, as attributes: each is asked about by itself. */
export function withAttributes(
  asked: readonly AskedResource[],
  action: string,
  input: Input,
  row: Row,
): AskedResource[] {
  if (!/^ec2:(Modify|Reset)/.test(action)) return [...asked]
  const attributes = attributesIn(input, row)
  if (attributes.length === 0) return [...asked]
  return asked.flatMap(resource =>
    attributes.map(([name, value]) => ({
      ...resource,
      said: { ...resource.said, 'ec2:Attribute': name, [`ec2:Attribute/${name}`]: value },
    })),
  )
}

type Attribute = readonly [name: string, value: string | undefined]

/**
 * The attributes that a request changes, and to what. Old clients name one by a parameter, new ones have a parameter of its own. What
 * names the resource that is changed is none; what else is given to it is.
 */
function attributesIn(input: Input, { on = {} }: Row): Attribute[] {
  const [[type, paths] = ['', []]] = Object.entries(on)
  const naming = paths.map(path => path.split('.')[0] ?? path)
  const named = textOf(input['Attribute'])
  const members = Object.entries(input).filter(([name]) => !naming.includes(name) && !NO_ATTRIBUTES.includes(name))
  return [
    ...(named === undefined ? [] : [[attributeNamed(named), textOf(input['Value'])] as const]),
    ...members.map(([name, value]): Attribute => {
      const shared = SHARING.includes(name) ? SHARED.get(type) : undefined
      return [shared ?? ATTRIBUTES.get(name) ?? name, textOf(value) ?? textOf((value as Input | null)?.['Value'])]
    }),
  ]
}

/** As a parameter of its own would be called; whom something is for some clients write in any case, and with spaces around. */
function attributeNamed(text: string): string {
  const name = text.trim()
  const shared = [...SHARED.values()].find(each => each.toLowerCase() === name.toLowerCase())
  return shared ?? name.charAt(0).toUpperCase() + name.slice(1)
}
