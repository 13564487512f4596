// Every limit of the service in one table: what may be asked for, whose limit it is, and what goes beyond is answered with.
//
// The code that enforces a limit reads its value here; docs/limits.md is written from the table (`npm run docs`).

/** A bound, and what whoever goes beyond it is told. */
export interface Limit {
  /** What is bounded, in words that stand in a table. */
  readonly what: string
  readonly most: number
  readonly unit?: 'bytes' | 'characters' | 'milliseconds' | 'seconds' | 'minutes' | 'hours' | 'MiB' | 'GiB' | 'days'
  /** Who sets it: AWS for EC2, Cloudflare for the platform, OpenNebula for the front-end, or this project. */
  readonly from: 'AWS' | 'Cloudflare' | 'OpenNebula' | 'econe-edge'
  /** The error code that answers it; absent where it bounds our own work and nobody is refused. */
  readonly code?: string
}

export const limits = {
  // The largest that AWS allows: CreateTags with 1,000 ids (37 KB) and 50 tags of full length, every character three
  // bytes and each of these percent-encoded (173 KB). User data of 16 KiB makes 24 KB.
  requestBytes: {
    what: 'Query and form of a request',
    most: 256 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'RequestEntityTooLarge',
  },
  // 1,000 ids; 200 filter values; 50 tags for each of five resources; 300 rules of a security group
  requestParameters: {
    what: 'Parameters of a request',
    most: 2500,
    from: 'econe-edge',
    code: 'InvalidQueryParameter',
  },
  uploadFields: { what: 'Parts of an upload', most: 32, from: 'econe-edge', code: 'RequestResourceCountExceeded' },
  uploadField: {
    what: 'A field of an upload',
    most: 4096,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  uploadHeader: {
    what: 'Header of a part of an upload, and what precedes the first part',
    ...{ most: 16 * 1024, unit: 'bytes', from: 'econe-edge' },
    code: 'MalformedQueryString',
  },
  uploadQuery: {
    what: 'Query of an upload',
    ...{ most: 16 * 1024, unit: 'bytes', from: 'econe-edge' },
    code: 'RequestEntityTooLarge',
  },
  uploadQueryParameters: {
    what: 'Parameters in the query of an upload',
    ...{ most: 100, from: 'econe-edge' },
    code: 'InvalidQueryParameter',
  },
  s3Query: {
    what: 'Query of a request to S3',
    most: 16 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'InvalidRequest',
  },
  s3QueryParameters: {
    what: 'Parameters in the query of a request to S3',
    ...{ most: 100, from: 'econe-edge' },
    code: 'InvalidRequest',
  },
  // R2's 5 GiB are 5 MiB less: https://developers.cloudflare.com/r2/platform/limits/
  s3Piece: {
    what: 'An object or part in one request to S3',
    ...{ most: 5 * 1024 ** 3 - 5 * 1024 ** 2, unit: 'bytes', from: 'Cloudflare' },
    code: 'EntityTooLarge',
  },
  s3ChunkHeader: {
    what: 'Header of a chunk (aws-chunked)',
    ...{ most: 256, unit: 'bytes', from: 'econe-edge' },
    code: 'IncompleteBody',
  },
  s3Trailers: {
    what: 'Trailing headers (aws-chunked)',
    ...{ most: 4096, unit: 'bytes', from: 'econe-edge' },
    code: 'MalformedTrailerError',
  },
  uploadsAtOnce: {
    what: 'Uploads of an account at a time',
    most: 4,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  stagedBytes: {
    what: 'Images of an account that wait for OpenNebula (`STAGING_GIB`)',
    most: 100,
    unit: 'GiB',
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  // 10,000 parts of 8 MiB
  // https://developers.cloudflare.com/r2/platform/limits/
  uploadedImage: {
    what: 'An uploaded image',
    most: 10_000 * 8,
    unit: 'MiB',
    from: 'Cloudflare',
    code: 'InvalidParameterValue',
  },
  callsARequest: {
    what: 'Calls to OpenNebula for which a request counts once in `REQUEST_LIMIT`; so many more count once more',
    most: 5,
    from: 'econe-edge',
    code: 'RequestLimitExceeded',
  },
  sweepSubrequests: {
    what: 'Subrequests of a sweep of the staging area (the free plan has 50)',
    most: 45,
    from: 'Cloudflare',
  },
  listMembers: { what: 'Members of a list in a request', most: 1000, from: 'AWS', code: 'InvalidParameterValue' },
  identityPage: { what: 'MaxItems of IAM', most: 1000, from: 'AWS', code: 'ValidationError' },
  blockDevices: { what: 'Block devices of an instance', most: 40, from: 'AWS', code: 'AttachmentLimitExceeded' },
  filters: { what: 'Filters of a request', most: 50, from: 'AWS', code: 'FilterLimitExceeded' },
  filterValues: { what: 'Values in all filters of a request', most: 200, from: 'AWS', code: 'FilterLimitExceeded' },
  filterValue: { what: 'Value of a filter', most: 255, unit: 'characters', from: 'AWS', code: 'FilterLimitExceeded' },
  filterWildcards: { what: 'Wildcards in a value of a filter', most: 5, from: 'AWS', code: 'FilterLimitExceeded' },
  filterWork: {
    what: 'Work of all filter values with wildcards: their characters; a text between two `*` counts 200, with `?` 2,000 for every 31',
    most: 10_000,
    from: 'econe-edge',
    code: 'FilterLimitExceeded',
  },
  filteredText: { what: 'Text that wildcards are compared with', most: 1024, unit: 'characters', from: 'econe-edge' },
  singleReads: {
    what: 'Objects that are read one by one before their pool is read instead',
    most: 20,
    from: 'econe-edge',
  },
  indexWrites: { what: 'Entries of the index that one request writes', most: 30, from: 'econe-edge' },
  indexLife: { what: 'How long an entry of the index is kept in KV', most: 365, unit: 'days', from: 'econe-edge' },
  sharedAnswer: {
    what: 'An answer of OpenNebula that identical requests at the same moment share',
    most: 1024 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
  },
  knownNumbers: { what: 'Entries of the index that an isolate keeps in memory', most: 20_000, from: 'econe-edge' },
  indexAge: {
    what: 'How long such an entry counts that may change meanwhile: as long as one of KV itself may',
    most: 60,
    unit: 'seconds',
    from: 'econe-edge',
  },
  // The AWS CLI and most SDKs give up after 60 seconds
  requestTime: {
    what: 'A request until its answer begins; of an upload, from when its file is there',
    most: 50,
    unit: 'seconds',
    from: 'econe-edge',
    code: 'Unavailable',
  },
  goalAge: {
    what: 'How long it is tried to bring about what was accepted: the end or the stop of an instance, the end of an image or of an address, and what is left of a request that failed',
    ...{ most: 24, unit: 'hours', from: 'econe-edge' },
  },
  lateWrites: {
    what: 'Calls of an account whose answers were lost that are watched, lest one that takes effect late undoes what came since',
    ...{ most: 500, from: 'econe-edge' },
  },
  unknownHost: {
    what: 'How long an image waits for an instance whose host does not answer; it has failed then',
    ...{ most: 600, unit: 'seconds', from: 'econe-edge' },
  },
  lateSave: {
    what: 'How long after the end of an image or a snapshot that was never made OpenNebula may still save its disk: what comes of it is deleted',
    ...{ most: 600, unit: 'seconds', from: 'econe-edge' },
  },
  subrequests: { what: 'Upstream requests of one request (free plan)', most: 50, from: 'Cloudflare' },
  kvOperations: { what: 'Operations on KV and R2 of one request', most: 1000, from: 'Cloudflare' },
  kvKeysPerGet: { what: 'Keys in one look into KV', most: 100, from: 'Cloudflare' },
  kvKey: { what: 'Key of an entry in KV', most: 512, unit: 'bytes', from: 'Cloudflare' },
  kvValue: { what: 'Value of an entry in KV', most: 25 * 1024 * 1024, unit: 'bytes', from: 'Cloudflare' },
  kvMetadata: { what: 'Metadata of an entry in KV', most: 1024, unit: 'bytes', from: 'Cloudflare' },
  r2Metadata: { what: 'Metadata of an object in R2', most: 8192, unit: 'bytes', from: 'Cloudflare' },
  r2Deletes: { what: 'Objects of R2 that one call deletes', most: 1000, from: 'Cloudflare' },
  storedRow: {
    what: 'Key and value of a row of an account',
    most: 2 * 1024 * 1024,
    unit: 'bytes',
    from: 'Cloudflare',
  },
  documentText: {
    what: 'An object of OpenNebula that is remembered, in its answer',
    ...{ most: 64 * 1024, unit: 'characters', from: 'econe-edge' },
  },
  rememberedText: {
    what: 'All objects that an isolate remembers by their text, of all regions, with what follows from them, about',
    ...{ most: 20 * 1024 * 1024, unit: 'bytes', from: 'econe-edge' },
  },
  rememberedDigest: {
    what: 'All objects that an isolate remembers by a digest of their text, of all regions, with what follows from them, about',
    ...{ most: 32 * 1024 * 1024, unit: 'bytes', from: 'econe-edge' },
  },
  launchedInstances: {
    what: 'Instances of one launch',
    most: 200,
    from: 'econe-edge',
    code: 'InstanceLimitExceeded',
  },
  launchedVolumes: {
    what: 'Volumes that one launch makes',
    most: 500,
    from: 'econe-edge',
    code: 'VolumeLimitExceeded',
  },
  interfacesOfInstance: {
    what: 'Network interfaces of an instance',
    most: 8,
    from: 'econe-edge',
    code: 'AttachmentLimitExceeded',
  },
  addressesOfInterface: {
    what: 'Private addresses of a network interface',
    most: 8,
    from: 'econe-edge',
    code: 'PrivateIpAddressLimitExceeded',
  },
  securityGroupsOfInterface: {
    what: 'Security groups of an interface',
    most: 5,
    from: 'AWS',
    code: 'SecurityGroupsPerInterfaceLimitExceeded',
  },
  securityGroupName: {
    what: 'Name of a security group',
    most: 255,
    unit: 'characters',
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  rulesOfSecurityGroup: {
    what: 'Rules of a security group in a direction',
    most: 60,
    from: 'AWS',
    code: 'RulesPerSecurityGroupLimitExceeded',
  },
  rulesRead: {
    what: 'Rules that are told of a security group, and lines that are read for them, where its owner has written these at OpenNebula',
    most: 1000,
    from: 'econe-edge',
  },
  vpcs: { what: 'VPCs of an account, besides its default one', most: 20, from: 'econe-edge', code: 'VpcLimitExceeded' },
  subnetsOfVpc: {
    what: 'Subnets of a VPC, besides the default one',
    most: 50,
    from: 'econe-edge',
    code: 'SubnetLimitExceeded',
  },
  internetGateways: {
    what: 'Internet gateways of an account, besides that of its default VPC',
    most: 20,
    from: 'econe-edge',
    code: 'InternetGatewayLimitExceeded',
  },
  routeTables: {
    what: 'Route tables of an account, besides those that VPCs are made with',
    most: 200,
    from: 'econe-edge',
    code: 'RouteTableLimitExceeded',
  },
  routes: {
    what: 'Routes of a route table, besides the local ones',
    most: 100,
    from: 'econe-edge',
    code: 'RouteLimitExceeded',
  },
  routeTableAssociations: {
    what: 'Subnets of a VPC that have a route table of their own',
    most: 200,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  dhcpOptions: {
    what: 'Sets of DHCP options of an account, besides its default one',
    most: 50,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  // Each line stands in every VM of the group as well, in some 200 characters
  memberLines: {
    what: 'Runs of addresses of other groups’ members in the rules of a security group; who is in none of them is not let in',
    most: 500,
    from: 'econe-edge',
  },
  tagsPerResource: { what: 'Tags of a resource', most: 50, from: 'AWS', code: 'TagLimitExceeded' },
  tagKey: { what: 'Key of a tag', most: 128, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  tagValue: { what: 'Value of a tag', most: 256, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  description: { what: 'A description', most: 255, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  importUrl: {
    what: 'Address that an image is imported from',
    most: 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  importRedirects: {
    what: 'Redirects of an address that an image is imported from',
    most: 5,
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  deprecation: {
    what: 'The time until an AMI is deprecated',
    most: 3653,
    unit: 'days',
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  publicDeprecation: {
    what: 'The time from the creation of a public AMI until it is deprecated',
    most: 731,
    unit: 'days',
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  clientTokens: {
    what: 'Client tokens that an account has remembered, each for a day; the oldest are forgotten first',
    ...{ most: 20_000, from: 'econe-edge' },
  },
  clientToken: { what: 'A client token', most: 64, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  keyName: { what: 'Name of a key pair', most: 255, unit: 'characters', from: 'AWS', code: 'InvalidParameterValue' },
  keyMaterial: {
    what: 'A public key to import, in base64',
    most: 2048,
    unit: 'characters',
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  userData: { what: 'User data', most: 16 * 1024, unit: 'bytes', from: 'AWS', code: 'InvalidParameterValue' },
  filterName: {
    what: 'Name of a filter',
    most: 255,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  text: {
    what: 'Any other text of a request',
    most: 4096,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  blob: {
    what: 'Any other binary value of a request',
    most: 64 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  virtualCpus: { what: 'Virtual CPUs of an instance type; more do not count', most: 65_536, from: 'econe-edge' },
  memory: { what: 'Memory of an instance type; more does not count', most: 2 ** 30, unit: 'MiB', from: 'econe-edge' },
  volumeIops: { what: 'Iops of a volume', most: 256_000, from: 'AWS', code: 'InvalidParameterValue' },
  volumeThroughput: {
    what: 'Throughput of a volume in MiB a second',
    most: 2000,
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  volumeSize: { what: 'Size of a volume', most: 65_536, unit: 'GiB', from: 'AWS', code: 'InvalidParameterValue' },
  sharedAccounts: {
    what: 'Accounts that an image or a snapshot is shared with',
    most: 1000,
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  storedRecord: {
    what: 'What is kept of a resource in an attribute of OpenNebula; beyond that it does not count',
    most: 32 * 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  storedItem: {
    what: 'What is kept of an item, a document of its own in OpenNebula; beyond that it does not count',
    most: 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  itemsHeld: {
    what: 'What is kept of all items of a kind that an account has; those beyond that do not count',
    most: 16 * 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  // 120 rules with descriptions of full length make 65 KB
  storedSecurityGroup: {
    what: 'What is kept of a security group, and of the tags of its rules, in an attribute of OpenNebula',
    most: 128 * 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  storedTags: {
    what: 'All tags of a resource in an attribute of OpenNebula; beyond that they do not count',
    most: 80 * 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'InvalidParameterValue',
  },
  launchTemplates: {
    what: 'Launch templates of an account',
    most: 1000,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  placementGroups: {
    what: 'Placement groups of an account',
    most: 500,
    from: 'AWS',
    code: 'ResourceLimitExceeded',
  },
  launchTemplateVersions: {
    what: 'Versions of a launch template',
    most: 1000,
    from: 'econe-edge',
    code: 'ResourceLimitExceeded',
  },
  deletedVersions: {
    what: 'Versions of a launch template that one request deletes',
    most: 200,
    from: 'AWS',
    code: 'InvalidParameterValue',
  },
  // In base64 it makes a stored item, and some room
  launchTemplateBytes: {
    what: 'All versions of a launch template, as they are kept',
    ...{ most: 640 * 1024, unit: 'bytes', from: 'econe-edge' },
    code: 'ResourceLimitExceeded',
  },
  launchTemplatesBytes: {
    what: 'All versions of all launch templates of an account, as they are kept',
    ...{ most: 8 * 1024 * 1024, unit: 'bytes', from: 'econe-edge' },
    code: 'ResourceLimitExceeded',
  },
  keyPairs: { what: 'Key pairs of an account', most: 500, from: 'econe-edge', code: 'KeyPairLimitExceeded' },
  keyPairBytes: {
    what: 'Key pairs of an account with their tags, as they are kept',
    most: 768 * 1024,
    unit: 'bytes',
    from: 'econe-edge',
    code: 'KeyPairLimitExceeded',
  },
  documentValue: {
    what: 'A value of an OpenNebula object (a longer one counts as absent)',
    most: 256 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  documentKeyPairs: {
    what: 'The value of `EC2_KEYPAIRS` of an OpenNebula user (a longer one is left alone, and is no key pairs)',
    most: 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
    code: 'IncorrectState',
  },
  documentObject: {
    what: 'What is read of one OpenNebula object, with 32 characters for each value (a bigger object is left out)',
    most: 4 * 1024 * 1024,
    unit: 'characters',
    from: 'econe-edge',
  },
  eventAge: { what: 'How long events are kept', most: 90, unit: 'days', from: 'AWS' },
  changeEvents: {
    what: 'Events of changes that an account has; the oldest go first',
    ...{ most: 40_000, from: 'econe-edge' },
  },
  refusalEvents: {
    what: 'Events of refused requests that an account has; the oldest go first',
    ...{ most: 10_000, from: 'econe-edge' },
  },
  refusalsAMinute: {
    what: 'Refused requests of an account in a minute that have an event each; more are counted in one',
    ...{ most: 100, from: 'econe-edge' },
  },
  eventRequest: {
    what: 'Parameters of a request in its event; of longer ones what stands deeper or further behind is left out',
    ...{ most: 4096, unit: 'characters', from: 'econe-edge' },
  },
  eventAnswer: {
    what: 'The answer in an event, cut likewise',
    ...{ most: 2048, unit: 'characters', from: 'econe-edge' },
  },
  eventResources: { what: 'Resources that an event names', most: 200, from: 'econe-edge' },
  eventText: { what: 'A text in an event', most: 512, unit: 'characters', from: 'econe-edge' },
  eventsTold: {
    what: 'Events that the operator is told of, the newest (`econe-check --events`)',
    ...{ most: 1000, from: 'econe-edge' },
  },
  lookupPage: { what: 'MaxResults of LookupEvents', most: 50, from: 'AWS' },
  lookupValue: { what: 'AttributeValue of LookupEvents', most: 2000, unit: 'characters', from: 'AWS' },
  unlimitedQuota: {
    what: 'A quota that nothing limits, as Service Quotas and DescribeAccountAttributes tell it',
    ...{ most: 2 ** 31 - 1, from: 'econe-edge' },
  },
  usageTypes: {
    what: 'Usage types of an account that are told apart; instances of further types count together',
    ...{ most: 500, from: 'econe-edge' },
  },
  usageMonths: {
    what: 'Months that usage is told of, the current one included',
    ...{ most: 14, from: 'AWS' },
  },
  usageFilter: { what: 'Conditions in a Filter of GetCostAndUsage', most: 50, from: 'econe-edge' },
  dimensionValues: { what: 'Values of a dimension that GetDimensionValues sorts', most: 1000, from: 'AWS' },
  usageFilterDepth: { what: 'Conditions of a Filter of GetCostAndUsage in one another', most: 5, from: 'econe-edge' },
  quotasPage: { what: 'MaxResults of Service Quotas', most: 100, from: 'AWS' },
  utilizationPage: { what: 'MaxResults of GetQuotaUtilizationReport', most: 1000, from: 'AWS' },
  operatorProof: {
    what: 'How far from its time a proof of the operator counts (`econe-check --account`)',
    ...{ most: 300, unit: 'seconds', from: 'econe-edge' },
  },
  policySize: {
    what: 'Policy of an access key, without white space',
    ...{ most: 6144, unit: 'characters', from: 'AWS' },
  },
  // A request may be about 1,000 resources, each with tags of its own
  policyWork: {
    what: 'Work of all wildcards in the policy of an access key or a role, counted as that of filter values',
    ...{ most: 50_000, from: 'econe-edge' },
  },
  policyText: {
    what: 'Text of a policy, with its white space',
    ...{ most: 32_768, unit: 'characters', from: 'econe-edge' },
  },
  sessionPolicy: {
    what: 'Policy of a session',
    ...{ most: 2048, unit: 'characters', from: 'AWS' },
    code: 'ValidationError',
  },
  sessionPolicyWork: {
    what: 'Work of all wildcards in the policy of a session, counted as that of filter values',
    ...{ most: 10_000, from: 'econe-edge' },
    code: 'PackedPolicyTooLarge',
  },
  // The policy with each of its characters escaped, in base64
  sessionToken: {
    what: 'Session token',
    ...{ most: 8192, unit: 'characters', from: 'econe-edge' },
    code: 'InvalidClientTokenId',
  },
  sessionDuration: {
    what: 'Time for which those of GetSessionToken and GetFederationToken are good',
    ...{ most: 129_600, unit: 'seconds', from: 'AWS' },
    code: 'ValidationError',
  },
  roleDuration: {
    what: 'Time for which a role is assumed',
    ...{ most: 43_200, unit: 'seconds', from: 'AWS' },
    code: 'ValidationError',
  },
  identityPageUsual: { what: 'Access keys in an answer of IAM without MaxItems', most: 100, from: 'AWS' },
  activeKeys: { what: 'Active access keys of a user who makes them', most: 2, from: 'AWS', code: 'LimitExceeded' },
  ownKeys: { what: 'Access keys of a user who makes them', most: 8, from: 'econe-edge', code: 'LimitExceeded' },
  flawsTold: {
    what: 'Objects that cannot be read of which one isolate of the Worker tells the log',
    ...{ most: 1000, from: 'econe-edge' },
  },
  bucketBytes: {
    what: 'Objects and parts of uploads in the bucket of an account, what is on its way included (`BUCKET_GIB`)',
    ...{ most: 100, unit: 'GiB', from: 'econe-edge' },
    code: 'QuotaExceeded',
  },
  bucketObjects: {
    what: 'Objects in the bucket of an account',
    most: 20_000,
    from: 'econe-edge',
    code: 'QuotaExceeded',
  },
  bucketPieces: {
    what: 'Pieces that a bucket’s objects and parts are in: an object, or each part that it is made of',
    ...{ most: 100_000, from: 'econe-edge' },
    code: 'QuotaExceeded',
  },
  bucketUploads: {
    what: 'Multipart uploads of an account that are not completed',
    ...{ most: 1000, from: 'econe-edge' },
    code: 'QuotaExceeded',
  },
  bucketBegun: {
    what: 'Bodies of puts and parts of an account at a time',
    most: 200,
    from: 'econe-edge',
    code: 'SlowDown',
  },
  bucketBodyTime: {
    what: 'How long the body of a put or a part may take, and a second more for each 256 kB',
    ...{ most: 600, unit: 'seconds', from: 'econe-edge' },
    code: 'RequestTimeout',
  },
  departedBucket: {
    what: 'How long the bucket of a user is kept whom OpenNebula has deleted',
    ...{ most: 30, unit: 'days', from: 'econe-edge' },
  },
  bucketUploadAge: {
    what: 'How long a multipart upload is kept that gets no part',
    ...{ most: 7, unit: 'days', from: 'econe-edge' },
    code: 'NoSuchUpload',
  },
  bucketCompletions: {
    what: 'Completed uploads of an account of which it is known for a day what came of them',
    ...{ most: 1000, from: 'econe-edge' },
  },
  bucketHold: {
    what: 'How long the bytes of an object are held that no import looks after',
    ...{ most: 60, unit: 'minutes', from: 'econe-edge' },
  },
  strayPiece: {
    what: 'How long bytes are kept that no bucket knows of, until a sweep',
    ...{ most: 60, unit: 'minutes', from: 'econe-edge' },
  },
  partLeast: {
    what: 'The least size of a part that is not the last',
    ...{ most: 5 * 1024 * 1024, unit: 'bytes', from: 'AWS' },
    code: 'EntityTooSmall',
  },
  directParts: {
    what: 'Parts that one request begins or finishes that go to R2 itself',
    ...{ most: 20, from: 'econe-edge' },
    code: 'MalformedXML',
  },
  directLink: {
    what: 'Until when a part has to be on its way to R2 itself',
    ...{ most: 900, unit: 'seconds', from: 'econe-edge' },
  },
  presignedExpires: {
    what: 'X-Amz-Expires of a presigned request (SigV4)',
    ...{ most: 604_800, unit: 'seconds', from: 'AWS' },
    code: 'IncompleteSignature',
  },
  expiresAhead: {
    what: 'Expires of a signature of version 2, from now',
    ...{ most: 7, unit: 'days', from: 'AWS' },
    code: 'InvalidParameterValue',
  },
  standingAge: {
    what: 'How long it counts what OpenNebula said of a user: that it is enabled, has this name, and who is in group 0',
    ...{ most: 60, unit: 'seconds', from: 'econe-edge' },
  },
  failedNames: {
    what: "Failed requests in a minute with econe's keys, for each user name and for each client address",
    ...{ most: 20, from: 'econe-edge' },
    code: 'RequestLimitExceeded',
  },
  objectKey: {
    what: 'Key of an object of the S3 door',
    most: 1024,
    unit: 'bytes',
    from: 'AWS',
    code: 'KeyTooLongError',
  },
  objectMetadata: {
    what: 'Metadata of an object (`x-amz-meta-…`)',
    ...{ most: 2048, unit: 'bytes', from: 'AWS' },
    code: 'MetadataTooLarge',
  },
  objectHeaders: {
    what: 'Other headers that are kept with an object',
    ...{ most: 4096, unit: 'bytes', from: 'econe-edge' },
    code: 'MetadataTooLarge',
  },
  listedKeys: { what: 'Keys, uploads or parts on a page of a list of the S3 door', most: 1000, from: 'AWS' },
  deletedKeys: { what: 'Keys of one DeleteObjects', most: 1000, from: 'AWS', code: 'MalformedXML' },
  partNumber: { what: 'Number of a part', most: 10_000, from: 'AWS', code: 'InvalidArgument' },
  // 10,000 parts with an ETag and a SHA-256 each, or 1,000 keys of full length
  s3Document: {
    what: 'Document in a request to the S3 door',
    ...{ most: 3 * 1024 * 1024, unit: 'bytes', from: 'econe-edge' },
    code: 'MalformedXML',
  },
} as const satisfies Record<string, Limit>
