// Runs in the page, before its own scripts. Counts what a person would feel: long tasks, slow frames, slow answers to a key.
;(() => {
  const seen = { longTasks: [], inputs: [], frames: [] }
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longTasks.push(duration)
  }).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver((list) => {
    for (const { duration, name } of list.getEntries()) if (name === 'input') seen.inputs.push(duration)
  }).observe({ type: 'event', durationThreshold: 16, buffered: true })
  let last = 0
  const frame = (at) => {
    if (last > 0) seen.frames.push(at - last)
    last = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  globalThis.__probe = {
    /** What was seen since the last call. */
    take() {
      const taken = { longTasks: [...seen.longTasks], inputs: [...seen.inputs], frames: [...seen.frames] }
      for (const list of Object.values(seen)) list.length = 0
      return taken
    },
  }
})()
