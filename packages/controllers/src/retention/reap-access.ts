import type { ApiToken, HandoffTicket, JoinToken, UnixMs, UserSession } from '@quarterdeck/domain'
import type { Deletion } from './deletion.ts'

/** Tokens that can no longer be used stay listed for a week, so that people see what became of them. */
const LISTED_MS = 7 * 24 * 3_600_000

/** Sessions, hand-off tickets and tokens whose time is over. */
export function reapAccess(
  {
    sessions,
    tickets,
    apiTokens,
    joinTokens,
  }: {
    readonly sessions: Iterable<UserSession>
    readonly tickets: Iterable<HandoffTicket>
    readonly apiTokens: Iterable<ApiToken>
    readonly joinTokens: Iterable<JoinToken>
  },
  nowMs: UnixMs,
): Deletion[] {
  const deletions: Deletion[] = []
  for (const { id, expiresAtMs } of sessions) if (expiresAtMs <= nowMs) deletions.push({ kind: 'user-session', id })
  for (const { id, expiresAtMs } of tickets) if (expiresAtMs <= nowMs) deletions.push({ kind: 'handoff-ticket', id })
  for (const { id, expiresAtMs } of apiTokens) {
    if (expiresAtMs !== null && expiresAtMs + LISTED_MS <= nowMs) deletions.push({ kind: 'api-token', id })
  }
  for (const { id, expiresAtMs } of joinTokens) {
    if (expiresAtMs + LISTED_MS <= nowMs) deletions.push({ kind: 'join-token', id })
  }
  return deletions
}
