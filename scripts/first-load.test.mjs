import { expect, it } from 'vitest'
import { filesOf, findExcess, measureFirstLoad } from './first-load.mjs'

const page = (...scripts) => scripts.map((name) => `<script src="/_next/${name}.js?v=1" async=""></script>`).join('')
const pages = {
  '/': page('react', 'frame', 'home'),
  '/nodes': page('react', 'frame', 'table'),
  '/sign-in': page('react'),
}
const bytes = { react: 100_000, frame: 20_000, home: 5_000, table: 9_000 }
const measured = measureFirstLoad(pages, (file) => bytes[file.replace('/_next/', '').replace('.js', '')])
const budgets = { shell: 120, css: 1, pages: { '/': 125, '/nodes': 129, '/sign-in': 100 } }

it('counts each file of a page once, and none that only old browsers fetch', () => {
  const html = `${page('a', 'a')}<script noModule="" src="/_next/old.js"></script><script>inline()</script>
    <link rel="stylesheet" href="/_next/x.css"/><link rel="icon" href="/icon.svg"/>`
  expect(filesOf(html)).toEqual({ scripts: ['/_next/a.js'], styles: ['/_next/x.css'] })
})

it('takes as the shell what all pages of the console share, and not those outside of it', () => {
  expect(measured.shellBytes).toBe(120_000)
  expect(measured.rows.map((row) => [row.page, row.bytes])).toEqual([
    ['/nodes', 129_000],
    ['/', 125_000],
    ['/sign-in', 100_000],
  ])
})

it('passes at the budget and fails above it', () => {
  expect(findExcess(measured, budgets)).toEqual([])
  expect(findExcess(measured, { ...budgets, shell: 119 })).toEqual(['the shell takes 120.0 kB, its budget is 119'])
  expect(findExcess(measured, { ...budgets, pages: { ...budgets.pages, '/': 124 } })).toEqual([
    '/ takes 125.0 kB, its budget is 124',
  ])
})

it('fails for a page without a budget, a budget without a page, and a page that loads nothing', () => {
  const [nodes, , signIn] = measured.rows
  const empty = { page: '/empty', bytes: 0, cssBytes: 0 }
  expect(findExcess({ rows: [nodes, signIn, empty], shellBytes: 0 }, budgets)).toEqual([
    '/empty loads no script: it was not built, or its HTML is read wrongly',
    '/empty takes 0.0 kB and has no budget in scripts/first-load.mjs',
    '/ has a budget in scripts/first-load.mjs but is no page',
  ])
})
