// IPv4 addresses as they are written.

/** An IPv4 address as a number; undefined for anything else. */
export function ipNumber(ip: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip)?.slice(1).map(Number)
  return parts?.every(part => part < 256) ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined
}

/** An IPv4 address as it is written. */
export const ipText = (address: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.')
