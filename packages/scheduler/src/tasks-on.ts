import { type Accounts, at } from './accounts.ts'

/** How many tasks hold the node, those of the plan at hand included. */
export function tasksOn(accounts: Accounts, index: number): number {
  return at(accounts.taskSlotsTotal, index) - at(accounts.taskSlotsFree, index)
}
