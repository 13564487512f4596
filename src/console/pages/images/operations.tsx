// What can be done with images: shared, described, copied, and deregistered after it was said what goes with them.
import type { Image } from '@aws-sdk/client-ec2'
import { call } from '../../api/client.ts'
import type { Answer } from '../../api/model.ts'
import { operation } from '../../resource/definition.ts'
import { until } from '../../resource/watch.ts'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { type Choice, check, many, text, textOf } from '../../ui/fields.ts'
import type { Element } from '../../ui/types.ts'
import { nameField } from './fields.ts'
import { isAvailable, isOwn, nameOf, own, snapshotsOf } from './lists.ts'

const words = texts.images

/** The one that an operation is about that is for one at a time. */
const only = ([image]: readonly Image[]): Image => image ?? {}

const idsIn = (written: string) => written.split(/[\s,]+/).filter(Boolean)

/** Accounts that an image is shared with. */
async function accountsOf({ ImageId }: Image): Promise<string[]> {
  const { LaunchPermissions = [] } = await api().call('DescribeImageAttribute', {
    ImageId,
    Attribute: 'launchPermission',
  })
  return LaunchPermissions.flatMap(({ UserId }) => UserId ?? [])
}

export const share = operation<Image, ReturnType<typeof shareFields>>({
  key: 'share',
  label: words.share.label,
  title: items => words.share.title(nameOf(only(items))),
  applies: isOwn,
  about: () => <p>{words.share.about}</p>,
  fields: items => shareFields(only(items)),
  calls: ({ accounts, removed, isPublic }, items) => {
    const { ImageId, Public = false } = only(items)
    const all = [{ Group: 'all' as const }]
    const Add = [...idsIn(accounts).map(UserId => ({ UserId })), ...(isPublic && !Public ? all : [])]
    const Remove = [...removed.map(UserId => ({ UserId })), ...(!isPublic && Public ? all : [])]
    if (Add.length + Remove.length === 0) return []
    const LaunchPermission = { ...(Add.length > 0 && { Add }), ...(Remove.length > 0 && { Remove }) }
    return [call('ModifyImageAttribute', { ImageId, LaunchPermission })]
  },
  done: (_, items) => words.share.done(nameOf(only(items))),
})

const shareFields = (image: Image) => ({
  accounts: text(words.share.accounts, {
    hint: words.share.accountsHint,
    check: ({ accounts }) =>
      idsIn(textOf(accounts)).every(id => /^\d{12}$/.test(id)) ? undefined : words.share.accountsHint,
  }),
  removed: many(words.share.removed, async () =>
    (await accountsOf(image)).map((id): Choice => ({ value: id, label: id })),
  ),
  isPublic: check(words.share.isPublic, image.Public ?? false, { hint: words.share.isPublicHint }),
})

export const describe = operation<Image, ReturnType<typeof describeFields>>({
  key: 'describe',
  label: words.describe.label,
  title: items => words.describe.title(nameOf(only(items))),
  applies: isOwn,
  fields: items => describeFields(only(items)),
  calls: ({ description }, items) => [
    call('ModifyImageAttribute', { ImageId: only(items).ImageId, Description: { Value: description } }),
  ],
  done: (_, items) => words.describe.done(nameOf(only(items))),
})

const describeFields = ({ Description }: Image) => ({
  description: text(words.description, { initial: Description ?? '' }),
})

export const copy = operation<Image, ReturnType<typeof copyFields>>({
  key: 'copy',
  label: words.copy.label,
  title: items => words.copy.title(nameOf(only(items))),
  applies: isAvailable,
  about: () => <p>{words.copy.about}</p>,
  fields: items => copyFields(only(items)),
  calls: ({ name, description, tags }, items) => [
    call('CopyImage', {
      Name: name,
      SourceImageId: only(items).ImageId,
      SourceRegion: api().region,
      ...(description && { Description: description }),
      ...(tags && { CopyImageTags: true }),
    }),
  ],
  done: ({ name }) => words.copy.done(name),
  made: ([made]) => [(made as Answer<'CopyImage'>).ImageId ?? ''],
  wait: ids => until(own, ids, image => isAvailable(image) || image?.State === 'failed'),
  reached: words.copy.reached,
})

const copyFields = (image: Image) => ({
  name: nameField(isOwn(image) ? `${nameOf(image)} copy` : nameOf(image)),
  description: text(words.description, { initial: image.Description ?? '' }),
  tags: check(words.copy.tags, false, { when: () => isOwn(image) }),
})

export const deregister = operation<Image, ReturnType<typeof deregisterFields>>({
  key: 'deregister',
  label: words.deregister.label,
  title: () => words.deregister.title,
  destroys: true,
  many: true,
  applies: isOwn,
  about: lossOf,
  fields: items => deregisterFields(items.flatMap(snapshotsOf)),
  calls: ({ snapshots }, items) =>
    items.map(({ ImageId }) =>
      call('DeregisterImage', { ImageId, ...(snapshots && { DeleteAssociatedSnapshots: true }) }),
    ),
  done: (_, items) => words.deregister.done(items.map(nameOf)),
  until: image => image === undefined,
})

const deregisterFields = (snapshots: readonly string[]) => ({
  snapshots: check(words.deregister.snapshots(snapshots), false, { when: () => snapshots.length > 0 }),
})

/** What is lost with images, and for whom. */
async function lossOf(items: readonly Image[]): Promise<Element> {
  const permitted = await Promise.all(items.map(accountsOf))
  const accounts = new Set(permitted.flat())
  return (
    <>
      <p>
        <strong>{words.deregister.about(items.map(nameOf))}</strong>
      </p>
      <ul>
        {items.some(({ Public }) => Public) && <li>{words.deregister.everybody}</li>}
        {accounts.size > 0 && <li>{words.deregister.accounts([...accounts])}</li>}
        <li>{words.deregister.instances}</li>
      </ul>
    </>
  )
}
