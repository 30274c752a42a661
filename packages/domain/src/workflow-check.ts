import { parseExpression, pathsOf } from './expression.ts'
import { limits } from './limits.ts'
import { placeholdersOf, shellPlaceholder } from './placeholders.ts'
import type { TaskSubmit } from './task-spec.ts'

export type WorkflowFault = { readonly path: readonly (string | number)[]; readonly message: string }

type Work = {
  readonly task: Pick<TaskSubmit, 'exec' | 'handler'>
  readonly inputs: Readonly<Record<string, string>>
}
type Step = Work & {
  readonly name: string
  readonly after: readonly string[]
  readonly when: string | null
  readonly compensate: Work | null
}

/** What is wrong with these steps taken together: names, cycles, references, size. Each fault names the field it was found in. */
export function checkWorkflow({ steps }: { readonly steps: readonly Step[] }): WorkflowFault[] {
  const named = checkNames(steps)
  if (named.length > 0) return named
  const cycle = findCycle(steps)
  if (cycle) return [cycle]
  const faults = checkDepth(steps)
  const before = stepsBefore(steps)
  for (const [index, step] of steps.entries()) {
    const known = before.get(step.name) ?? new Set()
    const at = ['steps', index]
    if (step.when !== null) faults.push(...checkExpression(step.when, known, [...at, 'when']))
    faults.push(...checkWork(step, known, at))
    if (step.compensate)
      faults.push(...checkWork(step.compensate, new Set([...known, step.name]), [...at, 'compensate']))
  }
  if (faults.length === 0 && JSON.stringify(steps).length > limits.workflowBytesMax)
    faults.push({ path: ['steps'], message: `together take more than ${limits.workflowBytesMax} bytes` })
  return faults
}

/** Every step that must have ended before a step begins, direct or not. */
export function stepsBefore(steps: readonly Pick<Step, 'name' | 'after'>[]): Map<string, Set<string>> {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const found = new Map<string, Set<string>>()
  const visit = (name: string): Set<string> => {
    const known = found.get(name)
    if (known) return known
    const before = new Set<string>()
    found.set(name, before)
    for (const each of byName.get(name)?.after ?? []) {
      before.add(each)
      for (const earlier of visit(each)) before.add(earlier)
    }
    return before
  }
  for (const { name } of steps) visit(name)
  return found
}

function checkNames(steps: readonly Step[]): WorkflowFault[] {
  const names = new Set<string>()
  const faults: WorkflowFault[] = []
  for (const [index, { name }] of steps.entries()) {
    if (names.has(name))
      faults.push({ path: ['steps', index, 'name'], message: `"${name}" is the name of an earlier step, too` })
    names.add(name)
  }
  for (const [index, { name, after }] of steps.entries()) {
    for (const [place, each] of after.entries()) {
      const path = ['steps', index, 'after', place]
      if (each === name) faults.push({ path, message: `step "${name}" cannot come after itself` })
      else if (!names.has(each))
        faults.push({ path, message: `there is no step "${each}"; the steps are ${[...names].join(', ')}` })
    }
  }
  return faults
}

function findCycle(steps: readonly Step[]): WorkflowFault | null {
  const byName = new Map(steps.map((step, index) => [step.name, { ...step, index }]))
  const done = new Set<string>()
  const visit = (name: string, trail: readonly string[]): WorkflowFault | null => {
    if (done.has(name)) return null
    const step = byName.get(name)
    for (const each of step?.after ?? []) {
      const way = [...trail, name]
      if (way.includes(each)) {
        const circle = [...way.slice(way.indexOf(each)), each].join(' after ')
        return { path: ['steps', step?.index ?? 0, 'after'], message: `goes round in a circle: ${circle}` }
      }
      const found = visit(each, way)
      if (found) return found
    }
    done.add(name)
    return null
  }
  for (const { name } of steps) {
    const found = visit(name, [])
    if (found) return found
  }
  return null
}

function checkDepth(steps: readonly Step[]): WorkflowFault[] {
  const depths = stepDepths(steps)
  const index = steps.findIndex(({ name }) => (depths.get(name) ?? 0) >= limits.workflowDepthMax)
  if (index < 0) return []
  const message = `step "${steps[index]?.name}" has a chain of more than ${limits.workflowDepthMax} steps before it`
  return [{ path: ['steps', index, 'after'], message }]
}

/** How many steps the longest chain before each step has. Only for steps without a cycle. */
export function stepDepths(steps: readonly Pick<Step, 'name' | 'after'>[]): Map<string, number> {
  const byName = new Map(steps.map((step) => [step.name, step]))
  const depths = new Map<string, number>()
  const depthOf = (name: string): number => {
    const known = depths.get(name)
    if (known !== undefined) return known
    const depth = Math.max(0, ...(byName.get(name)?.after ?? []).map((each) => depthOf(each) + 1))
    depths.set(name, depth)
    return depth
  }
  for (const { name } of steps) depthOf(name)
  return depths
}

function checkWork(
  { task, inputs }: Work,
  known: ReadonlySet<string>,
  at: readonly (string | number)[],
): WorkflowFault[] {
  const faults = Object.entries(inputs).flatMap(([name, text]) => checkExpression(text, known, [...at, 'inputs', name]))
  const inShell = shellPlaceholder(task)
  if (inShell !== null)
    faults.push({
      path: [...at, 'task', 'exec', 'command'],
      message: `{{${inShell}}} in shell text is not safe; the input is the variable "$${inShell}", so write that, in quotes`,
    })
  const unknown = placeholdersOf(task).find((name) => !Object.hasOwn(inputs, name))
  if (unknown !== undefined)
    faults.push({
      path: [...at, 'task'],
      message: `{{${unknown}}} is none of its inputs (${Object.keys(inputs).join(', ') || 'it has none'})`,
    })
  return faults
}

const stepFields = ['outcome', 'exitCode', 'value']

/** A step may read only what must have ended before it. */
function checkExpression(
  text: string,
  known: ReadonlySet<string>,
  path: readonly (string | number)[],
): WorkflowFault[] {
  const parsed = parseExpression(text)
  if (!parsed.ok) return [{ path, message: `${JSON.stringify(text)} ${parsed.error}` }]
  for (const [root, name, field] of pathsOf(parsed.value)) {
    if (root === 'input') continue
    if (root !== 'steps')
      return [{ path, message: `${JSON.stringify(String(root))} is not known; a path begins with steps or input` }]
    if (typeof name !== 'string' || !known.has(name))
      return [{ path, message: `step ${JSON.stringify(name ?? '')} does not come before this one; name it in after` }]
    if (typeof field !== 'string' || !stepFields.includes(field))
      return [{ path, message: `a step has ${stepFields.join(', ')}, not ${JSON.stringify(field ?? '')}` }]
  }
  return []
}
