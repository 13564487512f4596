// Several clouds at one endpoint: which regions there are, and the variables of each.
//
// The first region is the one whose variables are called as if there were no other. What is said of another one alone is called
// the same with the region's name behind it: ZONES_SOUTH. A region's variables under their plain names are all that is known of
// it below: nothing there knows that there are several.
import { ConfigError, VARIABLES, type VariableName, type Variables } from './names.ts'
import { words } from './readers.ts'

const names = (...variables: readonly VariableName[]): ReadonlySet<string> => new Set(variables)

/** What says what a cloud is: a region has its own, or none. */
const OF_EACH = names(
  ...(['ONE_XMLRPC', 'ONE_AUTH', 'ACCESS_CLIENT_ID', 'ACCESS_CLIENT_SECRET', 'SIGNING_REGIONS'] as const),
  ...(['ZONES', 'ZONE_CLUSTERS', 'DNS_DOMAIN', 'TRUSTED_OWNERS', 'DATASTORE_ID', 'ADDRESS_NETWORK_ID'] as const),
  ...(['SUBNET_TEMPLATE_ID', 'SUBNET_PARENT_ID'] as const),
)

/** What is the same for all: no region has one of its own. What is in neither list a region may have otherwise than the first. */
const OF_ALL = names(
  ...(['REGION', 'REGIONS', 'EDGE_SECRET', 'EDGE_SECRET_OLD'] as const),
  ...(['R2_ENDPOINT', 'R2_BUCKET', 'R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY'] as const),
)

/** Whose a variable may be: `each`, `all`, or `any`, which a region has of its own or shares with the first. */
export const sharing = (variable: string): 'each' | 'all' | 'any' =>
  OF_ALL.has(variable) ? 'all' : OF_EACH.has(variable) ? 'each' : 'any'

/** A region, as far as requests are told apart by it. */
export interface Region {
  readonly name: string
  /** The hosts, `name` or `name:port`, that are its own: the first one's are those of all. */
  readonly hosts: readonly string[]
  /** What may stand in signatures instead of its name. */
  readonly aliases: readonly string[]
}

/** What a region is called; the first one where nothing is said. */
export const regionName = ({ REGION }: Variables): string => REGION || 'opennebula'

/** What a line of the log says of a region, where there are several. */
export const toldRegion = (variables: Variables): { readonly region?: string } =>
  variables.REGIONS || variables.beside ? { region: regionName(variables) } : {}

/** What the names of its variables end in: `_SOUTH`. */
export const endingOf = (region: string): string => `_${region.toUpperCase().replaceAll('-', '_')}`

/** Before the path of a door that no signature leads to, or of a link: which region it is in. `/_region/south` */
export const regionPath = (region: string): string => `/_region/${region}`

/** Before all that is kept of a region beside the first: names in KV, keys in R2, and names of accounts' objects. */
export const below = (region: string): string => `regions/${region}/`

/** What stands behind `below` in a name, and for which region; of the first one's the whole name. */
export function regionIn(name: string): { readonly region: string | undefined; readonly rest: string } {
  const [, region, rest = name] = /^regions\/([^/]+)\/(.*)$/s.exec(name) ?? []
  return { region, rest }
}

const NAME = /^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/

/** The names that are said to be those of regions beside the first, right or wrong. */
export const namedRegions = ({ REGIONS = '' }: Variables): readonly string[] => words(REGIONS)

/** The names of the regions beside the first. @throws ConfigError */
export function otherRegions(variables: Variables): readonly string[] {
  const names = namedRegions(variables)
  for (const [index, name] of names.entries()) {
    if (!NAME.test(name)) throw wrong(`must be names of lower-case letters, digits and hyphens, but has "${name}"`)
    if (name === regionName(variables)) throw wrong(`has "${name}", but that is REGION: it has those beside it`)
    if (names.indexOf(name) !== index) throw wrong(`has "${name}" twice`)
  }
  return names
}

const wrong = (problem: string) => new ConfigError('REGIONS', problem)

/**
 * All regions, the first in front.
 * @throws ConfigError where two of them cannot be told apart
 */
export function regionsIn(variables: Variables): readonly [Region, ...Region[]] {
  const first = regionOf(variables, '')
  const regions = [first, ...otherRegions(variables).map(name => regionOf(variables, endingOf(name), name))] as const
  for (const [index, region] of regions.entries()) {
    for (const other of regions.slice(0, index)) tellApart(region, other, variables)
  }
  return regions
}

/** @throws ConfigError where a host or the name in a signature is that of both */
function tellApart(region: Region, other: Region, variables: Variables): void {
  const called = (variable: VariableName) => variable + endingOf(region.name)
  const host = region.hosts.find(each => other.hosts.includes(each))
  if (host !== undefined) {
    const isOwn = words(textIn(variables, called('OWN_HOSTS'))?.toLowerCase() ?? '').includes(host)
    const variable = isOwn ? 'OWN_HOSTS' : 'PUBLIC_URL'
    throw new ConfigError(variable, `has the host "${host}", as the region ${other.name} has`, called(variable))
  }
  const alias = region.aliases.find(each => namesOf(other).includes(each))
  if (alias !== undefined) {
    const problem = `has "${alias}", which is for the region ${other.name}`
    throw new ConfigError('SIGNING_REGIONS', problem, called('SIGNING_REGIONS'))
  }
  if (!other.aliases.includes(region.name)) return
  throw wrong(`has "${region.name}", which is for the region ${other.name} by its SIGNING_REGIONS`)
}

/** What may stand in signatures for a region. */
export const namesOf = ({ name, aliases }: Region): readonly string[] => [name, ...aliases]

function regionOf(variables: Variables, ending: string, name: string = regionName(variables)): Region {
  const text = (variable: VariableName) => textIn(variables, variable + ending) ?? ''
  const { host = '' } = URL.parse(text('PUBLIC_URL')) ?? {}
  const hosts = [host, ...words(text('OWN_HOSTS').toLowerCase())].filter(Boolean)
  return { name, hosts: [...new Set(hosts)], aliases: words(text('SIGNING_REGIONS')).filter(alias => alias !== '*') }
}

/** The variables of a region beside the first, by their plain names. */
export function variablesOf(all: Variables, region: string): Variables {
  const ending = endingOf(region)
  const values = VARIABLES.map(variable => {
    const own = OF_ALL.has(variable) ? undefined : textIn(all, variable + ending)
    const shared = OF_EACH.has(variable) ? undefined : all[variable]
    // The hosts of all are the Worker's, whatever else a region has
    return [variable, variable === 'OWN_HOSTS' ? [own, shared].filter(Boolean).join(' ') : own || shared] as const
  })
  const said: Variables = Object.fromEntries(values.filter(([, value]) => value))
  const { REGIONS: _, ...others } = said
  return { ...others, REGION: region, beside: { ending, all } }
}

/** What the operator calls a variable that is wrong. */
export function calledIn({ beside }: Variables, variable: VariableName): string {
  if (!beside || OF_ALL.has(variable)) return variable
  const own = variable + beside.ending
  return OF_EACH.has(variable) || textIn(beside.all, own) ? own : variable
}

/** A variable whose name follows from what the operator says. */
function textIn(variables: object, name: string): string | undefined {
  const value: unknown = Reflect.get(variables, name)
  return typeof value === 'string' && value !== '' ? value : undefined
}
