#!/usr/bin/env node
// econe-check as a program.
import { runHere } from '../../cli/bin/process.ts'

await runHere(() => import('../check/command.ts'))
