'use client'

import type { ServiceActPlan, ServicePlan, ServiceSpec } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import { exampleManifest, readManifest, writeManifest } from './manifest-text.ts'
import { ServiceActPlanView } from './service-act-plan-view.tsx'
import { ServicePlanView } from './service-plan-view.tsx'

/** A service file, what it would change, and the button that carries out just that. An edit throws the plan away. */
export function ApplyDialog({
  spec: before,
  close,
}: {
  readonly spec: ServiceSpec | null
  readonly close: () => void
}) {
  const router = useRouter()
  const [text, setText] = useState(() => (before ? writeManifest(before) : exampleManifest))
  const [plan, setPlan] = useState<ServicePlan | null>(null)
  const [actPlan, setActPlan] = useState<ServiceActPlan | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isAsking, setAsking] = useState(false)
  const read = readManifest(text)
  const refusal = (read.ok ? null : read.because) ?? (isAsking ? 'Waiting for the answer.' : null)

  const ask = async (call: (spec: ServiceSpec) => Promise<void>) => {
    if (!read.ok || isAsking) return
    setAsking(true)
    setProblem(null)
    try {
      await call(read.spec)
    } catch (error) {
      setPlan(null)
      setProblem(toProblem(error))
    }
    setAsking(false)
  }
  const preview = () =>
    ask(async (spec) => {
      const next = await api.services.plan.mutate({ spec })
      setActPlan(next.act === 'update' ? await api.services.preview.mutate({ kind: 'update', spec }) : null)
      setPlan(next)
    })
  const apply = () =>
    ask(async (spec) => {
      if (!plan) return
      const { name, basis } = plan
      await whileAsking([`service:${name}`], 'Apply requested', async () => {
        if (actPlan) await api.services.carryOut.mutate({ planId: actPlan.id, reason: '' })
        else await api.services.save.mutate({ spec, basis })
      })
      close()
      toast(
        plan.act === 'create'
          ? `Service ${name} is being started.`
          : `Service ${name} is brought to version ${plan.specVersion}.`,
      )
      router.push(`/service?id=${encodeURIComponent(name)}`)
    })
  const applyRefusal =
    refusal ??
    (plan === null ? 'Look at the plan first.' : null) ??
    (plan?.act === 'unchanged' ? 'Nothing would change.' : null)

  return (
    <Dialog
      title={before ? `Edit ${before.name}` : 'Apply a service'}
      width="wide"
      onClose={close}
      onSubmit={() => void (plan ? apply() : preview())}
      footer={
        <>
          <span className="flex-1 text-compact text-muted">The same file works with qd apply -f</span>
          <Button onClick={close}>Cancel</Button>
          <Button refusal={refusal} onClick={() => void preview()}>
            Show plan
          </Button>
          <Button look="primary" refusal={applyRefusal} onClick={() => void apply()}>
            Apply
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <TextArea
          label="Service file (YAML or JSON)"
          rows={16}
          spellCheck={false}
          value={text}
          problem={read.ok ? null : read.because}
          onChange={(event) => {
            setText(event.target.value)
            setPlan(null)
          }}
        />
        {problem && <Failed what="The cluster did not take it." problem={problem} />}
        {plan && <ServicePlanView plan={actPlan ? { ...plan, placements: [] } : plan} />}
        {plan && actPlan && <ServiceActPlanView plan={actPlan} />}
      </div>
    </Dialog>
  )
}
