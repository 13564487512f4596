// Key pair names: the rule, its messages, and the comment they become.
import { describe, expect, it } from 'vitest'
import { checkKeyName, commentFor } from '../../../src/ec2/key-pairs/name.ts'

describe('checkKeyName', () => {
  it.each(['k', '__proto__', 'constructor', 'a b', '"; rm -rf /\\', '!~', '<&>', 'x'.repeat(255)])('takes %j', name => {
    expect(() => checkKeyName(name)).not.toThrow()
  })

  it('asks for a name', () => {
    expect(() => checkKeyName('')).toThrow(
      expect.objectContaining({
        code: 'MissingParameter',
        message: 'The request must contain the parameter KeyName',
        status: 400,
      }),
    )
  })

  it.each([
    ['🔑', 'Value (🔑) for parameter KeyName is invalid. Character sets beyond ASCII are not supported.'],
    ['schlüssel', 'Value (schlüssel) for parameter KeyName is invalid. Character sets beyond ASCII are not supported.'],
    ['a\nb', 'Value (a\nb) for parameter KeyName is invalid. Character sets beyond ASCII are not supported.'],
    ['a\x7f', 'Value (a\x7f) for parameter KeyName is invalid. Character sets beyond ASCII are not supported.'],
    [' a', 'Value ( a) for parameter KeyName is invalid. It must not begin or end with a space.'],
    ['a ', 'Value (a ) for parameter KeyName is invalid. It must not begin or end with a space.'],
  ])('refuses %j', (name, message) => {
    expect(() => checkKeyName(name)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterValue', message, status: 400 }),
    )
  })
})

describe('commentFor', () => {
  it('keeps an ordinary name', () => {
    expect(commentFor('deploy-key_2 (a+b@example.com)')).toBe('deploy-key_2 (a+b@example.com)')
  })

  it('replaces whatever means something to a shell, a template or a line', () => {
    expect(commentFor('a"b\\c$d\ne\'f`g#h]i🔑')).toBe('a_b_c_d_e_f_g_h_i_')
  })
})
