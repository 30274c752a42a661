export type Segment = { readonly text: string; readonly className: string }

const colors: Readonly<Record<number, string>> = {
  1: 'text-bad',
  2: 'text-ready',
  3: 'text-warn',
  4: 'text-info',
  5: 'text-past',
  6: 'text-info',
}

const SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with such a character
  /\u001b\[([0-9;]*)m|\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])|[\u0000-\u0008\u000b-\u001f\u007f]/g

/**
 * Splits a line into runs of one look. Only colours and weight (SGR) are understood and mapped to our own colours; every other escape
 * sequence and control character is dropped, so that a task cannot draw over the page.
 */
export function parseAnsi(line: string): readonly Segment[] {
  const segments: Segment[] = []
  let color = ''
  let isBold = false
  let from = 0
  const push = (text: string) => {
    if (text) segments.push({ text, className: [color, isBold ? 'font-semibold' : ''].filter(Boolean).join(' ') })
  }
  for (const match of line.matchAll(SEQUENCES)) {
    push(line.slice(from, match.index))
    from = match.index + match[0].length
    if (match[1] === undefined) continue
    for (const code of (match[1] || '0').split(';').map(Number)) {
      if (code === 0) {
        color = ''
        isBold = false
      } else if (code === 1) isBold = true
      else if (code === 22) isBold = false
      else if (code === 39) color = ''
      else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) color = colors[code % 10] ?? ''
    }
  }
  push(line.slice(from))
  return segments
}

/** The line as plain text: what search looks at and what a copy gives. */
export function stripAnsi(line: string): string {
  return line.replace(SEQUENCES, '')
}
