// Where files are dropped, or chosen. Some browsers give them in a way that they can be had again after a reload.
import { useEffect, useState } from 'hono/jsx/dom'
import type { FileHandle } from '../../session/files.ts'
import { texts } from '../../texts.ts'
import { warn } from '../../ui/toast.tsx'
import type { Element } from '../../ui/types.ts'
import { add, type Given } from '../../upload/queue.ts'

const words = texts.upload

/** What Chromium has besides. */
interface Chromium {
  readonly showOpenFilePicker?: (options: { multiple: boolean }) => Promise<FileHandle[]>
}
interface ChromiumItem {
  getAsFileSystemHandle?(): Promise<(FileHandle & { readonly kind: string }) | null>
}

const { showOpenFilePicker: pick } = window as Chromium

const addAll = (given: readonly Given[]) => {
  for (const each of given) add(each).catch((error: unknown) => warn(words.unreadable(each.file.name, String(error))))
}

export function DropZone(): Element {
  const [isOver, setOver] = useState(false)
  // All of the page: a file that is dropped beside would be opened in its place
  useEffect(() => {
    const stop = new AbortController()
    const on = (kind: 'dragover' | 'dragleave' | 'drop', heard: (event: DragEvent) => void) =>
      document.addEventListener(kind, heard, stop)
    on('dragover', event => {
      event.preventDefault()
      setOver(true)
    })
    on('dragleave', ({ relatedTarget }) => setOver(relatedTarget !== null))
    on('drop', event => {
      event.preventDefault()
      setOver(false)
      void droppedIn(event).then(addAll)
    })
    return () => stop.abort()
  }, [])
  return (
    <section class={isOver ? 'drop over' : 'drop'}>
      <label htmlFor="files">{words.drop}</label>
      <input
        type="file"
        id="files"
        multiple
        aria-describedby="files-hint"
        onClick={event => {
          if (!pick) return
          event.preventDefault()
          void picked(pick).then(addAll)
        }}
        onChange={({ target }: Event) => {
          if (!(target instanceof HTMLInputElement)) return
          addAll(Array.from(target.files ?? [], file => ({ file })))
          target.value = ''
        }}
      />
      <p class="hint" id="files-hint">
        {words.hint}
      </p>
    </section>
  )
}

/** Files of a drop: both are to be asked for at once, for later there are none any more. */
async function droppedIn({ dataTransfer }: DragEvent): Promise<Given[]> {
  const items = Array.from(dataTransfer?.items ?? []).filter(({ kind }) => kind === 'file')
  const given = items.map(async (item): Promise<Given[]> => {
    const file = item.getAsFile()
    const handle = await (item as ChromiumItem).getAsFileSystemHandle?.()
    if (handle?.kind === 'directory' || !file) return []
    return [{ file, handle: handle ?? undefined }]
  })
  return (await Promise.all(given)).flat()
}

/** Nobody has to choose any. */
async function picked(pick: NonNullable<Chromium['showOpenFilePicker']>): Promise<Given[]> {
  const handles = await pick({ multiple: true }).catch(() => [])
  return Promise.all(handles.map(async handle => ({ file: await handle.getFile(), handle })))
}
