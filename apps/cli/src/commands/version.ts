import type { Command } from 'commander'
import { act, leaf, type Run } from '../command.ts'
import { VERSION } from '../version.ts'

export function addVersionCommand(program: Command, run: Run): void {
  act(leaf(program, 'version', 'of this command'), run, async ({ print }) => {
    print.result({ qd: VERSION, node: process.version }, () => `qd ${VERSION}, Node ${process.version}`)
    return 0
  })
}
