// Every error code that is answered, in one table, and the one way to say no: an error that EC2 clients understand.

/** When a code is answered, and with which HTTP status: 400 unless AWS answers otherwise. SDKs retry every 5xx. */
export interface Answer {
  readonly when: string
  readonly status?: number
}

/**
 * The catalogue: codes by what they are about. docs/errors.md is written from it (`npm run docs`).
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
 */
export const catalogue = {
  /** Said by the functions of complaints.ts alone. */
  parameters: {
    MissingParameter: { when: 'A parameter is not there' },
    InvalidParameterValue: { when: 'A parameter has a value that it cannot have' },
    InvalidParameterCombination: { when: 'Parameters exclude each other, or one of several is needed' },
    ValidationError: { when: 'A parameter is not there, or has a value that it cannot have, of STS and IAM' },
    MalformedInput: { when: 'A parameter has a value that is none of its type, of STS and IAM' },
    UnknownParameter: { when: 'The action has no such parameter' },
    UnsupportedOperation: { when: 'AWS knows the action, the parameter or the value, but the cloud has no such thing' },
  },
  requests: {
    MissingAction: { when: 'The request names no action' },
    InvalidAction: { when: 'There is no such action' },
    NoSuchVersion: { when: 'There is no such version of the API' },
    InvalidRequest: { when: 'The request is not of the form that its action needs' },
    InvalidQueryParameter: { when: 'The request has too many parameters' },
    MalformedQueryString: { when: 'Query or form cannot be read' },
    MethodNotAllowed: { when: 'The method is neither GET nor POST', status: 405 },
    RequestEntityTooLarge: { when: 'The request is too large', status: 413 },
    RequestResourceCountExceeded: { when: 'A form has too many parts' },
    IncompleteBody: { when: 'An upload has fewer or more bytes than it announced' },
    InvalidPaginationToken: { when: 'NextToken is none of ours, or of another question' },
    FilterLimitExceeded: { when: 'There are too many filters, or too many or too long values' },
    IdempotentParameterMismatch: { when: 'The client token was used before for another request' },
    DryRunOperation: { when: 'The request would have succeeded, but has DryRun', status: 412 },
  },
  callers: {
    MissingAuthenticationToken: { when: 'The request is not signed', status: 403 },
    IncompleteSignature: { when: 'The signature has not its form' },
    SignatureDoesNotMatch: { when: 'The signature is wrong', status: 403 },
    RequestExpired: { when: 'The signature is too old or dated in the future; an upload took too long' },
    AuthFailure: {
      when: 'The access key is unknown or not valid; 403 where an image is of another account',
      status: 401,
    },
    InvalidClientTokenId: { when: 'The session token, or the user behind the access key, is not valid', status: 403 },
    ExpiredToken: { when: 'Temporary credentials have come to their end, of STS and IAM', status: 403 },
    UnauthorizedOperation: { when: 'The caller may not do it', status: 403 },
    AccessDenied: { when: 'The caller may not do it, of STS and IAM', status: 403 },
    OptInRequired: { when: 'The image is to be had in the marketplace, and has to be copied first', status: 401 },
    OperationNotPermitted: { when: 'An attribute or the use of the resource forbids it' },
    RequestLimitExceeded: { when: 'There are too many requests, of late or at once: try again later', status: 503 },
    EntityAlreadyExists: { when: 'There is a role of this name already', status: 409 },
    LimitExceeded: { when: 'The user may have no more access keys', status: 409 },
    MalformedPolicyDocument: { when: 'The policy of a session cannot be one' },
    PackedPolicyTooLarge: { when: 'The policy of a session is too large for a session token' },
    NoSuchEntity: { when: 'There is no such access key, user, role or instance profile', status: 404 },
  },
  cloud: {
    InternalError: { when: 'A defect: the operator finds the request ID in the log', status: 500 },
    Unavailable: { when: 'The cloud, or what the service keeps, is out of reach: try again', status: 503 },
    // AWS answers 500, which SDKs repeat at once: every repeat would start instances and end them again
    InsufficientInstanceCapacity: { when: 'The cloud has no room for the instances' },
    InsufficientVolumeCapacity: { when: 'The cloud has no room for the volume' },
    InsufficientFreeAddressesInSubnet: { when: 'The network has no address left' },
  },
  limits: {
    AddressLimitExceeded: { when: 'The account may have no more addresses' },
    AttachmentLimitExceeded: { when: 'An instance has no more block devices, or network interfaces' },
    InstanceLimitExceeded: { when: 'The account may have no more instances, or a request start no more' },
    InternetGatewayLimitExceeded: { when: 'The account may have no more internet gateways' },
    KeyPairLimitExceeded: { when: 'The account may have no more key pairs' },
    NetworkInterfaceLimitExceeded: { when: 'The account may take no more addresses of the network' },
    PrivateIpAddressLimitExceeded: { when: 'An interface has no more private addresses' },
    ResourceLimitExceeded: { when: 'The account may have no more resources of the kind' },
    RouteLimitExceeded: { when: 'A route table has no more routes' },
    RouteTableLimitExceeded: { when: 'The account may have no more route tables' },
    RulesPerSecurityGroupLimitExceeded: { when: 'A security group has no more rules in the direction' },
    SecurityGroupsPerInterfaceLimitExceeded: { when: 'An interface has no more security groups' },
    SnapshotLimitExceeded: { when: 'The account may have no more snapshots' },
    SubnetLimitExceeded: { when: 'A VPC has no more subnets, or the cloud no more networks' },
    TagLimitExceeded: { when: 'A resource has no more tags' },
    VcpuLimitExceeded: { when: 'The account may have no more CPUs' },
    VpcLimitExceeded: { when: 'The account may have no more VPCs' },
    VolumeLimitExceeded: { when: 'The account may have no more volumes, or a request make no more' },
  },
  states: {
    CannotDelete: { when: 'The default security group is not deleted' },
    DefaultSubnetAlreadyExistsInAvailabilityZone: { when: 'The zone has a default subnet' },
    DefaultVpcAlreadyExists: { when: 'Every account has a default VPC' },
    DependencyViolation: { when: 'Another resource still needs it' },
    'Gateway.NotAttached': { when: 'The internet gateway is not attached to the VPC' },
    IncorrectInstanceState: { when: 'The instance is not in a state that allows it' },
    IncorrectState: { when: 'The resource is not in a state that allows it' },
    'InvalidAMIID.Unavailable': { when: 'The image is not there yet, or has failed' },
    'InvalidIPAddress.InUse': { when: 'The address is taken' },
    'InvalidNetworkInterface.InUse': { when: 'The network interface is attached to an instance' },
    'InvalidSnapshot.InUse': { when: 'The snapshot belongs to an image' },
    'InvalidVolume.ZoneMismatch': { when: 'Volume and instance are in different zones' },
    'InvalidSubnet.Conflict': { when: 'Another subnet has addresses of the block' },
    'Resource.AlreadyAssociated': {
      when: 'The address leads to another instance; the gateway is attached, or the subnet has a table',
    },
    UnsupportedHibernationConfiguration: { when: 'Instances do not hibernate' },
    'InvalidPlacementGroup.InUse': { when: 'Instances are in the placement group' },
    VolumeInUse: { when: 'The volume is attached to an instance' },
  },
  names: {
    'InvalidAMIName.Duplicate': { when: 'Another image of the account has the name' },
    'InvalidAMIName.Malformed': { when: 'No image can have the name' },
    'InvalidGroup.Duplicate': { when: 'Another security group of the account has the name' },
    'InvalidGroup.Reserved': { when: 'No security group can be given the name' },
    'InvalidKeyPair.Duplicate': { when: 'Another key pair of the account has the name' },
    RouteAlreadyExists: { when: 'The route table has a route with the destination already' },
    'InvalidLaunchTemplateName.AlreadyExistsException': { when: 'Another launch template of the account has the name' },
    'InvalidLaunchTemplateName.MalformedException': { when: 'No launch template can have the name' },
    'InvalidPermission.Duplicate': { when: 'The security group has the rule already' },
    'InvalidPlacementGroup.Duplicate': { when: 'Another placement group of the account has the name' },
  },
  values: {
    InvalidAMIAttributeItemValue: { when: 'An image cannot be shared with that' },
    InvalidBlockDeviceMapping: { when: 'A block device cannot be as the mapping says' },
    'InvalidSubnet.Range': { when: 'No subnet can have the block of addresses' },
    'InvalidVpc.Range': { when: 'No VPC can have the block of addresses' },
    InvalidID: { when: 'Resources of that kind have no tags' },
    InvalidInstanceAttributeValue: { when: 'The attribute of an instance cannot have the value' },
    InvalidInstanceID: { when: 'The interfaces of the instance, or that it is pending, forbid it' },
    InvalidInstanceType: { when: 'There is no such instance type' },
    'InvalidKey.Format': { when: 'The public key cannot be read' },
    'InvalidUserData.Malformed': { when: 'The user data is not Base64' },
    InvalidManifest: { when: 'The image that is to be registered is not in the bucket of the account' },
    InvalidParameter: { when: 'The disk that is to be imported is not in the bucket of the account' },
    UnknownVolumeType: { when: 'There is no such type of volumes' },
  },
  ids: {
    'InvalidAddress.NotFound': { when: 'The account has no such address' },
    'InvalidAllocationID.Malformed': { when: 'The id of an address cannot be one' },
    'InvalidAllocationID.NotFound': { when: 'The account has no address of this id' },
    'InvalidAMIID.Malformed': { when: 'The id of an image cannot be one' },
    'InvalidAMIID.NotFound': { when: 'There is no such image' },
    'InvalidAssociationID.Malformed': { when: 'The id of an association cannot be one' },
    'InvalidAssociationID.NotFound': { when: 'There is no such association' },
    'InvalidAttachment.NotFound': { when: 'The volume is not attached so' },
    'InvalidAttachmentID.Malformed': { when: 'The id of an attachment of a network interface cannot be one' },
    'InvalidAttachmentID.NotFound': { when: 'There is no such attachment of a network interface' },
    'InvalidBundleID.NotFound': { when: 'There is no such bundle task' },
    'InvalidCapacityReservationId.Malformed': { when: 'The id of a capacity reservation cannot be one' },
    'InvalidCapacityReservationId.NotFound': { when: 'There is no such capacity reservation' },
    InvalidConversionTaskId: { when: 'There is no such conversion or import task' },
    'InvalidCustomerGatewayID.NotFound': { when: 'There is no such customer gateway' },
    'InvalidCustomerGatewayId.Malformed': { when: 'The id of a customer gateway cannot be one' },
    'InvalidDhcpOptionID.NotFound': { when: 'There is no such set of DHCP options' },
    'InvalidDhcpOptionsId.Malformed': { when: 'The id of a set of DHCP options cannot be one' },
    'InvalidEgressOnlyInternetGatewayId.Malformed': { when: 'The id of an egress-only internet gateway cannot be one' },
    'InvalidEgressOnlyInternetGatewayId.NotFound': { when: 'There is no such egress-only internet gateway' },
    'InvalidExportTaskID.NotFound': { when: 'There is no such export task' },
    'InvalidFleetId.NotFound': { when: 'There is no such fleet' },
    'InvalidFlowLogId.NotFound': { when: 'There is no such flow log' },
    'InvalidGatewayID.NotFound': { when: 'There is no such gateway for a route to lead to' },
    'InvalidGroup.NotFound': { when: 'There is no such security group' },
    'InvalidGroupId.Malformed': { when: 'The id of a security group cannot be one' },
    'InvalidHostID.Malformed': { when: 'The id of a dedicated host cannot be one' },
    'InvalidHostID.NotFound': { when: 'There is no such dedicated host' },
    'InvalidInstanceID.Malformed': { when: 'The id of an instance cannot be one' },
    'InvalidInstanceID.NotFound': { when: 'There is no such instance' },
    'InvalidInternetGatewayID.NotFound': { when: 'There is no such internet gateway' },
    'InvalidInternetGatewayId.Malformed': { when: 'The id of an internet gateway cannot be one' },
    'InvalidKeyPair.Format': { when: 'The id of a key pair cannot be one' },
    'InvalidKeyPair.NotFound': { when: 'There is no such key pair' },
    'InvalidLaunchTemplateId.Malformed': { when: 'The id of a launch template cannot be one' },
    'InvalidLaunchTemplateId.NotFound': { when: 'There is no launch template of this id' },
    'InvalidLaunchTemplateId.VersionNotFound': { when: 'The launch template has no such version' },
    'InvalidLaunchTemplateName.NotFoundException': { when: 'There is no launch template of this name' },
    'InvalidNetworkAclID.NotFound': { when: 'There is no such network ACL' },
    'InvalidNetworkAclId.Malformed': { when: 'The id of a network ACL cannot be one' },
    'InvalidNetworkInterfaceID.Malformed': { when: 'The id of a network interface cannot be one' },
    'InvalidNetworkInterfaceID.NotFound': { when: 'There is no such network interface' },
    'InvalidPermission.NotFound': { when: 'The security group has no such rule' },
    'InvalidPlacementGroupId.Malformed': { when: 'The id of a placement group cannot be one' },
    'InvalidPlacementGroup.Unknown': { when: 'There is no such placement group' },
    'InvalidPrefixListID.NotFound': { when: 'There is no such prefix list' },
    'InvalidPrefixListId.Malformed': { when: 'The id of a prefix list cannot be one' },
    'InvalidPublicIpv4PoolID.NotFound': { when: 'There is no such pool of public addresses' },
    'InvalidReservationID.Malformed': { when: 'The id of a reservation cannot be one' },
    'InvalidReservationID.NotFound': { when: 'There is no such reservation' },
    InvalidReservedInstancesId: { when: 'There are no such reserved instances' },
    InvalidReservedInstancesOfferingId: { when: 'There is no such offering of reserved instances' },
    'InvalidResourceType.Unknown': { when: 'There is no such type of resources' },
    'InvalidRoute.NotFound': { when: 'The route table has no such route' },
    'InvalidRouteTableID.NotFound': { when: 'There is no such route table' },
    'InvalidRouteTableId.Malformed': { when: 'The id of a route table cannot be one' },
    InvalidScheduledInstance: { when: 'There is no such scheduled instance' },
    InvalidServiceName: { when: 'There is no such service to have an endpoint of' },
    'InvalidSecurityGroupRuleId.Malformed': { when: 'The id of a security group rule cannot be one' },
    'InvalidSecurityGroupRuleId.NotFound': { when: 'There is no such security group rule' },
    'InvalidSnapshot.NotFound': { when: 'There is no such snapshot' },
    'InvalidSnapshotID.Malformed': { when: 'The id of a snapshot cannot be one' },
    'InvalidSpotInstanceRequestID.Malformed': { when: 'The id of a spot instance request cannot be one' },
    'InvalidSpotInstanceRequestID.NotFound': { when: 'There is no such spot instance request' },
    'InvalidSubnetID.Malformed': { when: 'The id of a subnet cannot be one' },
    'InvalidSubnetID.NotFound': { when: 'There is no such subnet' },
    'InvalidVolume.NotFound': { when: 'There is no such volume' },
    'InvalidVolumeID.Malformed': { when: 'The id of a volume cannot be one' },
    'InvalidVolumeModification.NotFound': { when: 'The volume was never modified' },
    'InvalidVpcEndpointId.Malformed': { when: 'The id of a VPC endpoint cannot be one' },
    'InvalidVpcEndpointId.NotFound': { when: 'There is no such VPC endpoint' },
    'InvalidVpcID.Malformed': { when: 'The id of a VPC cannot be one' },
    'InvalidVpcID.NotFound': { when: 'There is no such VPC' },
    'InvalidVpcPeeringConnectionID.NotFound': { when: 'There is no such VPC peering connection' },
    'InvalidVpcPeeringConnectionId.Malformed': { when: 'The id of a VPC peering connection cannot be one' },
    InvalidVpnConnectionID: { when: 'The id of a VPN connection cannot be one' },
    'InvalidVpnConnectionID.NotFound': { when: 'There is no such VPN connection' },
    'InvalidVpnGatewayID.NotFound': { when: 'There is no such virtual private gateway' },
    'InvalidZone.NotFound': { when: 'There is no such availability zone' },
    NatGatewayMalformed: { when: 'The id of a NAT gateway cannot be one' },
    NatGatewayNotFound: { when: 'There is no such NAT gateway' },
  },
} as const satisfies Record<string, Record<string, Answer>>

