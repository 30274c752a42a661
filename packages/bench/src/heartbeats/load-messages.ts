import type { Credential } from './plant-credentials.ts'

/** What the bench tells a process that plays agents, and what it hears. */
export type ToLoad =
  | { readonly kind: 'connect'; readonly url: string; readonly credentials: readonly Credential[] }
  | { readonly kind: 'beat'; readonly perSecond: number; readonly seconds: number }

export type FromLoad =
  | { readonly kind: 'connected'; readonly count: number }
  | {
      readonly kind: 'beaten'
      readonly sent: number
      readonly answered: number
      readonly seconds: number
      readonly latenciesMs: readonly number[]
    }
  | { readonly kind: 'failed'; readonly because: string }
