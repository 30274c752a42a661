import { expect, test } from '@playwright/test'
import { startCluster } from '@quarterdeck/testkit'
import { addressOf, ana } from './fixtures.ts'

test('the setup link makes the first admin and signs in; afterwards the password does', async ({ page }) => {
  const cluster = await startCluster({ controllers: 1, nodes: [] })
  try {
    const url = addressOf(cluster)
    await page.goto(`${url}/setup#${cluster.setupToken}`)
    await page.getByLabel('User').fill(ana.userId)
    await page.getByLabel('Password', { exact: true }).fill('short')
    await page.getByLabel('Password again').fill('short')
    await page.getByRole('button', { name: 'Create the first admin' }).click()
    await expect(page.getByText('Use at least 12 characters')).toBeVisible()

    await page.getByLabel('Password', { exact: true }).fill(ana.password)
    await page.getByLabel('Password again').fill(ana.password)
    await page.getByRole('button', { name: 'Create the first admin' }).click()
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()
    await expect(page.getByText('No nodes have joined yet.')).toBeVisible()

    await page.getByRole('button', { name: /Account of ana/ }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible()

    await page.goto(`${url}/nodes?q=zone:a`)
    await page.getByLabel('User').fill(ana.userId)
    await page.getByLabel('Password').fill('not my password at all')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('alert').filter({ hasText: /password/i })).toBeVisible()

    await page.getByLabel('Password').fill(ana.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { name: 'Nodes' })).toBeVisible()
    expect(new URL(page.url()).search).toBe('?q=zone:a')
  } finally {
    await cluster.stop()
  }
})
