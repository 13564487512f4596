// What the operator's variables and bindings mean: docs/configuration.md is written from this table (`npm run docs`).
import type { VariableName } from '../src/config/names.ts'

export interface Meaning {
  readonly what: string
  /** What holds without; absent where it has to be set. */
  readonly otherwise?: string
}

/** Every variable and secret: one that is not here does not compile. */
export const variables: { readonly [Name in VariableName]: Meaning } = {
  ONE_XMLRPC: { what: "the front-end's XML-RPC address, `https://…/RPC2`" },
  ONE_AUTH: { what: '`serveradmin:PASSWORD`' },
  EDGE_SECRET: { what: 'what all keys of the Worker are derived from, 16 characters or more' },
  EDGE_SECRET_OLD: {
    what: 'earlier values of `EDGE_SECRET`, one a line: what was made under them still counts, and nothing new is made',
    otherwise: 'none',
  },
  REGION: {
    what: 'name of the region. `aws_region` of Terraform knows AWS’s own names alone, and modules of its registry take zones that do not begin as those do (`eu-…`) for zone ids',
    otherwise: '`opennebula`',
  },
  REGIONS: {
    what: 'names of further regions at the same endpoint, separated by spaces, each a cloud with variables of its own ([regions.md](regions.md))',
    otherwise: 'none',
  },
  ZONES: {
    what: 'availability zones, separated by spaces; the first is the default. Terraform wants each to begin with `REGION`',
    otherwise: '`<REGION>a`',
  },
  ZONE_CLUSTERS: {
    what:
      'OpenNebula clusters that are zones of `ZONES` (`one-a=0,104 one-b=105`): subnets are in the zone of their network, and ' +
      'an instance whose launch names a zone or a subnet in one goes there ([networks.md](networks.md))',
    otherwise: 'none: zones are names alone',
  },
  DNS_DOMAIN: {
    what: "domain that the names of instances are in (`ip-10-0-0-10.…`, `ec2-203-0-113-7.…`); to have them resolved is up to the cloud's DNS",
    otherwise: '`<REGION>.compute.internal`',
  },
  SIGNING_REGIONS: {
    what: 'regions that may stand in signatures besides `REGION`; `*` for any (old clients on bare IP addresses)',
    otherwise: 'none',
  },
  USER_NAME_KEYS: { what: "econe's scheme: user name and password hash as keys", otherwise: '`false`' },
  ISSUED_KEYS: { what: '`AKIA…` keys issued by the operator', otherwise: '`true`' },
  TRUSTED_OWNERS: {
    what:
      "numbers of OpenNebula users whose templates, networks and security groups are the operator's, besides oneadmin's " +
      'and those of its group',
    otherwise: 'none',
  },
  PUBLIC_URL: {
    what: "the Worker's address as OpenNebula reaches it: uploaded images are fetched there",
    otherwise: 'that of the request, if in `OWN_HOSTS`',
  },
  OWN_HOSTS: {
    what:
      "hosts that are the Worker's own (`ec2.example.com localhost:8787`): OpenNebula may be sent to one that a request " +
      'names. With neither, no images are taken',
    otherwise: 'none',
  },
  DATASTORE_ID: { what: 'datastore of images and volumes', otherwise: '`1`' },
  ADDRESS_NETWORK_ID: {
    what: 'network that elastic addresses are reserved from, and public ones taken of',
    otherwise: 'none',
  },
  DEFAULT_GROUP: {
    what:
      'what the default security group of a VPC is before its account changes it: `open` lets everything pass, as ' +
      "OpenNebula's group 0 does, `closed` lets in its members alone, as at AWS ([networks.md](networks.md))",
    otherwise: '`open`',
  },
  SUBNET_TEMPLATE_ID: {
    what: 'network template that CreateSubnet makes networks of, with any block of addresses, each in a VLAN or VXLAN of its own',
    otherwise: 'none',
  },
  SUBNET_PARENT_ID: {
    what: 'without `SUBNET_TEMPLATE_ID`: network that CreateSubnet reserves addresses from, which stay in its own VLAN',
    otherwise: 'none',
  },
  TERMINATED_FOR_SECONDS: { what: 'for how long terminated instances are listed', otherwise: '`3600`' },
  IMPORT_HOURS: { what: 'for how long OpenNebula may fetch an uploaded image', otherwise: '`6`' },
  IMPORT_HOSTS: {
    what:
      'hosts (`images.example.com mirror.example.com:8443`) that RegisterImage, ImportImage and ImportSnapshot may have the ' +
      'front-end fetch disks from, also by a redirect; `*` for any on the Internet, by what it is called ' +
      '([images.md](images.md#addresses))',
    otherwise: 'none: nothing is imported by its address',
  },
  MARKETPLACE: {
    what:
      "whether images can be had from the operator's OpenNebula marketplaces, `on` or `off` " +
      '([images.md](images.md#the-marketplace))',
    otherwise: '`on`',
  },
  CONSOLE: {
    what: 'whether a browser at the address is shown the [console](console.md), `on` or `off`',
    otherwise: '`on`',
  },
  STAGING_GIB: { what: 'GiB that an account may have waiting to be imported', otherwise: '`100`' },
  BUCKET_GIB: {
    what: 'GiB that an account may have in its bucket (the S3 door); `0` for no buckets: the door is shut',
    otherwise: '`100`',
  },
  UPSTREAM_TIMEOUT_SECONDS: {
    what: 'time limit of a read from OpenNebula; calls that change something get twice that',
    otherwise: '`30`',
  },
  ACCESS_CLIENT_ID: {
    what: 'id of the Cloudflare Access service token for the front-end, or of whatever a proxy before it looks at',
    otherwise: 'none',
  },
  ACCESS_CLIENT_SECRET: { what: 'its secret; both are sent as `CF-Access-Client-…` headers', otherwise: 'none' },
  R2_ENDPOINT: {
    what:
      "R2's S3 address, `https://<account>.r2.cloudflarestorage.com`. With the three that follow, the parts of large uploads go " +
      'to R2 past the Worker ([images.md](images.md#direct-to-r2))',
    otherwise: 'none: all bytes go through the Worker',
  },
  R2_BUCKET: { what: 'name of the bucket that is bound as `STAGING`', otherwise: 'none' },
  R2_ACCESS_KEY_ID: {
    what: 'id of an R2 API token that may read and write objects in that bucket, and nothing else',
    otherwise: 'none',
  },
  R2_SECRET_ACCESS_KEY: { what: 'its secret', otherwise: 'none' },
}

