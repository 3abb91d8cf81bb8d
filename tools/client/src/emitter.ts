type Handler<Arguments extends unknown[]> = (...given: Arguments) => void;

/**
 * Handlers by name. `Events` maps each name to the arguments of its handlers. A handler may add and remove handlers;
 * what one throws is reported as an uncaught error and keeps neither the others nor the client from going on.
 */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  #handlers = new Map<keyof Events, Set<Handler<never>>>();

  /** Returns what takes the handler away again. */
  on<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    let handlers = this.#handlers.get(name);
    if (!handlers) this.#handlers.set(name, (handlers = new Set()));
    handlers.add(handler);
    return () => this.off(name, handler);
  }

  once<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): () => void {
    const off = this.on(name, (...given) => {
      off();
      handler(...given);
    });
    return off;
  }

  off<Name extends keyof Events>(name: Name, handler: Handler<Events[Name]>): void {
    this.#handlers.get(name)?.delete(handler);
  }

  /** @internal */
  emit<Name extends keyof Events>(name: Name, ...given: Events[Name]): void {
    for (const handler of [...(this.#handlers.get(name) ?? [])] as unknown as Handler<Events[Name]>[]) {
      try {
        handler(...given);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
