/**
 * Calls `look` when the state of the connection has become doubtful: the page is seen again, or the network comes or
 * goes. A page that was hidden or asleep had its timers slowed down or stopped, and its connection may be long dead. In
 * a worker there is the network only, in Node nothing. Returns what ends the watch.
 */
export function watchPage(look: () => void): () => void {
  const { document } = globalThis;
  const end = new AbortController();
  const listen = (target: EventTarget | undefined, name: string, handler: () => void) =>
    target?.addEventListener?.(name, handler, end);
  listen(document, "visibilitychange", () => document.hidden || look());
  for (const name of ["pageshow", "online", "offline"]) listen(globalThis as unknown as EventTarget, name, look);
  return () => end.abort();
}
