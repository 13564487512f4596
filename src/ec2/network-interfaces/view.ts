// The network of an instance as EC2 sees it: its interfaces, their addresses and security groups, and the names of these.
import type { GroupIdentifier, InstanceNetworkInterface } from '@aws-sdk/client-ec2'
import { ipNumber } from '../../lib/ip.ts'
import { accountId } from '../core/account.ts'
import { numberedName } from '../core/attribute-names.ts'
import type { Context } from '../core/context.ts'
import type { Nic, Vm } from '../core/documents.ts'
import { pairId } from '../core/ids.ts'
import { decodeTagsOf } from '../core/stored-tags.ts'
import { groupsByRules } from '../security-groups/view.ts'
import { placeOfNic, type SubnetsByNumber } from '../subnets/view.ts'
import { NETWORK_INTERFACE } from './resource.ts'

/** OpenNebula's security groups of a NIC. */
export const groupsOf = ({ SECURITY_GROUPS }: Nic, vm: Vm): GroupIdentifier[] =>
  groupsByRules(SECURITY_GROUPS, vm.TEMPLATE.SECURITY_GROUP_RULE)

type Alias = Vm['TEMPLATE']['NIC_ALIAS'][number]

/** The attribute of a VM that holds the tags of one of its interfaces. */
export const nicTags = (nic: number) => numberedName('EC2_NIC_n_TAGS', nic)

/** The interfaces of a VM by their ids, with their tags. */
export const interfaces = ({ ID, TEMPLATE, USER_TEMPLATE }: Vm) =>
  TEMPLATE.NIC.map(({ NIC_ID }) => ({
    id: interfaceId(ID, NIC_ID),
    number: NIC_ID,
    tags: decodeTagsOf(USER_TEMPLATE, nicTags(NIC_ID)),
  }))

/** The id of an interface, by the numbers of its VM and of itself. */
const interfaceId = (vm: number, nic: number): string => pairId(NETWORK_INTERFACE, vm, nic)

/** An elastic address is a network of its own, reserved out of another; one from the launch is in that other itself. */
export const isElastic = ({ EXTERNAL, PARENT_NETWORK_ID }: Alias): boolean =>
  EXTERNAL && PARENT_NETWORK_ID !== undefined

/** The alias with the address that others on the Internet would use: an elastic one before one from the launch. */
function publicAlias(vm: Vm, nic?: Nic): Alias | undefined {
  const external = vm.TEMPLATE.NIC_ALIAS.filter(
    ({ EXTERNAL, PARENT_ID }) => EXTERNAL && (nic === undefined || PARENT_ID === nic.NIC_ID),
  )
  return external.find(isElastic) ?? external[0]
}

/** The address that others on the Internet would use, if the instance has one. */
export const publicIp = (vm: Vm): string | undefined => publicAlias(vm)?.IP

type Named = Pick<Context, 'settings'>

/** An address as a name of the operator's domain; an interface without one has none. */
const named = (prefix: string, ip: string | undefined, { settings }: Named): string =>
  ip === undefined || ipNumber(ip) === undefined ? '' : `${prefix}-${ip.replaceAll('.', '-')}.${settings.dnsDomain}`

/** `ip-10-0-0-10.…` */
export const privateName = (ip: string | undefined, context: Named): string => named('ip', ip, context)

/** `ec2-203-0-113-7.…` */
export const publicName = (ip: string | undefined, context: Named): string => named('ec2', ip, context)

/** The IPv6 addresses of an interface, those first by which the whole Internet reaches it. */
export const ipv6Addresses = ({ IP6_GLOBAL, IP6, IP6_ULA }: Nic): string[] =>
  [IP6_GLOBAL, IP6, IP6_ULA].flatMap(ip => ip || [])

/** The instance that an interface is a part of, as far as it shows there. */
export interface Holder {
  readonly vm: Vm
  /** EC2 has it of interfaces; here one word counts for all of an instance. */
  readonly sourceDestCheck: boolean
  /** The account's own subnets, where they were read. */
  readonly subnets?: SubnetsByNumber | undefined
}

/** The addresses that an interface has besides its own: aliases that lead to no other address. */
const secondaryAddresses = ({ NIC_ID }: Nic, { TEMPLATE }: Vm): string[] =>
  TEMPLATE.NIC_ALIAS.flatMap(({ IP, PARENT_ID, EXTERNAL }) => (PARENT_ID === NIC_ID && !EXTERNAL && IP ? IP : []))

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceNetworkInterface.html */
export function networkInterface(
  nic: Nic,
  { vm, sourceDestCheck, subnets }: Holder,
  context: Context,
): InstanceNetworkInterface {
  const id = interfaceId(vm.ID, nic.NIC_ID)
  const alias = publicAlias(vm, nic)
  const association = alias && {
    Association: {
      PublicIp: alias.IP,
      PublicDnsName: publicName(alias.IP, context),
      IpOwnerId: isElastic(alias) ? context.account.id : 'amazon',
    },
  }
  const name = { PrivateDnsName: privateName(nic.IP, context) }
  const place = placeOfNic(nic, subnets, context)
  return {
    NetworkInterfaceId: id,
    SubnetId: place.subnet,
    VpcId: place.vpc,
    Description: '',
    OwnerId: accountId(vm.UID),
    Status: 'in-use',
    MacAddress: nic.MAC,
    PrivateIpAddress: nic.IP,
    ...name,
    SourceDestCheck: sourceDestCheck,
    Groups: groupsOf(nic, vm),
    Attachment: {
      AttachmentId: `eni-attach-${id.slice('eni-'.length)}`,
      DeviceIndex: nic.NIC_ID,
      Status: 'attached',
      AttachTime: new Date(vm.STIME * 1000),
      DeleteOnTermination: true,
      NetworkCardIndex: 0,
    },
    ...association,
    PrivateIpAddresses: [
      ...(nic.IP ? [{ PrivateIpAddress: nic.IP, ...name, Primary: true, ...association }] : []),
      ...secondaryAddresses(nic, vm).map(PrivateIpAddress => ({
        PrivateIpAddress,
        PrivateDnsName: privateName(PrivateIpAddress, context),
        Primary: false,
      })),
    ],
    Ipv6Addresses: ipv6Addresses(nic).map(Ipv6Address => ({ Ipv6Address, IsPrimaryIpv6: false })),
    InterfaceType: 'interface',
  }
}
