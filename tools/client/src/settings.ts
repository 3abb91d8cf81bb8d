import type { SocketConstructor } from "./link.js";
import type { ClientOptions } from "./types.js";
import { withoutSecrets } from "./wire.js";

/** Every option with the value that is in force, and where the log goes: nowhere, if undefined. */
export type Settings = Required<Omit<ClientOptions, "WebSocket" | "credentials" | "debug">> & {
  WebSocket: SocketConstructor;
  credentials: ClientOptions["credentials"];
  log: ((line: string) => void) | undefined;
};

/** Throws a TypeError where there is no WebSocket. */
export function settingsOf({ debug, ...options }: ClientOptions): Settings {
  const write = debug === true ? (line: string) => console.debug(`[sentix] ${line}`) : debug;
  const settings: Settings = {
    WebSocket: globalThis.WebSocket as unknown as SocketConstructor,
    credentials: undefined,
    strategy: "random",
    discovery: false,
    connectTimeout: 10_000,
    timeout: 10_000,
    pingInterval: 25_000,
    pongTimeout: 10_000,
    backoffBase: 500,
    backoffMax: 30_000,
    backoffPause: 2_000,
    queueLimit: 1000,
    watchPage: true,
    log: write ? (line) => write(withoutSecrets(line)) : undefined,
  };
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  if (settings.WebSocket) return settings;
  throw new TypeError("This runtime has no WebSocket: give one as the option of that name, such as npm's ws.");
}
