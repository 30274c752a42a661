export type { Checker, Violation } from './checkers/checker.ts'
export { checkers, checkHistory } from './checkers/registry.ts'
export type { CommittedChange, History, HistoryEvent } from './history/history-event.ts'
export { runSeed, type SeedRun, type SeedRunOptions } from './run/run-seed.ts'
