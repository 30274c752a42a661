import type { AppRouter } from '@quarterdeck/api/client'
import { QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchLink, httpSubscriptionLink, splitLink } from '@trpc/client'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { type Problem, toProblem } from './problem.ts'

const CALLS_PER_BATCH = 10
const QUICK_TRIES = 2

/** Refusals that pass by themselves: a controller that starts, a store that is away, a queue in front of the server. */
const passing: ReadonlySet<Problem['code']> = new Set([
  'unreachable',
  'unavailable',
  'overloaded',
  'no_leader',
  'outcome_unknown',
  'rate_limited',
])

/** The API on the origin that served this page; there is nothing to configure. */
export const api = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      // The header proves that no other site's form sent this.
      false: httpBatchLink({ url: '/trpc', maxItems: CALLS_PER_BATCH, headers: { 'x-qd-csrf': '1' } }),
    }),
  ],
})

/**
 * Answers of single questions (a task's spec, the users). Live facts (nodes, tasks, controllers) are in the live store, never here:
 * the two never hold the same fact.
 */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < QUICK_TRIES && isPassing(error),
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})

export const queries = createTRPCOptionsProxy<AppRouter>({ client: api, queryClient })

/** False when the server answered and said no for good: asking again will not help. */
function isPassing(error: unknown): boolean {
  return passing.has(toProblem(error).code)
}
