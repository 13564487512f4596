// The catalogue of error codes, and what an error is by it.
import { describe, expect, it } from 'vitest'
import { limits } from '../../src/limits.ts'
import { catalogue, complaint, Ec2Error, fromTold, isErrorCode } from '../../src/protocol/errors.ts'
import { s3Catalogue } from '../../src/s3/errors.ts'

const groups = Object.values<Readonly<Record<string, { readonly when: string; readonly status?: number }>>>(catalogue)
const rows = groups.flatMap(group => Object.entries(group))

describe('the catalogue', () => {
  it('has each code once', () => {
    const codes = rows.map(([code]) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })

  it.each(rows)('knows %s, its status and when it is answered', (code, { when, status = 400 }) => {
    if (!isErrorCode(code)) throw new TypeError(`${code} is no code`)
    expect(complaint(code, 'no')).toMatchObject({ code, status })
    expect(when).toMatch(/^[A-Z].*[^.]$/)
  })

  it.each([403, 413, 503])('has status %d where AWS has it', status => {
    expect(rows.filter(([, row]) => row.status === status)).not.toEqual([])
  })

  it('has no other code', () => {
    expect(['InvalidParametrValue', '', 'toString', '__proto__'].filter(isErrorCode)).toEqual([])
  })

  it('has the codes of all limits', () => {
    const codes = Object.values(limits).flatMap(limit => ('code' in limit ? [limit.code] : []))
    const ofS3 = new Set(Object.values(s3Catalogue).flatMap(group => Object.keys(group)))
    expect(codes.filter(code => !isErrorCode(code) && !ofS3.has(code))).toEqual([])
  })
})

describe('an error', () => {
  it('is the caller’s fault unless the catalogue says otherwise', () => {
    expect(new Ec2Error('IncorrectState', 'no').status).toBe(400)
    expect(new Ec2Error('Unavailable', 'later').status).toBe(503)
  })

  it('may have the other status of its code', () => {
    expect(new Ec2Error('AuthFailure', 'no', { status: 403 }).status).toBe(403)
  })

  it('keeps what is behind it', () => {
    const cause = new Error('secret')
    expect(new Ec2Error('Unavailable', 'later', { cause }).cause).toBe(cause)
  })
})

describe('an error that came as data', () => {
  const cause = new Error('behind it')

  it('is the same again', () => {
    const { code, message, status } = new Ec2Error('AuthFailure', 'not yours', { status: 403 })
    expect(fromTold({ code, message, status }, cause)).toMatchObject({ code, message, status, cause })
  })

  it.each([
    [400, 'InvalidRequest', 400],
    [403, 'InvalidRequest', 400],
    [503, 'InternalError', 500],
  ])('of a code that is not known and status %d is %s', (status, code, shown) => {
    expect(fromTold({ code: 'Newer', message: 'said', status })).toMatchObject({ code, message: 'said', status: shown })
  })
})
