// Signing in: the token that the server asks for, and that it may be a token with which one can only look.

import { byId, say } from "./dom.js";

export class Login {
  #api;
  #onChange;

  /** `onChange()` is called when another token is to be shown from now on. */
  constructor(api, onChange) {
    this.#api = api;
    this.#onChange = onChange;
    byId("sign-in").addEventListener("click", () => (api.hasToken ? this.#use("") : this.ask()));
    byId("login-close").addEventListener("click", () => byId("login").close());
    byId("login-form").addEventListener("submit", (event) => {
      event.preventDefault();
      byId("login").close();
      this.#use(byId("token").value);
      byId("token").value = "";
    });
    this.#showButton();
  }

  /** Asks for a token, and says why. */
  ask(reason = "") {
    say(byId("login-reason"), reason, true);
    if (!byId("login").open) byId("login").showModal();
  }

  #use(token) {
    this.#api.useToken(token);
    this.#showButton();
    this.#onChange();
  }

  #showButton() {
    byId("sign-in").textContent = this.#api.hasToken ? "Sign out" : "Sign in";
  }
}
