#!/usr/bin/env node
// econe-keys as a program.
import { runHere } from '../../cli/bin/process.ts'

await runHere(() => import('../keys.ts'))
