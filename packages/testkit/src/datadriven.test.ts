import { describe, expect, it } from 'vitest'
import { type Directive, replayTranscript } from './datadriven.ts'

describe('replayTranscript', () => {
  it('returns the same text when every answer is as written', () => {
    const text = '# A story.\n\nadd left=1 right=2\n----\n3\n\n# More.\nadd left=2 right=2\n----\n4\n'
    expect(replayTranscript(text, add)).toBe(text)
  })

  it('puts what it got in the place of a wrong answer', () => {
    expect(replayTranscript('add left=1 right=2\n----\n7\n8\n\nadd left=1 right=1\n----\n\n', add)).toBe(
      'add left=1 right=2\n----\n3\n\nadd left=1 right=1\n----\n2\n\n',
    )
  })

  it('names the line of a word that is no key and value', () => {
    expect(() => replayTranscript('# x\nadd 1 2\n----\n', add)).toThrow('line 2: expected key=value, found "1"')
  })

  it('refuses a directive without an answer, which would check nothing', () => {
    expect(() => replayTranscript('add left=1 right=1\n', add)).toThrow('without ----')
  })
})

function add({ args }: Directive): string {
  return String(Number(args.left) + Number(args.right))
}
