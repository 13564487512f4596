// Since which release OpenNebula has each XML-RPC method that is called, and what it is called for.
//
// From the tags of https://github.com/OpenNebula/one; what came with a beta counts as of the release. docs/opennebula.md is
// written from it.

/** A release, as OpenNebula writes it: `5.12.6`, `6.4`. */
export type Release = `${number}.${number}` | `${number}.${number}.${number}`

/** Methods that are called, came with a release and serve one purpose. */
export interface Capability {
  readonly since: Release
  /** What does not work without, to be followed by "needs OpenNebula 6.4". */
  readonly what: string
  readonly methods: readonly string[]
}

const of = <Kind extends string, Verb extends string>(kind: Kind, ...verbs: readonly Verb[]) =>
  verbs.map(verb => `one.${kind}.${verb}` as const)

/** By release. What is no method, but is relied on, stands here as well. */
export const capabilities = [
  {
    since: '4.2',
    what: 'images, volumes, key pairs and the life of instances',
    methods: [
      ...of('vm', 'action', 'attach', 'attachnic', 'chmod', 'detach', 'detachnic', 'info', 'rename', 'resize'),
      'one.vm.update',
      ...of(
        'image',
        'allocate',
        'chmod',
        'chtype',
        'clone',
        'delete',
        'enable',
        'info',
        'persistent',
        'rename',
        'update',
      ),
      ...of('template', 'chmod', 'delete', 'info', 'instantiate', 'rename', 'update'),
      ...of('vn', 'chmod', 'delete', 'info', 'rename', 'update'),
      ...of('user', 'info', 'update'),
      ...['one.group.info', 'one.imagepool.info', 'one.templatepool.info', 'one.vnpool.info', 'one.userpool.info'],
      ...['one.clusterpool.info', 'one.datastorepool.info', 'one.system.version'],
    ],
  },
  { since: '4.2', what: 'what instances used', methods: ['one.vmpool.accounting'] },
  {
    since: '4.2',
    what: 'documents, which hold what OpenNebula has no object for',
    methods: [...of('document', 'allocate', 'chmod', 'delete', 'info', 'rename', 'update'), 'one.documentpool.info'],
  },
  {
    since: '4.8',
    what: 'elastic addresses, and network interfaces with addresses of their own',
    methods: ['one.vn.reserve'],
  },
  {
    since: '4.12',
    what: 'security groups',
    methods: [...of('secgroup', 'allocate', 'chmod', 'delete', 'info', 'rename', 'update'), 'one.secgrouppool.info'],
  },
  { since: '4.14', what: 'images and snapshots of instances', methods: ['one.vm.disksaveas'] },
  { since: '5.0', what: 'user data and type of a stopped instance', methods: ['one.vm.updateconf'] },
  { since: '5.0', what: 'security groups as sources of rules', methods: ['one.secgroup.commit'] },
  {
    since: '5.0',
    what: 'images of the marketplace',
    methods: ['one.marketpool.info', 'one.marketapppool.info'],
  },
  { since: '5.4', what: 'volumes that grow', methods: ['one.vm.diskresize'] },
  {
    since: '5.4',
    what: 'placement groups',
    methods: [...of('vmgroup', 'allocate', 'chmod', 'delete', 'rename', 'update'), 'one.vmgrouppool.info'],
  },
  {
    since: '5.8',
    what: 'elastic addresses as external NIC aliases, and secondary private addresses as others',
    methods: [],
  },
  {
    since: '5.8',
    what: 'networks of a user from a network template',
    methods: ['one.vntemplate.instantiate', 'one.vntemplatepool.info'],
  },
  { since: '5.8.1', what: 'lists of instances', methods: ['one.vmpool.infoextended'] },
  { since: '5.10', what: "acting for users with server_cipher's SHA-256 key", methods: [] },
  { since: '5.12.6', what: 'instances by their ids', methods: ['one.vmpool.infoset'] },
  { since: '6.4', what: 'other security groups for an instance', methods: ['one.vm.attachsg', 'one.vm.detachsg'] },
] as const satisfies readonly Capability[]

/** A method that may be called: one of the table. */
export type Method = (typeof capabilities)[number]['methods'][number]

/** The first release that has a method; undefined for methods that are not called. */
export const releaseOf: ReadonlyMap<string, Release> = new Map(
  capabilities.flatMap(({ methods, since }: Capability) => methods.map(method => [method, since] as const)),
)

/** The oldest release that serves instances at all. */
export const OLDEST: Release = '5.12.6'

/** The release whose answers were recorded, and that the sandbox plays. */
export const TRIED: Release = '7.0.1'

/**
 * What does not work on a front-end of this version.
 * @param version as the front-end tells it; a beta (`6.3.80`) counts as earlier than its release
 */
export const missingIn = (version: string): readonly Capability[] =>
  capabilities.filter(({ since }) => isEarlier(version, since))

/** Whether a version is earlier than another; what is no version is not. */
export function isEarlier(version: string, other: string): boolean {
  const [a, b] = [numbersOf(version), numbersOf(other)]
  const at = [0, 1, 2].find(index => a[index] !== b[index])
  return a.length > 0 && at !== undefined && (a[at] ?? 0) < (b[at] ?? 0)
}

/** Three numbers, or none. */
function numbersOf(version: string): number[] {
  const [, ...parts] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? []
  return parts.map(part => Number(part ?? 0))
}
