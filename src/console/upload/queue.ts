// The uploads of the visitor: those of this tab, whichever page is shown, and those that broke off, which the server knows.
import { Bucket } from '../api/s3.ts'
import { dropFile, type FileHandle, keepFile, keptFile } from '../session/files.ts'
import { account, api, state as session } from '../session/session.ts'
import { texts } from '../texts.ts'
import { Store } from '../ui/store.ts'
import { tell, warn } from '../ui/toast.tsx'
import { abortUploads, listParts, listUploads, type OpenUpload } from './door.ts'
import { Rate } from './rate.ts'
import { keyOfFile, partsOf, recognise } from './source.ts'
import { Slots, type Transfer, transfer } from './transfer.ts'

/** `away` is one whose file has to be given once more, `used` one whose file is not in the bucket any more. */
export type State = 'waiting' | 'sending' | 'paused' | 'failed' | 'done' | 'away' | 'used'

/** Why a file is not sent. */
export type Refusal = 'empty' | 'too-large' | 'compressed'

/** An upload as it is shown. */
export interface Upload {
  readonly key: string
  /** Of the file. */
  readonly name: string
  readonly state: State
  /** Bytes of the file; not known as long as it is away. */
  readonly size: number | undefined
  /** Bytes that are there. */
  readonly sent: number
  /** Bytes a second, while they are sent. */
  readonly rate?: number | undefined
  /** What it is: `qcow2`. */
  readonly format?: string
  /** What stands in the way of running it. */
  readonly warning?: string | undefined
  readonly error?: unknown
  readonly refusal?: Refusal
  /** When it was done, by the clock of the page. */
  readonly done?: number
  /** When it was begun, where that was before. */
  readonly initiated?: Date
}

/** A file that was given, and by what it can be had again. */
export interface Given {
  readonly file: File
  readonly handle?: FileHandle | undefined
}

/** What is known of a file that is here. */
interface Job {
  readonly file: File
  readonly digests: Map<number, Uint8Array<ArrayBuffer>>
  controller: AbortController
}

/** All of them, in the order in which they were given. */
export const uploads = new Store<readonly Upload[]>([])

const jobs = new Map<string, Job>()

/** Files on their way at a time. */
const files = new Slots(2)

/** How often is told how far one is, in milliseconds. */
const TOLD_EVERY = 250

/** Uploads that broke off of which is asked how much is there. */
const ASKED_ABOUT = 20

session.watch(() => session.get().session || forget())

export const bucket = (): Bucket => new Bucket(api(), account())

function forget(): void {
  for (const { controller } of jobs.values()) controller.abort()
  jobs.clear()
  uploads.set([])
}

const find = (key: string) => uploads.get().find(upload => upload.key === key)

/** Changes one that is there; nothing of one that was given up meanwhile. */
const change = (key: string, changed: Partial<Upload>) =>
  uploads.set(uploads.get().map(upload => (upload.key === key ? { ...upload, ...changed } : upload)))

const remove = (key: string) => uploads.set(uploads.get().filter(upload => upload.key !== key))

/** Sends a file, from where an upload of it broke off. One that is on its way already is left in peace. */
export async function add({ file, handle }: Given): Promise<void> {
  const key = await keyOfFile(file)
  const known = find(key)
  if (known && (known.state === 'sending' || known.state === 'waiting')) return
  const fresh: Upload = { key, name: file.name, state: 'waiting', size: file.size, sent: known?.sent ?? 0 }
  if (known) change(key, fresh)
  else uploads.set([...uploads.get(), fresh])
  const { compression, name, warning } = await recognise(file)
  const refusal = refusalOf(file, compression !== undefined)
  change(key, { format: name, warning, ...(refusal && { refusal, state: 'failed' }) })
  if (refusal) return
  if (handle) await keepFile(keptAs(key), handle)
  jobs.set(key, { file, digests: new Map(), controller: new AbortController() })
  await run(key)
}

function refusalOf(file: File, isCompressed: boolean): Refusal | undefined {
  if (file.size === 0) return 'empty'
  if (isCompressed) return 'compressed'
  return partsOf(file).length === 0 ? 'too-large' : undefined
}

const keptAs = (key: string) => `${account()}/${key}`

