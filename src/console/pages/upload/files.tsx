// The files in the bucket: images are made of them, and they are deleted.
import { useEffect, useState } from 'hono/jsx/dom'
import { errorText } from '../../resource/perform.ts'
import { RowsTable } from '../../resource/tabs.tsx'
import { useRefresh } from '../../resource/watch.ts'
import { texts } from '../../texts.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { ErrorNotice } from '../../ui/notice.tsx'
import { tell, warn } from '../../ui/toast.tsx'
import type { Element } from '../../ui/types.ts'
import { deleteObject, listObjects, type StoredObject } from '../../upload/door.ts'
import { bucket, noteObjects } from '../../upload/queue.ts'
import { RegisterDialog } from './upload-row.tsx'

const words = texts.upload.files

/** The name of a file, without the folder that it was given. */
const nameIn = ({ key }: StoredObject) => key.split('/').at(-1) ?? key

interface Chosen {
  readonly object: StoredObject
  readonly to: 'register' | 'delete'
}

/** @param times is another one when there may be more of them */
export function BucketFiles({ times }: { times: number }): Element {
  const [found, setFound] = useState<readonly StoredObject[] | undefined>(undefined)
  const [error, setError] = useState<unknown>(undefined)
  const [chosen, setChosen] = useState<Chosen | undefined>(undefined)
  const look = async () => {
    try {
      const asked = performance.now()
      const objects = await listObjects(bucket())
      setFound(objects)
      noteObjects(new Set(objects.map(({ key }) => key)), asked)
      setError(undefined)
    } catch (reason) {
      setError(reason)
    }
  }
  useEffect(() => void look(), [times])
  useRefresh(look, false, [])
  const close = () => setChosen(undefined)
  const remove = async ({ key }: StoredObject) => {
    close()
    try {
      await deleteObject(bucket(), key)
      tell(words.deleted(key))
    } catch (reason) {
      warn(errorText(reason))
    }
    await look()
  }
  return (
    <section>
      <header class="page">
        <h2>{words.title}</h2>
        <button type="button" onClick={() => void look()}>
          {texts.list.refresh}
        </button>
      </header>
      {error !== undefined && <ErrorNotice error={error} retry={() => void look()} />}
      {found === undefined && error === undefined && <p>{texts.ui.loading}</p>}
      {found && (
        <RowsTable
          label={words.title}
          rows={found}
          keyOf={({ key }) => key}
          empty={words.empty}
          columns={[
            { key: 'name', label: words.name, value: nameIn },
            { key: 'key', label: words.key, value: ({ key }) => key, as: 'code' },
            { key: 'size', label: words.size, value: ({ size }) => size, as: 'bytes' },
            { key: 'modified', label: words.modified, value: ({ modified }) => modified, as: 'time' },
          ]}
          more={object => (
            <>
              <button type="button" class="small" onClick={() => setChosen({ object, to: 'register' })}>
                {words.register}
              </button>{' '}
              <button type="button" class="small danger" onClick={() => setChosen({ object, to: 'delete' })}>
                {words.delete}
              </button>
            </>
          )}
        />
      )}
      {chosen?.to === 'register' && (
        <RegisterDialog object={chosen.object.key} name={nameIn(chosen.object)} close={close} />
      )}
      {chosen?.to === 'delete' && (
        <Dialog title={words.deleteTitle} close={close}>
          <p class="body">{words.about(chosen.object.key)}</p>
          <footer>
            <button type="button" onClick={close}>
              {texts.ui.cancel}
            </button>
            <button type="button" class="danger" onClick={() => void remove(chosen.object)}>
              {words.delete}
            </button>
          </footer>
        </Dialog>
      )}
    </section>
  )
}
