import { WebSocket } from 'ws'

/** Gets the text of a message; what it returns is sent as the answer, null lets the message pass. */
export type Shortcut = (text: string) => string | null | Promise<string | null>

/** A WebSocket that may answer a message itself, before anybody else hears of it. */
export class ShortcutSocket extends WebSocket {
  /** By the name of the procedure that they stand for. */
  readonly shortcuts = new Map<string, Shortcut>()

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [data, isBinary] = values
    const isText = event === 'message' && !isBinary && Buffer.isBuffer(data)
    const shortcut = isText ? this.shortcuts.get(procedureOf(data) ?? '') : undefined
    if (!isText || !shortcut) return super.emit(event, ...values)

    const answer = shortcut(data.toString())
    if (answer === null) return super.emit(event, ...values)
    if (typeof answer === 'string') this.send(answer)
    else void answer.then((text) => (text === null ? super.emit(event, ...values) : this.send(text)))
    return true
  }
}

const opening = /^\{"id":(\d{1,15}),"method":"mutation","params":\{"path":"([a-zA-Z.]{1,64})","input":/
const OPENING_BYTES_MAX = 128
const closing = '}}'

function procedureOf(message: Buffer): string | undefined {
  return opening.exec(message.subarray(0, OPENING_BYTES_MAX).toString('latin1'))?.[2]
}

/** Id and input of a call of this mutation, written as our agents write it; null for any other text. */
export function inputOfCall(text: string, path: string): { readonly id: string; readonly input: unknown } | null {
  const found = opening.exec(text)
  if (!found?.[1] || found[2] !== path || !text.endsWith(closing)) return null
  try {
    return { id: found[1], input: JSON.parse(text.slice(found[0].length, -closing.length)) }
  } catch {
    return null
  }
}
