// Uploads: files are dropped here, go to the bucket in parts, and images are made of them.
import { useEffect, useState } from 'hono/jsx/dom'
import type { Page } from '../../resource/page.tsx'
import { api } from '../../session/session.ts'
import { texts } from '../../texts.ts'
import { CommandLine } from '../../ui/copy.tsx'
import { ErrorNotice } from '../../ui/notice.tsx'
import { useStore } from '../../ui/store.ts'
import type { Element } from '../../ui/types.ts'
import { bucket, recallUploads, uploads } from '../../upload/queue.ts'
import { DropZone } from './drop-zone.tsx'
import { BucketFiles } from './files.tsx'
import { UploadRow } from './upload-row.tsx'

const words = texts.upload

export const uploadPage: Page = { path: 'upload', title: words.title, content: () => <Uploads /> }

function Uploads(): Element {
  const all = useStore(uploads)
  const [error, setError] = useState<unknown>(undefined)
  const look = () => {
    setError(undefined)
    recallUploads().catch(setError)
  }
  useEffect(look, [])
  const done = all.filter(({ state }) => state === 'done').length
  return (
    <>
      <header class="page">
        <h1>{words.title}</h1>
      </header>
      <DropZone />
      {error !== undefined && <ErrorNotice error={error} retry={look} />}
      {all.length > 0 && (
        <ul class="uploads" aria-label={words.uploads}>
          {all.map(upload => (
            <UploadRow key={upload.key} upload={upload} />
          ))}
        </ul>
      )}
      <BucketFiles times={done} />
      <CommandLine
        lines={[
          `aws s3 cp ${words.file} s3://${bucket().name}/ --region ${api().region} --endpoint-url ${location.origin}`,
          `npx econe-upload -U ${location.origin} ${words.file}`,
        ]}
      />
    </>
  )
}
