import type { Io } from '../io.ts'

/** Prints what a command found: for a program when `--json` was given, else for a person. */
export type Printer = {
  readonly json: boolean
  /** The one result of the command. */
  result(value: unknown, forPeople: () => string): void
  /** One of many, as they come. */
  item(value: unknown, forPeople: () => string): void
  /** For people only, and not part of the result. */
  note(text: string): void
}

export function createPrinter(io: Io, json: boolean): Printer {
  return {
    json,
    result(value, forPeople) {
      io.out(json ? `${JSON.stringify(value, null, 2)}\n` : withLineEnd(forPeople()))
    },
    item(value, forPeople) {
      io.out(json ? `${JSON.stringify(value)}\n` : withLineEnd(forPeople()))
    },
    note(text) {
      if (!json) io.err(withLineEnd(text))
    },
  }
}

function withLineEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
