#!/usr/bin/env node
// The econe-* commands as a program, under whichever of their names it was called.
import { runHere } from './process.ts'

await runHere(() => import('../main.ts'))
