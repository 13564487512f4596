// For all end-to-end tests together: one cloud.
import type { TestProject } from 'vitest/node'
import { startCloud } from './stage.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The EC2 endpoint. */
    endpoint: string
    /** The sandbox's control endpoint, `…/sandbox/`. */
    control: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { endpoint, control, stop } = await startCloud()
  project.provide('endpoint', endpoint)
  project.provide('control', control)
  return stop
}
