// What policies say of requests, held against the rows of IAM's documentation.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are variables of IAM's
import { describe, expect, it } from 'vitest'
import { refusalOf, workIn } from '../../../src/auth/policy/decide.ts'
import { evaluate, interestIn, statementsAbout } from '../../../src/auth/policy/evaluate.ts'
import type { Values } from '../../../src/auth/policy/keys.ts'
import { type Policy, parsePolicy } from '../../../src/auth/policy/parse.ts'
import { actionCases, conditionCases, evaluationCases, RUN, resourceCases, type Said } from './cases.ts'

const ALWAYS: Said = { 'aws:username': ['helen'] }

function policyOf(...statements: readonly object[]): Policy {
  const { policy, flaws } = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }))
  if (!policy) throw new Error(flaws.join('\n'))
  return policy
}

const saying =
  (said: Said): Values =>
  (name, rest) =>
    Object.entries({ ...ALWAYS, ...said }).find(([key]) => key.toLowerCase() === (name + rest).toLowerCase())?.[1]

const decide = (statements: readonly object[], asked: Partial<typeof RUN> = {}, said: Said = {}) => {
  const { action, resource } = { ...RUN, ...asked }
  const about = statementsAbout(policyOf(...statements), action)
  const { decision, statement } = evaluate(about, { resource, values: saying(said) })
  return statement ? `${decision} ${statement.index + 1}` : decision
}

describe('a condition', () => {
  it.each(conditionCases)('%s of %s for %j, where the request has %j: %s', (operator, key, wanted, found, holds) => {
    const statement = { Effect: 'Allow', Action: '*', Resource: '*', Condition: { [operator]: { [key]: wanted } } }
    const said = key.toLowerCase() === 'aws:username' ? { 'aws:username': found ?? [] } : found && { [key]: found }
    expect(decide([statement], {}, said)).toBe(holds ? 'allow 1' : 'implicitDeny')
  })
})

it.each(actionCases)('the action %s is about %s: %s', (Action, action, isAbout) => {
  expect(decide([{ Effect: 'Allow', Action, Resource: '*' }], { action })).toBe(isAbout ? 'allow 1' : 'implicitDeny')
  expect(decide([{ Effect: 'Allow', NotAction: Action, Resource: '*' }], { action })).toBe(
    isAbout ? 'implicitDeny' : 'allow 1',
  )
})

it.each(resourceCases)('the resource %s covers %s: %s', (Resource, resource, covers) => {
  expect(decide([{ Effect: 'Allow', Action: '*', Resource }], { resource })).toBe(covers ? 'allow 1' : 'implicitDeny')
  expect(decide([{ Effect: 'Allow', Action: '*', NotResource: Resource }], { resource })).toBe(
    covers ? 'implicitDeny' : 'allow 1',
  )
})

it.each(evaluationCases)('%s', (_, statements, said, outcome) => {
  expect(decide(statements, {}, said)).toBe(outcome)
})

it('takes variables for text in the older version', () => {
  const written = (Version: object) =>
    parsePolicy(
      JSON.stringify({
        ...Version,
        Statement: {
          Effect: 'Allow',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:ResourceTag/Owner': '${aws:username}' } },
        },
      }),
    ).policy
  const of = (version: object, owner: string) => {
    const policy = written(version)
    const values = saying({ 'aws:ResourceTag/Owner': [owner] })
    return policy && evaluate(policy.statements, { ...RUN, values }).decision
  }
  expect(of({ Version: '2012-10-17' }, 'helen')).toBe('allow')
  for (const version of [{ Version: '2008-10-17' }, {}]) {
    expect(of(version, 'helen')).toBe('implicitDeny')
    expect(of(version, '${aws:username}')).toBe('allow')
  }
})

it('never goes back in a text, whatever the pattern', () => {
  const statement = { Effect: 'Allow', Action: '*', Resource: '*' }
  const pattern = `${'*a'.repeat(1500)}b`
  const texts = ['a'.repeat(16_000), `${'a'.repeat(8000)}c`]
  const began = performance.now()
  for (const text of texts) {
    const condition = { Condition: { StringLike: { 'aws:UserAgent': pattern } } }
    expect(decide([{ ...statement, ...condition }], {}, { 'aws:UserAgent': [text] })).toBe('implicitDeny')
  }
  expect(performance.now() - began).toBeLessThan(1000)
})