/** What wrangler.toml binds. */
export const bindings: Readonly<Record<string, Meaning>> = {
  '`INDEX` (KV namespace)': { what: 'the index of ids, and the sealed access keys' },
  '`STAGING` (R2 bucket)': { what: 'uploaded images on their way to OpenNebula' },
  '`ACCOUNT` (Durable Object)': { what: 'locks, client tokens, unfinished work and events of an account' },
  '`ONE` (`[[vpc_services]]`, `[[mtls_certificates]]` or a service)': {
    what: 'a way of its own to the front-end, instead of a plain request over the Internet',
    otherwise: 'none',
  },
  '`REQUEST_LIMIT` (rate limit)': {
    what: 'requests that one key may send; every five calls to OpenNebula beyond the first five count as one more',
    otherwise: '1,000 in 10 s',
  },
  '`FAILURE_LIMIT` (rate limit)': {
    what:
      "requests with econe's keys that may fail for a user name, and for a client address, at one Cloudflare location; " +
      'without it in one isolate',
    otherwise: '20 in 60 s',
  },
  '`ASSETS` (static assets)': { what: "the console's files ([console.md](console.md))", otherwise: 'none: no console' },
  '`CALLS` (Analytics Engine)': {
    what: 'dataset in which every request is a data point ([audit.md](audit.md#all-calls))',
    otherwise: 'none',
  },
}
