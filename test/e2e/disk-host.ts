// A host from which the cloud can fetch a disk.
import { once } from 'node:events'
import { createServer } from 'node:http'

export interface DiskHost extends AsyncDisposable {
  /** The address of a disk of one MiB, */
  readonly url: string
  /** and of one that is on its way for as long as the host is there. */
  readonly endless: string
}

const ENDLESS = '/endless.img'

/** @param port from which the operator lets the cloud fetch */
export async function startDiskHost(port: number): Promise<DiskHost> {
  const disk = Buffer.alloc(2 ** 20)
  const server = createServer(({ method, url }, response) => {
    response.setHeader('content-length', disk.length)
    if (method === 'HEAD') response.end()
    else if (url === ENDLESS) response.write(disk.subarray(1))
    else response.end(disk)
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${port}/disk.img`,
    endless: `http://127.0.0.1:${port}${ENDLESS}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
