// Which policies econe-check finds too costly: those of keys and of roles, as earlier releases wrote them.
import { expect, it } from 'vitest'
import type { KeyStore } from '../../../src/auth/key-store.ts'
import { AccessKeys } from '../../../src/auth/keys.ts'
import { parsePolicy } from '../../../src/auth/policy/parse.ts'
import { Roles } from '../../../src/auth/roles.ts'
import { policiesIn } from '../../../src/operator/check/policies.ts'

function memory(): KeyStore {
  const values = new Map<string, string>()
  return {
    get: async name => values.get(name) ?? null,
    put: async (name, value) => void values.set(name, value),
    delete: async name => void values.delete(name),
    list: async ({ prefix }) => {
      const names = [...values.keys()].filter(name => name.startsWith(prefix))
      return { keys: names.map(name => ({ name })), list_complete: true }
    },
  }
}

function policyOn(Resource: string) {
  const { policy } = parsePolicy(JSON.stringify({ Statement: [{ Effect: 'Deny', Action: '*', Resource }] }))
  if (!policy) throw new Error('it has flaws')
  return policy
}

it('names keys and roles whose policies are too costly, and no others', async () => {
  const parts = { store: memory(), secrets: ['a secret'] as const, now: () => Date.now() }
  const [keys, roles] = [new AccessKeys(parts), new Roles(parts)]
  const costly = policyOn(`arn:aws:ec2:*:*:instance/${'*?a'.repeat(30)}*`)
  const usual = policyOn('arn:aws:ec2:*:*:instance/*')
  const rival = { id: 3, name: 'rival' }
  await keys.create({ user: rival })
  await keys.create({ user: rival, policy: usual })
  const { accessKeyId } = await keys.create({ user: rival, policy: costly })
  await roles.create({ name: 'day', assumableBy: ['rival'], duration: 3600, policy: usual })
  await roles.create({ name: 'night', assumableBy: ['rival'], duration: 3600, policy: costly })
  const findings = await Array.fromAsync(policiesIn({ keys, roles }))
  expect(findings.map(({ kind, about }) => `${kind} ${about}`)).toEqual([
    expect.stringMatching(new RegExp(`^wrong key ${accessKeyId} of rival: its wildcards cost \\d+ of 50000 `)),
    expect.stringMatching(/^wrong role night: its wildcards cost \d+ of 50000 /),
    'ok policies of keys and roles: 4 looked at',
  ])
})
