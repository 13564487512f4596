// What of OpenNebula's messages may stand in a log: its own words and numbers, and nothing that a tenant wrote.
import { once } from '../lib/once.ts'
import { IMAGE_STATE, LCM_STATE, VM_STATE } from './states.ts'

const VOCABULARY = `
  a aborting access acquire action add address addresses admin all allocating allowed already an and ar_id are
  associate at attach attribute authenticated authorized available backend based be bounds bridge by call can cannot
  capacity char clone closed cluster columns configuration connect connection consensus contain could couldn't cpu
  create current database datastore db defined definition delete denied deploy detach directory disabled disk
  disk_id disks document does doesn't done down driver due during empty enabled enough error exceeded exist exists
  failed failure file files find flag follower for force free from full get getting greater group has host hosts
  hotplug hypervisor icmp icmpv6 id image images in includes insert integer internal invalid ip ipsec is it its json
  large leader lease leases leave length limit line list load lock locked log mac machine malformed manage manager
  marketplace memory method migrate missing monitoring more must name net network new nic no node not null number of
  off on one only open operation options or out parameter parse pci perform performing permission persistent pool
  ports poweroff previous process protocol protocols query quota raft range reached read refused remove replicate
  request reservations reserve reserved resize resource restore restricted resume role rule running running_cpu
  running_memory running_vms rvms save scheduler search secgroup security securitygroup select server service
  session sg size snapshot some space specified sql start state stop storage string such supported supposed suspend
  suspended syntax system system_disk_size taken target tcp template terminate than that the there this time timeout
  to transaction type udp unable undeploy unknown unlock update updating use used user using valid value values
  virtual vm vmgroup vms vnet vntemplate volume while with write wrong xml zone
`

const words = once(
  (): ReadonlySet<string> =>
    new Set([
      ...VOCABULARY.trim().split(/\s+/),
      ...[VM_STATE, LCM_STATE, IMAGE_STATE].flatMap(names => Object.keys(names)).map(name => name.toLowerCase()),
    ]),
)

/** A message is not read beyond this, nor told beyond that. */
const MOST_READ = 2000
const MOST_TOLD = 200

/** In quotes and brackets stands what was sent, or what objects are called; what is not closed goes to the end. */
const QUOTED = /"[^"]*("|$)|'[^' ][^']*('|$)|\[[^\]]*(\]|$)|\([^)]*(\)|$)|<[^>]*(>|$)/g

/** The mark for what was left out. */
const LEFT_OUT = '…'

/**
 * A message of OpenNebula with all left out that is not of its own vocabulary. Tenants choose names, URLs and devices, and
 * messages repeat them with quotes and without: a word that is not known may be one of theirs.
 */
export function ownWords(message: string): string {
  const read = message
    .slice(0, MOST_READ)
    .replaceAll(QUOTED, ` ${LEFT_OUT} `)
    .split(/\s+/)
    .filter(word => word !== '')
    .map(word => (isOwn(word) ? word : LEFT_OUT))
  const told = read.filter((word, index) => word !== LEFT_OUT || read[index - 1] !== LEFT_OUT).join(' ')
  return told.length > MOST_TOLD ? `${told.slice(0, MOST_TOLD)}${LEFT_OUT}` : told
}

function isOwn(word: string): boolean {
  const bare = word.replace(/[.,:;]$/, '')
  return /^-?\d{1,10}$/.test(bare) || bare.split('/').every(part => words().has(part.toLowerCase()))
}
