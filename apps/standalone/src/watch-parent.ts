/**
 * Calls `onGone` once when `pid` is no longer this process's parent. Being handed to another parent is the one sign
 * of a killed parent that needs its cooperation in nothing.
 */
export function watchParent(pid: number, onGone: () => void): void {
  const timer = setInterval(() => {
    if (process.ppid === pid) return;
    clearInterval(timer);
    onGone();
  }, 250);
  timer.unref();
}