async function run(key: string): Promise<void> {
  const job = jobs.get(key)
  if (!job) return
  job.controller = new AbortController()
  const { signal } = job.controller
  change(key, { state: 'waiting', error: undefined, rate: undefined })
  try {
    await files.use(async () => {
      signal.throwIfAborted()
      await sendNow(key, job, signal)
    })
    change(key, { state: 'done', sent: job.file.size, rate: undefined, done: performance.now() })
    tell(texts.upload.done(job.file.name))
    jobs.delete(key)
    await dropFile(keptAs(key))
  } catch (error) {
    // Whoever aborted it has said what it is now
    if (signal.aborted) return
    change(key, { state: 'failed', error, rate: undefined })
    warn(texts.upload.failed(job.file.name))
  }
}

async function sendNow(key: string, { file, digests }: Job, signal: AbortSignal): Promise<void> {
  const rate = new Rate()
  let [sent, sentNow] = [find(key)?.sent ?? 0, 0]
  change(key, { state: 'sending' })
  const timer = setInterval(() => change(key, { sent, rate: rate.after(sentNow) }), TOLD_EVERY)
  const onProgress: Transfer['onProgress'] = (all, now) => {
    sent = all
    sentNow = now
  }
  try {
    await transfer({ bucket: bucket(), key, file, digests, onProgress, signal })
  } finally {
    clearInterval(timer)
  }
}

/** Stops sending. What is there stays. */
export function pauseUpload(key: string): void {
  change(key, { state: 'paused', rate: undefined })
  jobs.get(key)?.controller.abort()
}

/**
 * Goes on with one that was paused, failed or broke off.
 * @returns whether it does; else its file has to be given once more
 */
export async function resumeUpload(key: string): Promise<boolean> {
  if (jobs.has(key)) {
    void run(key)
    return true
  }
  const handle = await keptFile(keptAs(key))
  return handle ? again(key, handle, 'request') : false
}

/** Takes up a file by its handle, if that is still allowed, and it is still the same file. */
async function again(key: string, handle: FileHandle, how: 'query' | 'request'): Promise<boolean> {
  const read = { mode: 'read' } as const
  const permission = await (how === 'query' ? handle.queryPermission?.(read) : handle.requestPermission?.(read))
  if (permission !== 'granted') return false
  const file = await handle.getFile().catch(() => undefined)
  if (!file || (await keyOfFile(file)) !== key) return false
  void add({ file, handle })
  return true
}

/** Gives one up, with all that is there of it. @throws ApiError */
export async function giveUp(key: string): Promise<void> {
  jobs.get(key)?.controller.abort()
  jobs.delete(key)
  remove(key)
  await dropFile(keptAs(key))
  await abortUploads(bucket(), key)
}

/**
 * Learns what is in the bucket: of a file that was there and is gone no image can be made any more.
 * @param keys all that there were @param asked when that was asked for, by the clock of the page
 */
export function noteObjects(keys: ReadonlySet<string>, asked: number): void {
  for (const { key, state, done = asked } of uploads.get()) {
    if (state === 'done' && done < asked && !keys.has(key)) change(key, { state: 'used' })
  }
}

/** Does not show one any more. */
export function dismiss(key: string): void {
  jobs.delete(key)
  remove(key)
}

/** A key that a file was given here or by econe-upload, and the name in it. */
const OWN_KEY = /^[\da-f]{16}\/([^/]+)$/

/** Asks the server for uploads that broke off, and goes on with those whose files can be had without a question. @throws ApiError */
export async function recallUploads(): Promise<void> {
  const open = (await listUploads(bucket())).filter(({ key }) => OWN_KEY.test(key))
  const away = open.filter((upload, index) => open.findIndex(({ key }) => key === upload.key) === index)
  await Promise.all(away.slice(0, ASKED_ABOUT).map(recallOne))
}

async function recallOne(open: OpenUpload): Promise<void> {
  const { key, initiated } = open
  if (find(key)) return
  const stored = await listParts(bucket(), open)
  const sent = [...stored.values()].reduce((sum, { size }) => sum + size, 0)
  if (find(key)) return
  const [, name = key] = OWN_KEY.exec(key) ?? []
  uploads.set([...uploads.get(), { key, name, state: 'away', size: undefined, sent, initiated }])
  const handle = await keptFile(keptAs(key))
  if (handle) await again(key, handle, 'query')
}
