'use client'

import type { PlanId } from '@quarterdeck/domain'
import { CopyButton } from '../ui/copy-button.tsx'

/** Copies the address under which a plan can be read and confirmed by somebody else while it is kept. */
export function PlanLink({ planId }: { readonly planId: PlanId }) {
  const origin = typeof window === 'undefined' ? '' : window.location.origin
  return <CopyButton text={`${origin}/plan?id=${encodeURIComponent(planId)}`} label="Copy link to this plan" />
}
