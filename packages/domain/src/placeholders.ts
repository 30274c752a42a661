import type { TaskSubmit } from './task-spec.ts'

/** What stands for each placeholder: any JSON value. */
export type FillValues = Readonly<Record<string, unknown>>

type Fillable = Pick<TaskSubmit, 'exec' | 'handler'>

const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}/g
const wholePlaceholder = /^\{\{\s*([A-Za-z_][A-Za-z0-9_-]*)\s*\}\}$/

/**
 * Puts values where `{{name}}` stands: in a program's name, arguments, variables and working folder, and in the texts of a handler's
 * input, where a text that is nothing but one placeholder becomes the value with its type.
 *
 * Each filled text stays one argument, and shell text is never filled (`shellPlaceholder` refuses it), so no value can become syntax.
 */
export function fillPlaceholders<T extends Fillable>(task: T, values: FillValues): T {
  const text = (from: string) => from.replace(placeholder, (whole, name: string) => asText(values, name) ?? whole)
  const { exec, handler } = task
  return {
    ...task,
    ...(exec
      ? {
          exec: {
            ...exec,
            command: exec.shell ? exec.command : text(exec.command),
            args: exec.args.map(text),
            env: Object.fromEntries(Object.entries(exec.env).map(([name, value]) => [name, text(value)])),
            ...(exec.workingFolder === undefined ? {} : { workingFolder: text(exec.workingFolder) }),
          },
        }
      : {}),
    ...(handler ? { handler: { ...handler, input: fillJson(handler.input, values, text) } } : {}),
  }
}

/** The names of all placeholders that would be filled, each once. */
export function placeholdersOf({ exec, handler }: Fillable): string[] {
  const texts = exec
    ? [exec.shell ? '' : exec.command, ...exec.args, ...Object.values(exec.env), exec.workingFolder ?? '']
    : textsOf(handler?.input)
  return [...new Set(texts.flatMap((text) => [...text.matchAll(placeholder)].map(([, name]) => name ?? '')))]
}

/** The first placeholder in shell text, where a value could become syntax; null when there is none. */
export function shellPlaceholder({ exec }: Fillable): string | null {
  if (!exec?.shell) return null
  return [...exec.command.matchAll(placeholder)][0]?.[1] ?? null
}

/** How a value is written into an argument or a variable: texts as they are, the rest as JSON, null as nothing. */
export function valueAsText(value: unknown): string {
  return typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)
}

function asText(values: FillValues, name: string): string | null {
  return Object.hasOwn(values, name) ? valueAsText(values[name]) : null
}

type Json = NonNullable<TaskSubmit['handler']>['input']

function fillJson(json: Json, values: FillValues, text: (from: string) => string): Json {
  if (typeof json === 'string') {
    const name = wholePlaceholder.exec(json)?.[1]
    return name !== undefined && Object.hasOwn(values, name) ? (values[name] as Json) : text(json)
  }
  if (Array.isArray(json)) return json.map((each) => fillJson(each, values, text))
  if (typeof json !== 'object' || json === null) return json
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, fillJson(each, values, text)]))
}

function textsOf(json: unknown): string[] {
  if (typeof json === 'string') return [json]
  return typeof json === 'object' && json !== null ? Object.values(json).flatMap(textsOf) : []
}
