import { RESULTS_WINDOW_MS } from './job-results.ts'

/** Retries may be so large a share of the first attempts… */
const SHARE = 0.2
/** …and so many a second besides, so that a job which runs rarely can be retried at all. */
const PER_SECOND = 10

/**
 * How much longer a retry must wait because its job has spent its retry budget, milliseconds; 0 while there is some left. Over the
 * budget a retry is not dropped but held back, so that a failing job cannot crowd out the others.
 *
 * Source: Linkerd's retry budget (20 % of the requests and 10 a second, over 10 s).
 */
export function retryHoldMs({ firsts, retries }: { readonly firsts: number; readonly retries: number }): number {
  const allowed = SHARE * firsts + (PER_SECOND * RESULTS_WINDOW_MS) / 1_000
  return retries < allowed ? 0 : RESULTS_WINDOW_MS
}
