// The limits of Cloudflare's platform that local workerd does not enforce: what goes beyond one fails here as it would there.
import { type Limit, limits } from '../../src/limits.ts'

/** What requests that ran at the same time have cost, or one ring of the alarm. */
export interface Cost {
  /** How many they were. */
  requests: number
  /** Requests to OpenNebula. */
  upstream: number
  /** Operations on KV and R2. */
  operations: number
}

/** Counts a step of a kind. @throws where the platform would not let it happen */
export function spend(cost: Cost, kind: 'upstream' | 'operations'): void {
  cost[kind]++
  check(kind === 'upstream' ? limits.subrequests : limits.kvOperations, cost[kind] / cost.requests)
}

function check({ what, most }: Limit, amount: number): void {
  if (amount > most) throw new Error(`${what}: ${amount} are more than ${most}`)
}

const utf8 = (text: string) => new TextEncoder().encode(text).byteLength

/** A row of an object's storage. */
export function checkRow(key: string, value: unknown): void {
  check(limits.storedRow, key.length + sizeOf(value))
}

/** About the bytes of a value as V8 serializes it. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return 6 + (isLatin(value) ? value.length : 2 * value.length)
  if (value === null || typeof value !== 'object') return 9
  if (value instanceof Date) return 9
  if (value instanceof Map || value instanceof Set) return sizeOf([...value])
  return Object.entries(value).reduce((sum, [name, member]) => sum + sizeOf(name) + sizeOf(member), 8)
}

function isLatin(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0xff) return false
  return true
}

/** A KV namespace that has the platform's limits, and counts what is done with it. */
export const limitedKv = <B extends object>(binding: B, cost: Cost): B =>
  limited(binding, cost, {
    get: key => {
      const keys: unknown[] = Array.isArray(key) ? key : [key]
      check(limits.kvKeysPerGet, keys.length)
      for (const each of keys) check(limits.kvKey, utf8(String(each)))
    },
    put: (key, value, options) => {
      check(limits.kvKey, utf8(String(key)))
      check(limits.kvValue, utf8(String(value)))
      const { metadata } = (options ?? {}) as { metadata?: unknown }
      if (metadata !== undefined) check(limits.kvMetadata, utf8(JSON.stringify(metadata)))
    },
  })

/** An R2 bucket of the same kind. */
export const limitedR2 = <B extends object>(binding: B, cost: Cost): B =>
  limited(binding, cost, {
    delete: keys => check(limits.r2Deletes, Array.isArray(keys) ? keys.length : 1),
    put: (_key, _value, options) => {
      const { customMetadata } = (options ?? {}) as { customMetadata?: unknown }
      check(limits.r2Metadata, utf8(JSON.stringify(customMetadata ?? {})))
    },
  })

type Checks = Readonly<Record<string, (...args: unknown[]) => void>>

const limited = <B extends object>(binding: B, cost: Cost, checks: Checks): B =>
  new Proxy(binding, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        spend(cost, 'operations')
        checks[String(name)]?.(...args)
        return Reflect.apply(member, target, args)
      }
    },
  })
