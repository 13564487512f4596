#!/usr/bin/env node
// econe-check as a program.
import { runHere } from '../../cli/bin/process.ts'
import { main } from '../check/command.ts'

await runHere(main)
