'use client'

import { compareText, faultStrategies, faultStrategySummaries } from '@quarterdeck/domain'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { queries } from '../api/client.ts'
import { store } from '../live/page.ts'
import { useVersion } from '../live/use-live.ts'
import { Checkbox, Group, Radio, SelectField, TextArea, TextField } from '../ui/field.tsx'
import type { DispatchForm, FieldProblems } from './dispatch-form.ts'
import { defaultName } from './read-dispatch-form.ts'

type Props = {
  readonly form: DispatchForm
  readonly problems: FieldProblems
  readonly onChange: (change: Partial<DispatchForm>) => void
}

export function DispatchFields({ form, problems, onChange }: Props) {
  const text = (field: keyof DispatchForm) => ({
    value: String(form[field]),
    problem: problems[field] ?? null,
    onChange: (event: { target: { value: string } }) => onChange({ [field]: event.target.value }),
  })
  return (
    <div className="flex flex-col gap-5">
      <Group title="What runs">
        <div className="flex flex-wrap gap-x-5">
          <Radio
            name="driver"
            label="A program on the node"
            checked={form.driver === 'exec'}
            onChange={() => onChange({ driver: 'exec' })}
          />
          <Radio
            name="driver"
            label="A handler of a worker"
            checked={form.driver === 'handler'}
            onChange={() => onChange({ driver: 'handler' })}
          />
        </div>
        {form.driver === 'exec' ? (
          <ExecFields form={form} text={text} onChange={onChange} />
        ) : (
          <HandlerFields text={text} />
        )}
        <TextField label="Name" placeholder={defaultName(form) || 'named after what it runs'} {...text('name')} />
      </Group>
      <WhereFields text={text} />
      <Group title="How">
        <div className="grid gap-3 sm:grid-cols-3">
          <TextField label="Priority, 0 to 100" inputMode="numeric" {...text('priority')} />
          <TextField label="Time limit" hint="Empty: none." {...text('timeLimit')} />
          <SelectField label="Delivery" {...text('policy')}>
            <option value="at-least-once">at least once</option>
            <option value="at-most-once">at most once</option>
            <option value="exclusive">exclusive</option>
          </SelectField>
          <TextField label="Attempts" inputMode="numeric" {...text('attempts')} />
          <TextField label="Wait between attempts" hint="Doubles each time." {...text('backoff')} />
          <SelectField label="When it fails" hint={faultStrategySummaries[form.onFailure]} {...text('onFailure')}>
            {faultStrategies.map((strategy) => (
              <option key={strategy} value={strategy}>
                {strategy}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Deadline"
            hint="From now. No attempt begins that would come too late."
            {...text('deadline')}
          />
          <TextField
            label="Fallback script"
            hint="Runs once in its place when every attempt has failed."
            spellCheck={false}
            autoCapitalize="off"
            {...text('fallbackRun')}
          />
          <TextField
            label="Fallback job"
            hint="The same with a job template: backup level=3"
            spellCheck={false}
            autoCapitalize="off"
            {...text('fallbackJob')}
          />
          {form.driver === 'handler' && (
            <TextField
              label="Fallback value, JSON"
              hint="The result when every attempt has failed. Empty: none."
              {...text('fallback')}
            />
          )}
          <SelectField label="When its node is drained" {...text('onDrain')}>
            <option value="finish">let it finish there</option>
            <option value="move">move it at once</option>
          </SelectField>
        </div>
        <Checkbox
          label="May stop tasks of at least 10 less priority when it fits nowhere (preemption)"
          checked={form.preempts}
          onChange={(event) => onChange({ preempts: event.target.checked })}
        />
        <Checkbox
          label="Leave out nodes on which this job keeps failing (circuit breaker)"
          checked={form.obeysBreaker}
          onChange={(event) => onChange({ obeysBreaker: event.target.checked })}
        />
        <Checkbox
          label="Durable: acknowledge only when the store has it safe"
          checked={form.isDurable}
          onChange={(event) => onChange({ isDurable: event.target.checked })}
        />
      </Group>
    </div>
  )
}

type Text = (field: keyof DispatchForm) => {
  value: string
  problem: string | null
  onChange: (event: { target: { value: string } }) => void
}

function ExecFields({
  form,
  text,
  onChange,
}: {
  readonly form: DispatchForm
  readonly text: Text
  readonly onChange: Props['onChange']
}) {
  return (
    <>
      <Checkbox
        label="Run as a shell script (/bin/sh -c)"
        checked={form.isShell}
        onChange={(event) => onChange({ isShell: event.target.checked })}
      />
      {form.isShell ? (
        <TextArea label="Script" spellCheck={false} {...text('command')} />
      ) : (
        <div className="grid gap-3 sm:grid-cols-[1fr_2fr]">
          <TextField
            label="Program"
            placeholder="/usr/bin/env"
            spellCheck={false}
            autoCapitalize="off"
            {...text('command')}
          />
          <TextField
            label="Arguments"
            hint="Separated by spaces; quotes keep words together. Nothing is expanded."
            spellCheck={false}
            autoCapitalize="off"
            {...text('args')}
          />
        </div>
      )}
      <details>
        <summary className="min-h-6 text-info">Variables, folder, user</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          <TextArea
            label="Variables, one NAME=value a line"
            className="sm:col-span-2"
            spellCheck={false}
            rows={3}
            {...text('env')}
          />
          <TextField label="Working folder" hint="Empty: a private temporary folder." {...text('workingFolder')} />
          <TextField label="User" hint="Empty: the one that the node's policy names." {...text('user')} />
        </div>
      </details>
    </>
  )
}

function HandlerFields({ text }: { readonly text: Text }) {
  const version = useVersion('nodes')
  const handlers = useMemo(() => {
    void version
    return [...new Set([...store.nodes.values()].flatMap((node) => node.facts.handlers))].sort()
  }, [version])
  return (
    <>
      <SelectField
        label="Handler"
        hint={handlers.length === 0 ? 'No node offers a handler. Workers of the SDK do.' : undefined}
        {...text('handler')}
      >
        <option value="">choose</option>
        {handlers.map((handler) => (
          <option key={handler} value={handler}>
            {handler}
          </option>
        ))}
      </SelectField>
      <TextArea label="Input, as JSON" spellCheck={false} {...text('input')} />
    </>
  )
}

function WhereFields({ text }: { readonly text: Text }) {
  const version = useVersion('nodes')
  const strategies = useQuery({ ...queries.cluster.strategies.queryOptions(), staleTime: Number.POSITIVE_INFINITY })
  const settings = useQuery(queries.cluster.settings.queryOptions())
  const nodes = useMemo(() => {
    void version
    return [...store.nodes.values()].filter((node) => node.status !== 'left').sort((a, b) => compareText(a.id, b.id))
  }, [version])
  const strategy = text('strategy')
  const usual = settings.data?.strategy
  const sentence = strategies.data?.find((each) => each.name === (strategy.value || usual))?.summary
  return (
    <Group title="Where">
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField label="Node" {...text('onNode')}>
          <option value="">the best one</option>
          {nodes.map((node) => (
            <option key={node.id} value={node.id}>
              {node.id} ({node.status})
            </option>
          ))}
        </SelectField>
        <SelectField label="Chosen by" hint={sentence} {...strategy}>
          <option value="">{usual ? `the cluster's own: ${usual}` : "the cluster's own"}</option>
          {strategies.data?.map((each) => (
            <option key={each.name} value={each.name}>
              {each.name}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Or by several, one after the other"
          placeholder="locality > bounded-hash > least-loaded"
          hint="Empty: the one above. Strategies with > between."
          spellCheck={false}
          autoCapitalize="off"
          {...text('chain')}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField label="Hash key" hint="Empty: the name." spellCheck={false} {...text('hashKey')} />
          <TextField label="Near zone" hint="For locality." spellCheck={false} {...text('nearZone')} />
        </div>
        <TextField
          label="Needs labels"
          placeholder="gpu disk=ssd -canary"
          hint="Space: and. Comma: or. Minus: not."
          spellCheck={false}
          autoCapitalize="off"
          {...text('needs')}
        />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="Pool"
            placeholder="default"
            hint="any: of every pool."
            spellCheck={false}
            autoCapitalize="off"
            {...text('pool')}
          />
          <TextField
            label="Tolerates taints"
            placeholder="gpu team=ml"
            spellCheck={false}
            autoCapitalize="off"
            {...text('tolerates')}
          />
        </div>
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label="At most so many at once"
            hint="Of this name. Empty: no limit."
            inputMode="numeric"
            {...text('maxRunning')}
          />
          <TextField label="On one node" hint="Empty: no limit." inputMode="numeric" {...text('maxPerNode')} />
        </div>
        <WishFields text={text} />
        <div className="grid grid-cols-3 gap-3">
          <TextField label="CPU cores" inputMode="decimal" {...text('cpu')} />
          <TextField label="Memory" {...text('memory')} />
          <TextField label="GPUs" placeholder="0.3" {...text('gpu')} />
        </div>
      </div>
    </Group>
  )
}

/** What few tasks need: folded away until somebody looks for it, open when one is filled in. */
function WishFields({ text }: { readonly text: Text }) {
  const fields = [
    { name: 'prefers', label: 'Rather on nodes with', placeholder: '80:disk=ssd -20:zone=eu-2' },
    { name: 'spreadOver', label: 'Even over labels', placeholder: 'zone rack=2' },
    { name: 'near', label: 'With tasks of', placeholder: 'cache@zone' },
    { name: 'apart', label: 'Apart from tasks of', placeholder: 'web 50:batch@rack' },
    { name: 'ports', label: 'Ports', placeholder: 'http admin=9000' },
  ] as const
  const isUsed = fields.some(({ name }) => text(name).value !== '')
  return (
    <details className="sm:col-span-2" open={isUsed || undefined}>
      <summary className="min-h-6 text-info">Wishes, neighbours, ports</summary>
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        {fields.map(({ name, label, placeholder }) => (
          <TextField
            key={name}
            label={label}
            placeholder={placeholder}
            hint={wishHints[name]}
            spellCheck={false}
            autoCapitalize="off"
            {...text(name)}
          />
        ))}
      </div>
    </details>
  )
}

const wishHints = {
  prefers: 'A wish, never a reason to wait. The number before the colon is its weight.',
  spreadOver: 'Greatest difference after =. With a weight and a colon before: a wish.',
  near: 'After @ the label that is shared; without, the node. With a weight: a wish.',
  apart: 'Written like the one before.',
  ports: 'Any free one, or the number after =. The program reads QD_TASK_PORT_HTTP.',
} as const
