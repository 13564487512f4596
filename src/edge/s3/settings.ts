// What clients ask of a bucket or an object besides what is in it: its settings, which nobody can change. Asked for one, S3
// answers what it is, or with a code of its own where there is none.
import { type S3Code, S3Error } from '../../s3/errors.ts'
import type { Elements } from '../../s3/xml.ts'
import { type BucketCall, documented, type ObjectCall, ownerOf, type ServiceCall } from './call.ts'

/** The answer to whoever asks: a document of this root, or an error. */
export type Setting =
  | { readonly root: string; readonly content: Elements | ((call: ServiceCall) => Elements) }
  | { readonly none: S3Code; readonly message: string }

const document = (root: string, content: Extract<Setting, { root: string }>['content'] = []): Setting => ({
  root,
  content,
})

const none = (code: S3Code, message: string): Setting => ({ none: code, message })

const CANONICAL_USER = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"'

const acl = document('AccessControlPolicy', call => [
  ['Owner', ownerOf(call)],
  [
    'AccessControlList',
    [
      [
        'Grant',
        [
          ['Grantee', ownerOf(call), CANONICAL_USER],
          ['Permission', 'FULL_CONTROL'],
        ],
      ],
    ],
  ],
])

const noConfiguration = none('NoSuchConfiguration', 'The specified configuration does not exist.')

/** Of a bucket, by the operation that asks for it. */
export const bucketSettings = {
  GetBucketAccelerateConfiguration: ['accelerate', document('AccelerateConfiguration')],
  GetBucketAcl: ['acl', acl],
  GetBucketAnalyticsConfiguration: ['analytics', noConfiguration],
  GetBucketCors: ['cors', none('NoSuchCORSConfiguration', 'The CORS configuration does not exist')],
  GetBucketEncryption: [
    'encryption',
    document('ServerSideEncryptionConfiguration', [
      [
        'Rule',
        [
          ['ApplyServerSideEncryptionByDefault', [['SSEAlgorithm', 'AES256']]],
          ['BucketKeyEnabled', false],
        ],
      ],
    ]),
  ],
  GetBucketIntelligentTieringConfiguration: ['intelligent-tiering', noConfiguration],
  GetBucketInventoryConfiguration: ['inventory', noConfiguration],
  GetBucketLifecycleConfiguration: [
    'lifecycle',
    none('NoSuchLifecycleConfiguration', 'The lifecycle configuration does not exist'),
  ],
  GetBucketLogging: ['logging', document('BucketLoggingStatus')],
  GetBucketMetricsConfiguration: ['metrics', noConfiguration],
  GetBucketNotificationConfiguration: ['notification', document('NotificationConfiguration')],
  GetBucketOwnershipControls: [
    'ownershipControls',
    document('OwnershipControls', [['Rule', [['ObjectOwnership', 'BucketOwnerEnforced']]]]),
  ],
  GetBucketPolicy: ['policy', none('NoSuchBucketPolicy', 'The bucket policy does not exist')],
  GetBucketPolicyStatus: ['policyStatus', none('NoSuchBucketPolicy', 'The bucket policy does not exist')],
  GetBucketReplication: [
    'replication',
    none('ReplicationConfigurationNotFoundError', 'The replication configuration was not found'),
  ],
  GetBucketRequestPayment: ['requestPayment', document('RequestPaymentConfiguration', [['Payer', 'BucketOwner']])],
  GetBucketTagging: ['tagging', none('NoSuchTagSet', 'The TagSet does not exist')],
  GetBucketVersioning: ['versioning', document('VersioningConfiguration')],
  GetBucketWebsite: [
    'website',
    none('NoSuchWebsiteConfiguration', 'The specified bucket does not have a website configuration'),
  ],
  GetObjectLockConfiguration: [
    'object-lock',
    none('ObjectLockConfigurationNotFoundError', 'Object Lock configuration does not exist for this bucket'),
  ],
  GetPublicAccessBlock: [
    'publicAccessBlock',
    document('PublicAccessBlockConfiguration', [
      ['BlockPublicAcls', true],
      ['IgnorePublicAcls', true],
      ['BlockPublicPolicy', true],
      ['RestrictPublicBuckets', true],
    ]),
  ],
  ListBucketAnalyticsConfigurations: [
    'analytics',
    document('ListBucketAnalyticsConfigurationResult', [['IsTruncated', false]]),
  ],
  ListBucketIntelligentTieringConfigurations: [
    'intelligent-tiering',
    document('ListBucketIntelligentTieringConfigurationsResult', [['IsTruncated', false]]),
  ],
  ListBucketInventoryConfigurations: [
    'inventory',
    document('ListInventoryConfigurationsResult', [['IsTruncated', false]]),
  ],
  ListBucketMetricsConfigurations: ['metrics', document('ListMetricsConfigurationsResult', [['IsTruncated', false]])],
} as const satisfies Readonly<Record<string, readonly [subresource: string, Setting]>>

const noLock = none('NoSuchObjectLockConfiguration', 'The specified object does not have a ObjectLock configuration')

/** Of an object, by the operation that asks for it. */
export const objectSettings = {
  GetObjectAcl: ['acl', acl],
  GetObjectLegalHold: ['legal-hold', noLock],
  GetObjectRetention: ['retention', noLock],
  GetObjectTagging: ['tagging', document('Tagging', [['TagSet', []]])],
} as const satisfies Readonly<Record<string, readonly [subresource: string, Setting]>>

/** What S3 has settings for besides, and this door nothing. */
export const OTHER_SUBRESOURCES: readonly string[] = [
  ...['abac', 'annotation', 'metadataAnnotationTable', 'metadataConfiguration', 'metadataInventoryTable'],
  ...['metadataJournalTable', 'metadataTable', 'renameObject', 'restore', 'select', 'session', 'torrent'],
]

/** @throws S3Error the code for none */
export async function answerBucketSetting(setting: Setting, call: BucketCall): Promise<Response> {
  if ('none' in setting) throw new S3Error(setting.none, setting.message, { elements: { BucketName: call.bucket } })
  const { root, content } = setting
  return documented(root, typeof content === 'function' ? content(call) : content)
}

/** @throws S3Error NoSuchKey, the code for none */
export async function answerObjectSetting(setting: Setting, call: ObjectCall): Promise<Response> {
  await call.ask('head', { key: call.key })
  return answerBucketSetting(setting, call)
}
