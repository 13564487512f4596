// The default group of whom the tests act as.

/** The id of helen's: it follows from that of her default VPC, and never changes. */
export const DEFAULT_GROUP = 'sg-f8092e77664a183f5'
