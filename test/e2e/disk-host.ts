// A host from which the cloud can fetch a disk.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface DiskHost extends AsyncDisposable {
  /** The address of a disk of one MiB, */
  readonly url: string
  /** and of one that is on its way for as long as the host is there. */
  readonly endless: string
}

const ENDLESS = '/endless.img'

export async function startDiskHost(): Promise<DiskHost> {
  const disk = Buffer.alloc(2 ** 20)
  const server = createServer(({ method, url }, response) => {
    response.setHeader('content-length', disk.length)
    if (method === 'HEAD') response.end()
    else if (url === ENDLESS) response.write(disk.subarray(1))
    else response.end(disk)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  // What it is where it listens on a port
  const { port } = server.address() as AddressInfo
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
