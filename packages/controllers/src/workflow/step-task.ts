import {
  evaluate,
  fail,
  fillPlaceholders,
  limits,
  type Outcome,
  ok,
  parseExpression,
  pathsOf,
  type RunStep,
  type StepTask,
  type TaskResult,
  type TaskSubmit,
  taskSubmitSchema,
  valueAsText,
  type WorkflowRun,
  type WorkflowStep,
} from '@quarterdeck/domain'

type Work = { readonly task: StepTask; readonly inputs: Readonly<Record<string, string>> }

/** What expressions of a run read. */
export function scopeOf({
  input,
  steps,
}: {
  readonly input: WorkflowRun['input']
  readonly steps: readonly RunStep[]
}): Record<string, unknown> {
  const given = steps.map(({ name, state, exitCode, value }) => [name, { outcome: state, exitCode, value }])
  return { input, steps: Object.fromEntries(given) }
}

/** Reads an expression that was checked when its workflow was stored. */
export function read(text: string, scope: Readonly<Record<string, unknown>>): unknown {
  const parsed = parseExpression(text)
  return parsed.ok ? evaluate(parsed.value, scope) : null
}

/** The task of a step, or of its undoing, with its inputs put in. The error says why these inputs make no task. */
export function stepTask(
  { task, inputs }: Work,
  { name, scope }: { readonly name: string; readonly scope: Readonly<Record<string, unknown>> },
): Outcome<TaskSubmit, string> {
  const values = Object.fromEntries(Object.entries(inputs).map(([key, text]) => [key, read(text, scope)]))
  const filled = fillPlaceholders(withInputs(task, values), values)
  const parsed = taskSubmitSchema.safeParse({ ...filled, name: task.name ?? taskName(name) })
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  return fail(`With its inputs it is no task: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}

/** Steps whose value somebody reads, so that the run keeps it. */
export function stepsRead(steps: readonly WorkflowStep[]): ReadonlySet<string> {
  const texts = steps.flatMap(({ when, inputs, compensate }) => [
    ...(when === null ? [] : [when]),
    ...Object.values(inputs),
    ...Object.values(compensate?.inputs ?? {}),
  ])
  const names = new Set<string>()
  for (const text of texts) {
    const parsed = parseExpression(text)
    if (!parsed.ok) continue
    for (const [root, name, field] of pathsOf(parsed.value))
      if (root === 'steps' && field === 'value' && typeof name === 'string') names.add(name)
  }
  return names
}

/** What a step gave: the value of a handler, or the last line that a program wrote, read as JSON where it is JSON. */
export function givenBy(result: TaskResult | null): Outcome<RunStep['value'], string> {
  const value = result?.value === undefined ? lastLine(result) : result.value
  const size = JSON.stringify(value).length
  return size <= limits.workflowValueBytesMax
    ? ok(value)
    : fail(`Its value takes ${size} bytes; at most ${limits.workflowValueBytesMax} can be handed to other steps.`)
}

function lastLine(result: TaskResult | null): RunStep['value'] {
  const lines = result?.logTail.filter(({ stream, text }) => stream === 'stdout' && text.trim() !== '') ?? []
  const text = lines.at(-1)?.text.trim()
  if (text === undefined) return null
  try {
    return JSON.parse(text) as RunStep['value']
  } catch {
    return text
  }
}

function withInputs(task: StepTask, values: Readonly<Record<string, unknown>>): StepTask {
  const { exec, handler } = task
  if (exec) {
    const env = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, valueAsText(value)]))
    return { ...task, exec: { ...exec, env: { ...exec.env, ...env } } }
  }
  const { input } = handler ?? { input: null }
  const takesNames = input === null || (typeof input === 'object' && !Array.isArray(input))
  if (!handler || !takesNames || Object.keys(values).length === 0) return task
  return { ...task, handler: { ...handler, input: { ...input, ...(values as Record<string, null>) } } }
}

function taskName(text: string): string {
  return text.slice(0, limits.nameLengthMax)
}
