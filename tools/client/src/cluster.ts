import { SentixClient } from "./client.js";
import type { NodeAddress } from "./nodes.js";
import type { Subscription } from "./subscription.js";
import type { ClientOptions, Published } from "./types.js";

/** What the chat page of sentix publishes, too. */
export interface ChatMessage {
  nick: string;
  text: string;
}

/** A chat over several nodes: a `SentixClient` under a name, with the verbs of a chat. */
export class ChatClusterClient extends SentixClient {
  readonly userName: string;

  constructor(nodes: NodeAddress | NodeAddress[], userName: string, options?: ClientOptions) {
    super(nodes, options);
    this.userName = userName;
  }

  /** What is said arrives as the event `message`, with the channel and the data. */
  subscribeToChannel(name: string): Subscription {
    return this.subscribe(name);
  }

  unsubscribeFromChannel(name: string): void {
    this.unsubscribe(name);
  }

  /** Says it now, or as soon as there is a connection. Its data is a `ChatMessage`. */
  sendMessage(channel: string, text: string): Promise<Published> {
    const data: ChatMessage = { nick: this.userName, text };
    return this.publish(channel, data);
  }
}