describe('many resources', () => {
  /** Tags whose keys are counted each time they are looked at. */
  class Counted extends Map<string, string> {
    looks = 0

    override keys() {
      this.looks++
      return super.keys()
    }
  }

  it('of which the same is known are one question to a condition', () => {
    const given = new Counted([['Team', 'red']])
    const refuse = { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['*?z*', 'Y*'] } }
    const policy = policyOf(
      { Effect: 'Deny', Action: '*', Resource: '*', Condition: refuse },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    )
    const targets = Array.from({ length: 1000 }, (_, n) => ({ arn: `arn:aws:ec2:r:a:instance/i-${n}`, given }))
    expect(refusalOf(policy, 'ec2:CreateTags', targets, {})).toBeUndefined()
    expect(given.looks).toBe(1)
  })

  it('are each a question of its own where more is known of one', () => {
    const policy = policyOf({
      ...{ Effect: 'Allow', Action: '*', Resource: '*' },
      Condition: { StringEquals: { 'aws:ResourceTag/Team': '${aws:username}' } },
    })
    const targets = ['helen', 'rival', 'helen'].map((team, n) => ({ arn: `arn:${n}`, tags: new Map([['Team', team]]) }))
    const known = { 'aws:username': 'helen' }
    expect(refusalOf(policy, 'ec2:StopInstances', targets, known)).toMatchObject({ resource: 'arn:1' })
    expect(
      refusalOf(
        policy,
        'ec2:StopInstances',
        [targets[0], targets[2]].flatMap(each => each ?? []),
        known,
      ),
    ).toBe(undefined)
    // Another user by the same text of a policy
    expect(refusalOf(policy, 'ec2:StopInstances', targets, { 'aws:username': 'rival' })).toMatchObject({
      resource: 'arn:0',
    })
  })
})

describe('the work of a policy', () => {
  const workOf = (...Resource: string[]) => workIn(policyOf({ Effect: 'Allow', Action: 'ec2:Run', Resource }))

  it('is what its wildcards look for', () => {
    expect(workOf('arn:aws:s3:::bucket/key')).toBe(0)
    expect(workOf('arn:aws:s3:::bucket/*')).toBe('arn:aws:s3:::bucket/'.length)
    expect(workOf('arn:aws:s3:::*b*')).toBe('arn:aws:s3:::'.length + 200)
    expect(workOf('arn:aws:s3:::*b?*', 'arn:aws:s3:::*b?*')).toBe(2 * ('arn:aws:s3:::'.length + 2000))
  })
})

describe('what has to be known for an action', () => {
  const anywhere = { Effect: 'Allow', Action: 'ec2:*', Resource: '*' }

  it('is nothing where it is allowed everywhere', () => {
    expect(interestIn(policyOf(anywhere), RUN.action)).toEqual({ resources: false, keys: new Set() })
    const kinds = { ...anywhere, Resource: ['arn:aws:ec2:*:*:instance/*', 'arn:aws:ec2:*'] }
    expect(interestIn(policyOf(kinds), RUN.action).resources).toBe(false)
  })

  it('is which resource is meant, where a statement about it names some', () => {
    for (const named of [
      { Resource: RUN.resource, NotResource: undefined },
      { Resource: undefined, NotResource: RUN.resource },
    ]) {
      expect(interestIn(policyOf({ ...anywhere, ...named }), RUN.action).resources).toBe(true)
      expect(interestIn(policyOf({ ...anywhere, ...named }), 's3:GetObject').resources).toBe(false)
    }
  })

  it('are the keys of its conditions', () => {
    const conditions = { StringEquals: { 'ec2:resourcetag/A': 'b', 'aws:UserName': 'c' } }
    const keys = interestIn(policyOf({ ...anywhere, Condition: conditions }), RUN.action).keys
    expect([...keys]).toEqual(['ec2:ResourceTag/', 'aws:username'])
  })
})
