// Waiting for what OpenNebula ends a moment later, and tells nobody of when it has.

/** How long to wait before each further look, in milliseconds: some three seconds in all. */
export const PAUSES: readonly number[] = [100, 200, 400, 800, 1600]

/** @param ms milliseconds */
export const pass = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
