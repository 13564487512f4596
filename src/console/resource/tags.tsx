// The tags of an item: looked at, added, changed and taken away, the same for every resource.
import type { Tag } from '@aws-sdk/client-ec2'
import { useState } from 'hono/jsx/dom'
import { call } from '../api/client.ts'
import { api } from '../session/session.ts'
import { texts } from '../texts.ts'
import { type RowsField, rows, rowsOf, text, type Values } from '../ui/fields.ts'
import { FormFields } from '../ui/form.tsx'
import { ErrorNotice } from '../ui/notice.tsx'
import { tell } from '../ui/toast.tsx'
import type { Element } from '../ui/types.ts'
import { Command } from './command.tsx'
import type { Column, Tab } from './definition.ts'

/** The value of a tag. */
export const tagOf = ({ Tags = [] }: { readonly Tags?: Tag[] | undefined }, key: string): string | undefined =>
  Tags.find(({ Key }) => Key === key)?.Value

/** The column of what its owner calls an item: its tag `Name`. */
export const nameColumn = <Item extends { readonly Tags?: Tag[] | undefined }>(): Column<Item> => ({
  key: 'name',
  label: texts.terms.name,
  value: item => tagOf(item, 'Name'),
})

/** A field for tags, in any form. */
export const tagsField = (initial: RowsField['initial'] = []): RowsField =>
  rows(
    texts.tags.label,
    texts.tags.add,
    { key: text(texts.tags.key, { required: true }), value: text(texts.tags.value) },
    { initial },
  )

/** Tags as a form has them, for the API. */
export const tagsIn = (values: RowsField['initial']): Tag[] =>
  values.filter(({ key }) => key !== '').map(({ key, value }) => ({ Key: String(key), Value: String(value) }))

/** What a creation says of its tags, of which its name is one; nothing where there are none. */
export const tagSpecifications = <Type extends string>(type: Type, values: RowsField['initial'], name = '') => {
  const Tags = tagsIn(name === '' ? values : [{ key: 'Name', value: name }, ...values])
  return Tags.length > 0 ? { TagSpecifications: [{ ResourceType: type, Tags }] } : {}
}

/** The tab of any resource that has tags. */
export const tagsTab = <Item extends { readonly Tags?: Tag[] | undefined }>(): Tab<Item> => ({
  key: 'tags',
  label: texts.tags.label,
  content: ({ item, id, refresh }) => <TagsEditor id={id} tags={item.Tags ?? []} refresh={refresh} />,
})

function TagsEditor({ id, tags, refresh }: { id: string; tags: readonly Tag[]; refresh: () => void }): Element {
  const saved = tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }))
  const fields = { tags: tagsField(saved) }
  const [values, setValues] = useState<Values>({ tags: saved })
  const [error, setError] = useState<unknown>(undefined)
  const wanted = tagsIn(rowsOf(values['tags']))
  const gone = tags.filter(({ Key }) => !wanted.some(tag => tag.Key === Key)).map(({ Key }) => ({ Key }))
  const put = wanted.filter(({ Key, Value }) => !tags.some(tag => tag.Key === Key && tag.Value === Value))
  const calls = [
    ...(gone.length > 0 ? [call('DeleteTags', { Resources: [id], Tags: gone })] : []),
    ...(put.length > 0 ? [call('CreateTags', { Resources: [id], Tags: put })] : []),
  ]
  const save = async () => {
    setError(undefined)
    try {
      for (const each of calls) await api().send(each)
      tell(texts.tags.saved(id))
    } catch (reason) {
      setError(reason)
    }
    refresh()
  }
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        void save()
      }}
    >
      <FormFields fields={fields} values={values} mistakes={{}} change={setValues} />
      {error !== undefined && <ErrorNotice error={error} />}
      <button type="submit" class="primary" disabled={calls.length === 0}>
        {texts.tags.save}
      </button>
      {calls.length > 0 && <Command calls={calls} />}
    </form>
  )
}
