import type { Me } from '@quarterdeck/domain'

/** Who asks, from where: goes into the audit entry. */
export type Caller = {
  readonly me: Me
  readonly address: string
  readonly requestId: string
}

/** A caller before sign-in. */
export type Stranger = { readonly address: string; readonly requestId: string; readonly userAgent: string }
