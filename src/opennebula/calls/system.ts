// Calls about the front-end itself.
import type { Method } from './methods.ts'

/** The method that answers with OpenNebula's version, as text: neither documents nor the id of something. */
export const VERSION = 'one.system.version' satisfies Method
