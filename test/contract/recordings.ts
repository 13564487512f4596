// The recorded exchanges with two real front-ends, and what of an answer may differ from one installation to another.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Param } from '../sandbox/rpc.ts'

export interface Recording {
  /** File and number, as in `03-images 7`. */
  name: string
  note: string
  method: string
  session: string | null
  params: Param[]
  status: number
  response: string
}

const FOLDER = join(import.meta.dirname, 'recordings')

/** The files with which the second and the third installation begin. */
const SECOND = '09'
const THIRD = '18'

function readFile(file: string): Recording[] {
  const lines = readFileSync(join(FOLDER, file), 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const recording = JSON.parse(line) as Recording & { seq: number }
    return { ...recording, name: `${file.replace('.jsonl', '')} ${recording.seq}` }
  })
}

export const recordings: readonly Recording[] = readdirSync(FOLDER).sort().flatMap(readFile)

export const firstInstallation = recordings.filter(({ name }) => name < SECOND)
export const secondInstallation = recordings.filter(({ name }) => name >= SECOND && name < THIRD)
export const thirdInstallation = recordings.filter(({ name }) => name >= THIRD)

/** Times, random hex, use and ids of requests differ; whether they are there does not. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/<(\w*TIME|LAST_POLL)>[1-9]\d{8,}</g, '<$1>TIME<'],
  [/<!\[CDATA\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} : /g, '<![CDATA[DATE : '],
  [/<REQUEST_ID>\d+</g, '<REQUEST_ID>NUMBER<'],
  [/\b[0-9a-f]{64}\b/g, 'SHA256'],
  [/\/datastores\/1\/[0-9a-f]{32}/g, '/datastores/1/FILE'],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID'],
]

/** What a VM used, but for its number. */
const withoutUse = (text: string): string =>
  text.replace(/<MONITORING>.*?<\/MONITORING>/g, sample =>
    sample.replace(/<(?!ID>)(\w+)><!\[CDATA\[\d+\]\]>/g, '<$1>NUMBER'),
  )

/** An answer as lines, one element each, without what varies. */
export const comparable = (response: string): string[] =>
  withoutUse(VARYING.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), response))
    .replaceAll('><', '>\n<')
    .split(/\r?\n/)
