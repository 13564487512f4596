// Sizes of disks, as EC2 counts them.

/** MiB in whole GiB, as EC2 counts the size of volumes. */
export const gibibytes = (mebibytes: number) => Math.max(1, Math.ceil(mebibytes / 1024))