type Catalogue = typeof catalogue

/** Every code that is answered. */
export type ErrorCode = { [Group in keyof Catalogue]: keyof Catalogue[Group] }[keyof Catalogue]

/** The codes whose sentences are all in complaints.ts. */
export type ParameterCode = keyof Catalogue['parameters']

/** The codes of errors that have words of their own. */
export type SpecificCode = Exclude<ErrorCode, ParameterCode>

const answers = new Map(
  Object.values<Readonly<Record<string, Answer>>>(catalogue).flatMap(group => Object.entries(group)),
)

/** Whether a text is a code that is answered. */
export const isErrorCode = (text: string): text is ErrorCode => answers.has(text)

/** The HTTP status of a code. */
const statusOf = (code: ErrorCode): number => answers.get(code)?.status ?? 400

/** What an error has besides its code and message. */
export interface ErrorDetails {
  /** What is behind it, for the log. */
  readonly cause?: unknown
  /** Where AWS answers one code with two statuses: that which is not the catalogue's. */
  readonly status?: number
}

class AnyEc2Error extends Error {
  override readonly name = 'Ec2Error'
  readonly code: ErrorCode
  readonly status: number

  constructor(code: ErrorCode, message: string, { status = statusOf(code), ...options }: ErrorDetails = {}) {
    super(message, options)
    this.code = code
    this.status = status
  }
}

