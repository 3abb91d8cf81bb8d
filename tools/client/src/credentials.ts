import type { ClientOptions, Credentials } from "./types.js";

const kTimerMax = 2 ** 31 - 1; // milliseconds that setTimeout can wait

/** Where credentials come from, and whether others can be had. */
export class CredentialSource {
  #given: ClientOptions["credentials"];

  constructor(given: ClientOptions["credentials"]) {
    this.#given = given;
  }

  /** Whether asking again may bring something else than what is refused. */
  get renewable(): boolean {
    return typeof this.#given === "function";
  }

  /** Undefined where we come as nobody. Rejects as the callback does. */
  async ask(renew: boolean): Promise<Credentials | undefined> {
    const answer = typeof this.#given === "function" ? await this.#given({ renew }) : this.#given;
    return typeof answer === "string" ? { token: answer } : answer;
  }
}

/**
 * Milliseconds until credentials with a JSON Web Token should be renewed: after nine tenths of the time that is left to
 * its `exp` (RFC 7519 section 4.1.4). Undefined where nothing tells.
 */
export function renewalDelay(credentials: Credentials, now = Date.now()): number | undefined {
  try {
    const claims = (credentials.token as string).split(".")[1] as string;
    const { exp } = JSON.parse(atob(claims.replace(/-/g, "+").replace(/_/g, "/")));
    const left = exp * 1000 - now;
    return left > 0 ? Math.min(left * 0.9, kTimerMax) : undefined;
  } catch {
    return undefined;
  }
}
