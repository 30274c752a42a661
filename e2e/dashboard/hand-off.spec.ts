import { expect, test } from '@playwright/test'
import { startCluster } from '@quarterdeck/testkit'
import { addressOf, ana } from './fixtures.ts'

test('a page goes on from another controller when its own is killed', async ({ page }) => {
  const cluster = await startCluster({ controllers: 2, nodes: ['web-1'] })
  try {
    const url = addressOf(cluster)
    const [own, other] = cluster.controllers
    if (!own || !other) throw new Error('two controllers were wanted')
    await page.goto(`${url}/setup#${cluster.setupToken}`)
    await page.getByLabel('User').fill(ana.userId)
    await page.getByLabel('Password', { exact: true }).fill(ana.password)
    await page.getByLabel('Password again').fill(ana.password)
    await page.getByRole('button', { name: 'Create the first admin' }).click()
    await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible()

    const place = '/nodes?q=web&group=zone'
    await page.goto(url + place)
    await expect(page.getByRole('row', { name: /web-1/ })).toContainText('Ready')
    await page.getByRole('button', { name: /Freshness/ }).click()
    await expect(page.getByText(`this page moves to ${other.id}`)).toBeVisible()

    await own.kill9()
    await expect(page).toHaveURL(other.url + place)
    await expect(page.getByRole('row', { name: /web-1/ })).toContainText('Ready')
    await expect(page.getByRole('button', { name: /Freshness: Live/ })).toBeVisible()
    await expect(page.getByRole('button', { name: /Account of ana, admin/ })).toBeVisible()

    // Nobody is left: the page stays, and says that nothing on it is current.
    await other.kill9()
    await expect(page.getByText(/Live updates stopped .* Reconnecting/)).toBeVisible()
    await expect(page.getByText(/Not connected to the control plane since .* Nothing below is current/)).toBeVisible({
      timeout: 60_000,
    })
    await expect(page.getByRole('row', { name: /web-1/ })).toContainText('last known')

    await other.start()
    await page.getByRole('button', { name: 'Try now' }).click()
    await expect(page.getByRole('button', { name: /Freshness: Live/ })).toBeVisible()
  } finally {
    await cluster.stop()
  }
})
