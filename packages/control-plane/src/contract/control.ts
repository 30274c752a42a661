import type { ControllerId, ControlPlaneView, Outcome } from '@quarterdeck/domain'
import type { Caller } from './caller.ts'

export type ControlService = {
  view(): ControlPlaneView
  /** Moves leadership to another live controller without a gap. */
  transfer(
    input: { to: ControllerId; reason: string },
    caller: Caller,
  ): Promise<Outcome<{ readonly epoch: number; readonly tookMs: number }>>
  /** Lifts the mass brake for `forMs`. */
  releaseBrake(input: { forMs: number; reason: string }, caller: Caller): Promise<Outcome<null>>
}
