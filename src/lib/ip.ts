// IPv4 addresses as they are written.

/** An IPv4 address as a number; undefined for anything else. */
export function ipNumber(ip: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)?.slice(1).map(Number)
  return parts?.every(part => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined
}

/** A number as an IPv4 address. */
export const ipText = (number: number): string => [24, 16, 8, 0].map(bits => (number >>> bits) & 255).join('.')
