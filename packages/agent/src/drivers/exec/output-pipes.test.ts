import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { outputPipes } from './output-pipes.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'qd-pipes-'))
const stock = path.join(folder, 'stock')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('gives every attempt two pipes of its own, also when many ask at once and more are needed than are made at a time', async () => {
  mkdirSync(stock)
  writeFileSync(path.join(stock, '0'), 'left by an earlier keeper')
  const pipes = outputPipes('mkfifo', stock)
  const attempts = Array.from({ length: 50 }, (_, index) => path.join(folder, `t-${index}`))
  await Promise.all(attempts.map((attempt) => pipes.make(attempt, null)))
  const inodes = attempts.flatMap((attempt) => {
    expect(readdirSync(attempt).sort()).toEqual(['stderr', 'stdout'])
    const found = ['stderr', 'stdout'].map((name) => statSync(path.join(attempt, name)))
    expect(found.map((each) => [each.isFIFO(), each.mode & 0o777])).toEqual([
      [true, 0o600],
      [true, 0o600],
    ])
    return found.map(({ ino }) => ino)
  })
  expect(new Set(inodes).size).toBe(100)

  // Asked again after a restart, an attempt keeps the pipes that its program holds.
  const [first = ''] = attempts
  await outputPipes('mkfifo', stock).make(first, null)
  expect(inodes).toContain(statSync(path.join(first, 'stdout')).ino)
})

it('says what went wrong, and tries again with the next attempt', async () => {
  mkdirSync(folder, { recursive: true })
  await expect(outputPipes('/bin/false', stock).make(path.join(folder, 't-1'), null)).rejects.toThrow('/bin/false')
  const pipes = outputPipes('mkfifo', path.join(folder, 'as-file', 'stock'))
  writeFileSync(path.join(folder, 'as-file'), '')
  await expect(pipes.make(path.join(folder, 't-2'), null)).rejects.toThrow()
  rmSync(path.join(folder, 'as-file'))
  await pipes.make(path.join(folder, 't-2'), null)
  expect(readdirSync(path.join(folder, 't-2')).length).toBe(2)
})
