// For all end-to-end tests together: a cloud for each of the workers that run test files at the same time.
import type { TestProject } from 'vitest/node'
import { startCloud } from './stage.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** One for each worker: what a test file counts or breaks in its cloud, no other file sees at that time. */
    clouds: readonly {
      /** The EC2 endpoint. */
      readonly endpoint: string
      /** The same by way of what does here what Cloudflare does before a Worker. */
      readonly front: string
      /** The sandbox's control endpoint, `…/sandbox/`. */
      readonly control: string
      /** The port of this machine from which the cloud may fetch disks. */
      readonly diskPort: number
    }[]
  }
}

/** One that images can be made of. */
const APPLIANCE = { name: 'Debian 12', size: 2048, template: 'VERSION="7.0.0" ARCHITECTURE="aarch64"' }

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workers = Number(project.config.maxWorkers)
  const { worker, secrets } = project.getProvidedContext()
  const clouds = await Promise.all(
    Array.from({ length: workers }, () =>
      startCloud({ seed: { elasticAddresses: 64, appliances: [APPLIANCE] } }, {}, { worker, secrets }),
    ),
  )
  project.provide(
    'clouds',
    clouds.map(({ endpoint, front, control, diskPort }) => ({ endpoint, front, control, diskPort })),
  )
  return async () => {
    await Promise.all(clouds.map(({ stop }) => stop()))
  }
}
