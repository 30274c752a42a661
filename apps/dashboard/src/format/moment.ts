export type Zone = 'local' | 'utc'

const zoneOf = (zone: Zone) => (zone === 'utc' ? { timeZone: 'UTC' } : {})

/** "14:03:22", with the date in front when it is another day than `nowMs`. */
export function formatMoment(atMs: number, nowMs: number, zone: Zone): string {
  const time = new Date(atMs).toLocaleTimeString('en-GB', { hour12: false, ...zoneOf(zone) })
  return dayOf(atMs, zone) === dayOf(nowMs, zone) ? time : `${formatDay(atMs, zone)} ${time}`
}

/** "2026-11-20 14:03:22.123 UTC": everything, for a tooltip. */
export function formatExact(atMs: number, zone: Zone): string {
  const date = new Date(atMs)
  if (zone === 'utc') return `${date.toISOString().replace('T', ' ').replace('Z', '')} UTC`
  const time = date.toLocaleTimeString('en-GB', { hour12: false, timeZoneName: 'short' })
  return `${dayOf(atMs, zone)} ${time}`
}

function formatDay(atMs: number, zone: Zone): string {
  return new Date(atMs).toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...zoneOf(zone) })
}

/** Swedish writes dates as ISO does. */
function dayOf(atMs: number, zone: Zone): string {
  return new Date(atMs).toLocaleDateString('sv-SE', zoneOf(zone))
}
