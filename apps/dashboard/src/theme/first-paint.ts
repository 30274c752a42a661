/**
 * Runs in <head> before anything is drawn, so that a dark page never flashes white. A string because it must be an inline script; its
 * text never changes, so the controller can allow it by its hash. Says the same as `applyToPage`.
 */
export const firstPaintScript = `try{var p=JSON.parse(localStorage.getItem('qd.preferences')||'{}')}catch(e){var p={}}var d=document.documentElement.dataset,t=p.theme||'system';d.theme=t==='system'?(matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light'):t;d.density=p.density||'normal'`
