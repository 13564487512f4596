// Opens the files that a command line names.
import { readFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Failure } from './errors.ts'

/** A file that is open. */
export interface OpenFile {
  readonly handle: FileHandle
  /** Bytes. */
  readonly size: number
  /** When it was last modified, in milliseconds since 1970. */
  readonly modified: number
}

/**
 * A small file's content.
 *
 * @throws {Failure} if it cannot be read
 */
export function contentOf(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/**
 * Opens a file of any length, to be closed by the caller.
 *
 * @throws {Failure} if it cannot be read or has no length, as a pipe or a directory
 */
export async function openFile(path: string): Promise<OpenFile> {
  try {
    const handle = await open(path)
    const stat = await handle.stat()
    if (stat.isFile()) return { handle, size: stat.size, modified: stat.mtimeMs }
    await handle.close()
  } catch (error) {
    throw unreadable(path, error)
  }
  throw new Failure(`${path} is not a regular file`)
}

/** What was announced of the file cannot be sent any more. */
export const shortened = (path: string): Failure => new Failure(`${path} has become shorter while it was uploaded`)

/** Node says `ENOENT: no such file or directory, open '/a/b'`. */
function unreadable(path: string, error: unknown): Failure {
  const [, reason] = /^E[A-Z]+: ([^,]*)/.exec(error instanceof Error ? error.message : '') ?? []
  return new Failure(`cannot read ${path}: ${reason ?? String(error)}`)
}
