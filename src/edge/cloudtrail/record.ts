// An event of the account as CloudTrail records it.
import type { AccountEvent } from '../../account/events/event.ts'
import { userArn, userId } from '../../ec2/core/account.ts'
import { instantAt } from '../../lib/instants.ts'

/** The newest there is. */
const VERSION = '1.11'

/** CloudTrail's times are whole seconds. */
export const secondsOf = (time: number): number => Math.floor(time / 1000)

const sourceOf = ({ service }: Pick<AccountEvent, 'service'>): string => `${service}.amazonaws.com`

/**
 * @param account 12 digits
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
function recordOf(event: AccountEvent, account: string): object {
  const { service, user: userName, accessKeyId, details } = event
  const { requestId, request, response, error, open, omitted } = details
  const user = { id: account, user: { id: Number(account), name: userName } }
  return {
    eventVersion: VERSION,
    userIdentity: {
      ...{ type: 'IAMUser', principalId: userId(user), arn: userArn(user) },
      ...{ accountId: account, accessKeyId, userName },
    },
    eventTime: instantAt(event.time),
    eventSource: sourceOf(event),
    eventName: event.action,
    awsRegion: details.region,
    sourceIPAddress: details.address ?? 'unknown',
    userAgent: details.userAgent ?? '',
    ...(error && { errorCode: codeOf(service, error), errorMessage: error.message }),
    requestParameters: request ?? null,
    responseElements: response ? { ...(service === 'ec2' && { requestId }), ...response } : null,
    ...(open && { additionalEventData: { outcome: 'unknown' } }),
    ...(omitted !== undefined && { additionalEventData: { refusedRequests: omitted } }),
    requestID: requestId,
    eventID: event.id,
    readOnly: event.readOnly,
    eventType: omitted === undefined && accessKeyId !== '' ? 'AwsApiCall' : 'AwsServiceEvent',
    managementEvent: true,
    recipientAccountId: account,
    eventCategory: 'Management',
  }
}

/** EC2's codes are told with whose fault it was. */
function codeOf(service: string, { code, status }: { readonly code: string; readonly status: number }): string {
  if (service !== 'ec2') return code
  return `${status < 500 ? 'Client' : 'Server'}.${code}`
}

/** An event as LookupEvents tells it. @param account 12 digits */
export function toldEvent(event: AccountEvent, account: string): object {
  return {
    EventId: event.id,
    EventName: event.action,
    ReadOnly: String(event.readOnly),
    AccessKeyId: event.accessKeyId,
    EventTime: secondsOf(event.time),
    EventSource: sourceOf(event),
    Username: event.user,
    Resources: event.resources.map(({ type, name }) => ({ ResourceType: type, ResourceName: name })),
    CloudTrailEvent: JSON.stringify(recordOf(event, account)),
  }
}
