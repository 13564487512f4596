// DryRun: the caller asks whether a request would succeed, and is told so by an error.
import { Ec2Error } from './errors.ts'

/**
 * To be called after everything was checked and before anything is done.
 *
 * @throws Ec2Error DryRunOperation (412) if the input asks for a dry run
 */
export function stopDryRun(input: { readonly DryRun?: boolean | undefined }): void {
  if (input.DryRun) throw new Ec2Error('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.')
}