/** An error of the EC2 API, thrown wherever it is noticed and written as XML in one place. */
export type Ec2Error = AnyEc2Error

/**
 * An error in words of its own: its message is what the caller reads, names the parameter and the value, and never an
 * internal detail. Its status follows from its code.
 *
 * What is said alike in many places is not made by this: complaints.ts has the sentences for parameters, whose codes are
 * not to be had here, and the table of resources those for ids and states.
 */
export const Ec2Error: {
  new (code: SpecificCode, message: string, details?: ErrorDetails): Ec2Error
  readonly prototype: Ec2Error
} = AnyEc2Error

/** An error of any code: for complaints.ts, which has a sentence for it. */
export const complaint = (code: ErrorCode, message: string): Ec2Error => new AnyEc2Error(code, message)

/** An error as data: classes do not cross from one Worker's isolate to another. */
export interface ToldError {
  readonly code: string
  readonly message: string
  readonly status: number
}

/**
 * An error that came as data. Who told it may be of another release, and know a code that this one does not: a refusal
 * stays one then, and a failure a failure.
 * @param cause for the log
 */
export function fromTold({ code, message, status }: ToldError, cause?: unknown): Ec2Error {
  if (isErrorCode(code)) return new AnyEc2Error(code, message, { cause, status })
  return new AnyEc2Error(status < 500 ? 'InvalidRequest' : 'InternalError', message, { cause })
}
