// The Worker's entry: HTTP requests, the scheduled sweep, and the account's Durable Object.
import { DurableObject } from 'cloudflare:workers'

export class AccountObject extends DurableObject {}

export default {
  fetch(): Response {
    return new Response('econe-edge\n')
  },
} satisfies ExportedHandler
