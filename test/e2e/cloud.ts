// What end-to-end tests share: SDK clients, the sandbox's controls, and waiting for a condition.
import { createHash } from 'node:crypto'
import { EC2Client } from '@aws-sdk/client-ec2'
import { STSClient } from '@aws-sdk/client-sts'
import { inject } from 'vitest'

export const endpoint = inject('endpoint')
const control = inject('control')

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** econe's own scheme: the user's name, and the hash of the password as the user pool has it. */
export const credentials = (user = 'helen') => ({ accessKeyId: user, secretAccessKey: sha256(user) })

const options = (user?: string) => ({ endpoint, region: 'us-east-1', credentials: credentials(user), maxAttempts: 1 })

export const ec2 = (user?: string) => new EC2Client(options(user))
export const sts = (user?: string) => new STSClient(options(user))

/** Asks the sandbox's control endpoint. */
export async function sandbox(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<unknown> {
  const response = await fetch(new URL(path, control), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response.json()
}

/** Polls until `probe` gives something; fails after ten seconds. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  const deadline = Date.now() + 10_000
  while (Date.now() < deadline) {
    const found = await probe()
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new Error(`${what} did not happen within 10 seconds`)
}
