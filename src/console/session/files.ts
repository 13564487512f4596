// Files that an upload goes on with after a reload: not their bytes, but what some browsers find them by again. Kept for those who
// stay signed in alone, and until they sign out.
import { recall } from './storage.ts'

/** A file that can be had again, where its visitor allows it. Chromium has more to it than the library knows. */
export interface FileHandle {
  readonly name: string
  getFile(): Promise<File>
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>
}

const DATABASE = 'files'

/** Remembers a file under a name. Who does not stay is not remembered. */
export async function keepFile(name: string, handle: FileHandle): Promise<void> {
  if (recall()) await inStore('readwrite', store => store.put(handle, name))
}

export async function keptFile(name: string): Promise<FileHandle | undefined> {
  return recall() && ((await inStore('readonly', store => store.get(name))) as FileHandle | undefined)
}

export async function dropFile(name: string): Promise<void> {
  if (recall()) await inStore('readwrite', store => store.delete(name))
}

/** Forgets all of them. */
export function forgetFiles(): void {
  indexedDB.deleteDatabase(DATABASE)
}

async function inStore<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE)
  opening.onupgradeneeded = () => opening.result.createObjectStore(DATABASE)
  const database = await answered(opening)
  try {
    return await answered(ask(database.transaction(DATABASE, mode).objectStore(DATABASE)))
  } finally {
    database.close()
  }
}

const answered = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
