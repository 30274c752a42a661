'use client'

import type { DrainPlan } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { attempt } from '../acts/node-acts.ts'
import { api } from '../api/client.ts'
import { Button } from '../ui/button.tsx'
import { copyText } from '../ui/copy-button.tsx'
import { toast } from '../ui/toasts.tsx'

/** Keeps the plan that is shown as an operation with a link, so that somebody else can look at it and apply it. */
export function SharePlan({
  plan,
  reason,
  close,
}: {
  readonly plan: DrainPlan | null
  readonly reason: string
  /** Ends the dialog that it stands in: a notice cannot be reached behind one. */
  readonly close: () => void
}) {
  const router = useRouter()
  const share = (shown: DrainPlan) =>
    attempt(async () => {
      const { operationId } = await api.operations.sharePlan.mutate({ planId: shown.id, reason })
      const path = `/operation?id=${operationId}`
      close()
      await copyText(`${window.location.origin}${path}`)
      toast('The plan is kept, and its link is copied. Nothing was drained.', {
        more: (
          <Button look="quiet" onClick={() => router.push(path)}>
            Show
          </Button>
        ),
      })
    })
  return (
    <Button refusal={plan ? null : 'The preview is being computed.'} onClick={() => plan && void share(plan)}>
      Share plan
    </Button>
  )
}
