import { stripAnsi } from './ansi.ts'
import type { LogEntry } from './log-buffer.ts'

/**
 * The selected text, taken from the buffer: rows between the ends of a long selection are not in the page. Null when the selection lies
 * within one row, which the browser copies well by itself.
 */
export function selectedText(selection: Selection, lines: readonly LogEntry[]): string | null {
  if (selection.isCollapsed || selection.rangeCount === 0) return null
  const range = selection.getRangeAt(0)
  const start = placeOf(range.startContainer, range.startOffset)
  const end = placeOf(range.endContainer, range.endOffset)
  if (!start || !end || start.index === end.index) return null
  const texts = lines
    .slice(start.index, end.index + 1)
    .flatMap((line) => Array.from({ length: line.repeat }, () => stripAnsi(line.text)))
  const last = texts.length - 1
  texts[last] = (texts[last] ?? '').slice(0, end.offset)
  texts[0] = (texts[0] ?? '').slice(start.offset)
  return texts.join('\n')
}

function placeOf(node: Node, offset: number): { readonly index: number; readonly offset: number } | null {
  const element = node instanceof Element ? node : node.parentElement
  const row = element?.closest<HTMLElement>('[data-index]')
  if (!row) return null
  const text = row.querySelector('[data-log-text]')
  if (!text?.contains(node)) return { index: Number(row.dataset.index), offset: 0 }
  const before = document.createRange()
  before.selectNodeContents(text)
  before.setEnd(node, offset)
  return { index: Number(row.dataset.index), offset: before.toString().length }
}
