'use client'

import type { JobTemplatePlan, JobTemplateSpec } from '@quarterdeck/domain'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { api } from '../api/client.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextArea } from '../ui/field.tsx'
import { SpecPlanView } from '../ui/spec-plan-view.tsx'
import { Failed } from '../ui/states.tsx'
import { toast } from '../ui/toasts.tsx'
import type { EditedTemplate } from './open-dialogs.tsx'
import { exampleTemplate, readTemplate, writeTemplate } from './template-file.ts'

/** A job template file, what it would change, and the button that carries out just that. An edit throws the plan away. */
export function ApplyDialog({ edited, close }: { readonly edited: EditedTemplate | null; readonly close: () => void }) {
  const router = useRouter()
  const [text, setText] = useState(() => (edited ? writeTemplate(edited) : exampleTemplate))
  const [plan, setPlan] = useState<JobTemplatePlan | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isAsking, setAsking] = useState(false)
  const read = readTemplate(text)
  const refusal = (read.ok ? null : read.because) ?? (isAsking ? 'Waiting for the answer.' : null)

  const ask = async (call: (spec: JobTemplateSpec) => Promise<void>) => {
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
  const preview = () => ask(async (spec) => setPlan(await api.jobTemplates.plan.mutate({ spec })))
  const apply = () =>
    ask(async (spec) => {
      if (!plan) return
      const { name, basis, version } = plan
      await whileAsking([`job-template:${name}`], 'Apply requested', () =>
        api.jobTemplates.save.mutate({ spec, basis }),
      )
      close()
      toast(`Job template ${name} is at version ${version}.`)
      router.push(`/job?id=${encodeURIComponent(name)}`)
    })
  const applyRefusal =
    refusal ??
    (plan === null ? 'Look at the plan first.' : null) ??
    (plan?.act === 'unchanged' ? 'Nothing would change.' : null)

  return (
    <Dialog
      title={edited ? `Edit ${edited.name}` : 'Apply a job template'}
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
          label="Job template file (YAML or JSON)"
          rows={18}
          spellCheck={false}
          value={text}
          problem={read.ok ? null : read.because}
          onChange={(event) => {
            setText(event.target.value)
            setPlan(null)
          }}
        />
        {problem && <Failed what="The cluster did not take it." problem={problem} />}
        {plan && <SpecPlanView plan={plan} />}
      </div>
    </Dialog>
  )
}
