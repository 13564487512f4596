// Numbers as OpenNebula and its users write them.

/** Reads a decimal integer; undefined for anything else. */
export function integer(digits: string): number | undefined {
  const negative = digits.charCodeAt(0) === 45
  let value = 0
  for (let at = negative ? 1 : 0; at < digits.length; at++) {
    const digit = digits.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return undefined
    value = value * 10 + digit
  }
  if (digits.length === (negative ? 1 : 0) || value > Number.MAX_SAFE_INTEGER) return undefined
  return negative ? -value : value
}

/** Reads an integer that is not negative; undefined for anything else, and where there is no text. */
export function amount(value: string | undefined): number | undefined {
  const number = value === undefined ? undefined : integer(value)
  return number !== undefined && number >= 0 ? number : undefined
}

/** Reads a number such as `2`, `0.5` or `.5`; undefined for anything else and for more digits than any amount has. */
export function decimal(digits: string): number | undefined {
  return /^(?:\d{1,15}(?:\.\d{0,15})?|\.\d{1,15})$/.test(digits) ? Number(digits) : undefined
}
