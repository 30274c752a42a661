'use client'

import { useRouter } from 'next/navigation'
import { type ReactNode, useState } from 'react'
import { whileAsking } from '../acts/intents.ts'
import { type Problem, toProblem } from '../api/problem.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextArea } from './field.tsx'
import { Failed } from './states.tsx'
import { toast } from './toasts.tsx'

type Props<Spec, Plan> = {
  readonly title: string
  /** What the text is: "Service file (YAML or JSON)". */
  readonly label: string
  readonly initial: string
  readonly read: (
    text: string,
  ) => { readonly ok: true; readonly spec: Spec } | { readonly ok: false; readonly because: string }
  readonly preview: (spec: Spec) => Promise<Plan>
  readonly isUnchanged: (plan: Plan) => boolean
  readonly show: (plan: Plan) => ReactNode
  readonly intentKey: (plan: Plan) => string
  readonly apply: (spec: Spec, plan: Plan) => Promise<unknown>
  /** What to say when it is done, and the page to go to. */
  readonly done: (plan: Plan) => { readonly text: string; readonly href: string }
  readonly close: () => void
}

/** A file, what it would change, and the button that carries out just that. An edit throws the plan away. */
export function ApplyFileDialog<Spec, Plan>(props: Props<Spec, Plan>) {
  const { title, label, initial, close } = props
  const router = useRouter()
  const [text, setText] = useState(initial)
  const [plan, setPlan] = useState<Plan | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [isAsking, setAsking] = useState(false)
  const read = props.read(text)
  const refusal = (read.ok ? null : read.because) ?? (isAsking ? 'Waiting for the answer.' : null)

  const ask = async (call: (spec: Spec) => Promise<void>) => {
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
  const preview = () => ask(async (spec) => setPlan(await props.preview(spec)))
  const apply = () =>
    ask(async (spec) => {
      if (plan === null) return
      await whileAsking([props.intentKey(plan)], 'Apply requested', () => props.apply(spec, plan))
      const { text: said, href } = props.done(plan)
      close()
      toast(said)
      router.push(href)
    })
  const applyRefusal =
    refusal ??
    (plan === null ? 'Look at the plan first.' : null) ??
    (plan !== null && props.isUnchanged(plan) ? 'Nothing would change.' : null)

  return (
    <Dialog
      title={title}
      width="wide"
      onClose={close}
      onSubmit={() => void (plan === null ? preview() : apply())}
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
          label={label}
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
        {plan !== null && props.show(plan)}
      </div>
    </Dialog>
  )
}
