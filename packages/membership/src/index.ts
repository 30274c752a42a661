export { type BrakeHold, type BrakeMember, type BrakeState, freeBrake, stepBrake } from './brake/step-brake.ts'
export { downAtMs } from './detector/deadlines.ts'
export {
  type MemberContext,
  type MemberEffect,
  type MemberEvent,
  type MemberState,
  type MemberStep,
  memberFrom,
  reconnectSpreadMs,
} from './detector/member-state.ts'
export { PHI_MAX, phi } from './detector/phi-accrual.ts'
export { stepMember } from './detector/step-member.ts'
export {
  decidingFence,
  type ElectionContext,
  type ElectionEffect,
  type ElectionEvent,
  type ElectionState,
  type ElectionStep,
  type Fence,
  type LeadershipSource,
  type LeaseSeen,
  newElection,
  type TakeOver,
} from './election/election-state.ts'
export { electionStep } from './election/election-step.ts'
export { rankOf } from './election/rank.ts'
export { type LocalHealth, type SelfSample, stepLocalHealth, trusted } from './local-health/step-local-health.ts'
