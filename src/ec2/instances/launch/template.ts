// A launch from a launch template: the template's data, and what the request says otherwise.
import type { BlockDeviceMapping, RequestLaunchTemplateData, RunInstancesRequest, Tag } from '@aws-sdk/client-ec2'
import type { ChangeContext } from '../../core/context.ts'
import { numberBehind } from '../../core/find.ts'
import { readTogether } from '../../core/multicall.ts'
import type { Tags } from '../../core/tags.ts'
import { IMAGE } from '../../images/resource.ts'
import type { LaunchedFrom } from '../record.ts'
import { asksForSomething, launchTags } from '../templates/data.ts'
import { checkName, launchTemplates, pickTemplate } from '../templates/find.ts'
import { hintedImage } from '../templates/image-hints.ts'
import { versionNamed } from '../templates/view.ts'
import { launchTasks } from './journal.ts'
import { openQuestion, type ReadForLaunch } from './named.ts'
import { reservationOf } from './planned-instance.ts'

/** What a launch asks for, with what its template says. */
export interface TemplatedLaunch {
  readonly input: RunInstancesRequest
  /** Absent for a launch without a template. */
  readonly template?: LaunchedFrom
  /** The tags of the template. */
  readonly templateTags?: Tags
  /** What was read together with the template. */
  readonly early?: ReadForLaunch
}

/**
 * A launch with what its template says, if it names one; in one upstream request, in which is also what it is launched from.
 *
 * A repeat goes by the version of the run before it, whatever `$Latest` or `$Default` is by then: it goes on with the same
 * instances.
 * @throws Ec2Error MissingParameter, InvalidParameterCombination, InvalidLaunchTemplateId.NotFound, .Malformed and
 *   .VersionNotFound, InvalidLaunchTemplateName.NotFoundException
 */
export async function withLaunchTemplate(
  request: RunInstancesRequest,
  context: ChangeContext,
): Promise<TemplatedLaunch> {
  if (!request.LaunchTemplate) return { input: request }
  checkName(request.LaunchTemplate)
  const image = await (request.ImageId
    ? numberBehind(IMAGE, request.ImageId, context)
    : hintedImage(request.LaunchTemplate, context))
  const { documents, ...early } = await readTogether(context.one, {
    documents: [launchTemplates.pool],
    ...openQuestion(image, context),
  })
  const template = pickTemplate(request.LaunchTemplate, launchTemplates.in(documents, context))
  const { number: version, data } = versionNamed(template, earlierVersion(context) ?? request.LaunchTemplate.Version)
  return {
    input: mergedLaunch(data, request),
    template: { id: template.id, version },
    templateTags: template.tags,
    early,
  }
}

function earlierVersion(context: ChangeContext): string | undefined {
  if (!context.resumed) return undefined
  const reservation = reservationOf(context)
  return context.tasks
    .of(launchTasks)
    .find(launch => launch.reservation === reservation)
    ?.template?.version.toString()
}

/**
 * What the request says replaces what the template says of the same member; an empty text, as Terraform has it for the zone of
 * every launch, says nothing. Block devices are told apart by their names, network interfaces by their indexes, and tags by resource
 * and key.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instances-from-launch-template.html
 */
export function mergedLaunch(data: RequestLaunchTemplateData, request: RunInstancesRequest): RunInstancesRequest {
  // No template has interfaces of a secondary network, which no launch honours
  const { SecurityGroupIds, SecurityGroups, Monitoring, SecondaryInterfaces: _, ...ofTemplate } = data
  const { MinCount, MaxCount, ...others } = request
  const asked: Partial<RunInstancesRequest> = Object.fromEntries(Object.entries(others).filter(asksForSomething))
  const namesGroups = request.SecurityGroupIds !== undefined || request.SecurityGroups !== undefined
  return {
    ...ofTemplate,
    ...(Monitoring && { Monitoring: { Enabled: Monitoring.Enabled } }),
    ...(!namesGroups && { SecurityGroupIds, SecurityGroups }),
    ...asked,
    ...{ MinCount, MaxCount },
    BlockDeviceMappings: joined(data.BlockDeviceMappings, request.BlockDeviceMappings, deviceOf),
    NetworkInterfaces: joined(data.NetworkInterfaces, request.NetworkInterfaces, ({ DeviceIndex = 0 }) => DeviceIndex),
    TagSpecifications: joinedTags(launchTags(data.TagSpecifications), request.TagSpecifications),
  }
}

const deviceOf = ({ DeviceName = '' }: BlockDeviceMapping) => DeviceName

/** The template's entries, those of them that the request has as well as it has them, then its others. */
function joined<T>(
  ofTemplate: readonly T[] = [],
  ofRequest: readonly T[] = [],
  keyOf: (entry: T) => unknown,
): T[] | undefined {
  // What is set again stays where it was
  const entriesOf = Map.groupBy(ofTemplate, keyOf)
  for (const [key, asked] of Map.groupBy(ofRequest, keyOf)) entriesOf.set(key, asked)
  const entries = [...entriesOf.values()].flat()
  return entries.length > 0 ? entries : undefined
}

type Specifications = NonNullable<RunInstancesRequest['TagSpecifications']>

function joinedTags(ofTemplate: Specifications, ofRequest: Specifications = []): Specifications | undefined {
  const asked = (type: string | undefined) =>
    new Set(ofRequest.flatMap(({ ResourceType, Tags = [] }) => (ResourceType === type ? Tags.map(keyOfTag) : [])))
  const kept = ofTemplate.map(({ ResourceType, Tags = [] }) => {
    const others = asked(ResourceType)
    return { ResourceType, Tags: Tags.filter(tag => !others.has(keyOfTag(tag))) }
  })
  const all = [...kept, ...ofRequest]
  return all.length > 0 ? all : undefined
}

const keyOfTag = ({ Key = '' }: Tag) => Key
