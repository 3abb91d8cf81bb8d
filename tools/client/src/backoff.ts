import type { Settings } from "./settings.js";

export type Backoff = Pick<Settings, "backoffBase" | "backoffMax" | "backoffPause">;

/**
 * How long to wait before the next attempt, by the ranges of close codes in the protocol: 4000 to 4099 do not come back
 * (Infinity), 4100 to 4199 after a pause, 4200 to 4299 at once; and with exponential backoff and full jitter after
 * anything else, so that a thousand clients of a failed server do not return in one instant.
 *
 * `attempt` counts the failures before this one; whoever was told to come back at once and fails then backs off, too.
 */
export function retryDelay(closeCode: number, attempt: number, settings: Backoff, random = Math.random()): number {
  const range = Math.floor(closeCode / 100);
  if (range === 40) return Infinity;
  if (range === 42 && attempt === 0) return 0;
  const jitter = random * Math.min(settings.backoffMax, settings.backoffBase * 2 ** attempt);
  return range === 41 ? settings.backoffPause + jitter : jitter;
}
