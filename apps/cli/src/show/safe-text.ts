/**
 * Text of others, made safe for a terminal: colours stay, everything that moves the cursor, sets titles or talks to the terminal goes.
 * Read by a small scanner and not by a pattern, so that an unfinished sequence cannot hide a second one.
 */
export function safeText(text: string): string {
  let safe = ''
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x1b || code === 0x9b) {
      const sequence = code === 0x9b ? controlSequence(text, at + 1) : escapeSequence(text, at)
      if (sequence.isColour) safe += text.slice(at, sequence.end)
      at = sequence.end - 1
    } else if (code === 0x09 || code === 0x0a || (code >= 0x20 && code !== 0x7f && !(code >= 0x80 && code < 0xa0))) {
      safe += text[at]
    }
  }
  return safe
}

type Sequence = { readonly end: number; readonly isColour: boolean }

function escapeSequence(text: string, start: number): Sequence {
  const next = text[start + 1]
  if (next === '[') {
    const { end, isColour } = controlSequence(text, start + 2)
    return { end, isColour }
  }
  // A string for the terminal (title, clipboard, …): up to its end mark, or all of it.
  if (next === ']' || next === 'P' || next === 'X' || next === '^' || next === '_')
    return { end: afterString(text, start + 2), isColour: false }
  return { end: Math.min(text.length, start + 2), isColour: false }
}

function controlSequence(text: string, start: number): Sequence {
  let at = start
  while (at < text.length && text.charCodeAt(at) >= 0x20 && text.charCodeAt(at) <= 0x3f) at++
  const isFinal = at < text.length && text.charCodeAt(at) >= 0x40 && text.charCodeAt(at) <= 0x7e
  const isColour = isFinal && text[at] === 'm' && /^[0-9;:]*$/.test(text.slice(start, at))
  return { end: isFinal ? at + 1 : at, isColour }
}

function afterString(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    if (text.charCodeAt(at) === 0x07 || text.charCodeAt(at) === 0x9c) return at + 1
    if (text.charCodeAt(at) === 0x1b && text[at + 1] === '\\') return at + 2
  }
  return text.length
}
