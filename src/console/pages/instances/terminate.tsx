// Terminating instances, after it was said what goes with them.
import type { Instance } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import { operation } from '../../resource/definition.ts'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { NONE, sizeText } from '../../ui/format.tsx'
import { Lines } from '../../ui/notice.tsx'
import type { Element } from '../../ui/types.ts'
import { idsOf, stateOf } from './operations.tsx'

const words = texts.instances.terminate

export const terminate = operation<Instance>({
  key: 'terminate',
  label: words.label,
  title: () => words.title,
  destroys: true,
  many: true,
  applies: instance => stateOf(instance) !== 'terminated',
  about: lossOf,
  calls: (_, items) => [call('TerminateInstances', { InstanceIds: idsOf(items) })],
  done: (_, items) => words.done(idsOf(items)),
  until: instance => (stateOf(instance) ?? 'terminated') === 'terminated',
  reached: words.reached,
})

interface Attached {
  readonly volume: string
  readonly instance: string
  readonly isLost: boolean
}

/** What is deleted with instances, and what of theirs stays. */
async function lossOf(items: readonly Instance[]): Promise<Element> {
  const attached = items.flatMap(({ InstanceId = '', BlockDeviceMappings = [] }) =>
    BlockDeviceMappings.map(
      ({ Ebs }): Attached => ({
        ...{ volume: Ebs?.VolumeId ?? '', instance: InstanceId, isLost: Ebs?.DeleteOnTermination ?? false },
      }),
    ),
  )
  const sizes = await sizesOf(attached.map(({ volume }) => volume))
  const line = ({ volume, instance }: Attached) => words.volume(volume, sizes.get(volume) ?? NONE, instance)
  const lost = attached.filter(({ isLost }) => isLost).map(line)
  const kept = [
    ...attached.filter(({ isLost }) => !isLost).map(line),
    ...items.flatMap(({ NetworkInterfaces = [] }) => NetworkInterfaces).flatMap(ownAddress),
  ]
  return (
    <>
      <p>
        <strong>{words.about(idsOf(items))}</strong>
      </p>
      {lost.length > 0 ? <Lines head={words.lost} lines={lost} /> : <p>{words.nothing}</p>}
      {kept.length > 0 && <Lines head={words.kept} lines={kept} />}
    </>
  )
}

/** An elastic address is its owner's; one that came with the instance is not. */
const ownAddress = ({ Association }: NonNullable<Instance['NetworkInterfaces']>[number]): string[] =>
  Association?.PublicIp && Association.IpOwnerId !== 'amazon' ? [words.address(Association.PublicIp)] : []

async function sizesOf(volumes: readonly string[]): Promise<Map<string, string>> {
  if (volumes.length === 0) return new Map()
  const { Volumes = [] } = await api().call('DescribeVolumes', { VolumeIds: [...volumes] })
  return new Map(Volumes.map(({ VolumeId = '', Size = 0 }) => [VolumeId, sizeText(Size)]))
}
