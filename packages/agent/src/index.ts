export {
  type AttemptRef,
  attemptKey,
  type EndedReport,
  type FinalReport,
  isFinal,
  type RejectedReport,
} from './attempt.ts'
export type { AttemptLogs, LogReader, LogSlice } from './attempt-logs.ts'
export type {
  Attempted,
  Driver,
  DriverEvents,
  DriverExit,
  DriverFingerprint,
  DriverHandle,
  Json,
} from './driver.ts'
export type { AttemptHost, Confirmation, HostAbilities, RoleOrder, StopOrder } from './host.ts'
export { foldJournal, type Journal, type JournalRecord, unfoldJournal } from './journal/journal.ts'
export { memoryJournal } from './journal/memory-journal.ts'
export { type AgentLink, type CommandListener, type LinkDialer, LinkRefusal } from './link.ts'
export type { Probes } from './probes.ts'
export { refuse } from './runner/admission.ts'
export { judgeFence } from './runner/fence.ts'
export { Runner, type RunnerParts } from './runner/runner.ts'
export { Agent, type AgentParts, type NodeDescription } from './session/agent.ts'
