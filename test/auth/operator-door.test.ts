// The operator's proof: who made it, for which path, and when.
import { describe, expect, it } from 'vitest'
import {
  ACCOUNTS_PATH,
  isOperator,
  operatorProof,
  questionIn,
  unfinishedPath,
  usagePath,
} from '../../src/auth/operator-door.ts'
import { type MasterSecrets, type Purpose, signingKeys } from '../../src/config/derived-keys.ts'
import { limits } from '../../src/limits.ts'

const NOW = Date.UTC(2026, 10, 26)
const MOST = limits.operatorProof.most * 1000
const SECRET = 'a secret of the unit tests'
const PATH = unfinishedPath('000000000002')

const proof = async ({
  secrets = [SECRET] as MasterSecrets,
  purpose = 'operator' as Purpose,
  path = PATH,
  time = NOW,
} = {}) => operatorProof(await signingKeys(secrets, purpose), path, time)

const counts = async (authorization: string | null, { secrets = [SECRET] as MasterSecrets, path = PATH } = {}) =>
  isOperator(await signingKeys(secrets, 'operator'), path, NOW, authorization)

describe('a proof counts', () => {
  it.each([0, -MOST, MOST])('made %i ms from now', async ahead => {
    expect(await counts(await proof({ time: NOW + ahead }))).toBe(true)
  })

  it('made under the secret before', async () => {
    const made = await proof({ secrets: ['the secret before this one'] })
    expect(await counts(made, { secrets: [SECRET, 'the secret before this one'] })).toBe(true)
    expect(await counts(made, { secrets: [SECRET, 'another secret before it'] })).toBe(false)
  })
})

describe('a proof counts for nothing', () => {
  it.each([
    ['too long ago', { time: NOW - MOST - 1 }],
    ['too far ahead', { time: NOW + MOST + 1 }],
    ['under another secret', { secrets: ['another secret than this'] as MasterSecrets }],
    ['for another account', { path: unfinishedPath('000000000003') }],
    ['by a key for another purpose', { purpose: 'imageLinks' as Purpose }],
  ])('made %s', async (_, made) => {
    expect(await counts(await proof(made))).toBe(false)
  })

  it('of which a character was altered', async () => {
    const genuine = await proof()
    const [scheme = ''] = genuine.split(' ')
    for (let at = scheme.length + 1; at < genuine.length; at++) {
      const other = genuine[at] === '0' ? '1' : '0'
      expect(await counts(genuine.slice(0, at) + other + genuine.slice(at + 1)), String(at)).toBe(false)
    }
  })

  it.each<[string, (genuine: string) => string | null]>([
    ['none', () => null],
    ['empty', () => ''],
    ['of another scheme', genuine => genuine.replace(/^\S+/, 'Bearer')],
    ['with a later time', genuine => genuine.replace(String(NOW), String(NOW + 1))],
    ['without a time', genuine => genuine.replace(/ \d+\./, ' .')],
    ['with more behind it', genuine => `${genuine}0`],
    ['in capitals', genuine => genuine.replace(/[^.]*$/, text => text.toUpperCase())],
    ['cut short', genuine => genuine.slice(0, -1)],
  ])('that is %s', async (_, alter) => {
    expect(await counts(alter(await proof()))).toBe(false)
  })

  it('has no secret in it', async () => {
    expect(await proof()).toMatch(/^Econe-Operator \d{13}\.[0-9a-f]{64}$/)
  })
})

describe('the path', () => {
  it('names an account', () => {
    expect(questionIn(PATH)).toEqual({ about: 'unfinished', account: '000000000002' })
    expect(questionIn(usagePath('000000000002', '2026-11'))).toEqual({
      ...{ about: 'usage', account: '000000000002', month: '2026-11' },
    })
  })

  it('names all of them', () => {
    expect(questionIn(ACCOUNTS_PATH)).toEqual({ about: 'accounts' })
  })

  it.each([
    '/',
    '/_operator/',
    '/_operator/accounts/2/unfinished',
    '/_operator/accounts/000000000002',
    '/_operator/accounts/000000000002/unfinished/',
    '/_operator/accounts/000000000002/usage',
    '/_operator/accounts/000000000002/usage/2026',
    '/_operator/accounts/',
    '/operator/accounts/000000000002/unfinished',
  ])('%s names none', path => {
    expect(questionIn(path)).toBeUndefined()
  })
})
