/** The wallets' balances, new addresses, and the amounts spent. */
import { html, nothing } from './lit-html.js';
import { get, post, Refused } from './client.js';
import { qr, spending } from './draw.js';
import { sat, word } from './text.js';

export class Wallet {
  #page;
  #holdings = null;
  #hours = [];
  #address = null;
  #told = '';
  #closed = false;

  /** @param page the page's functions: draw, failed */
  constructor(page) {
    this.#page = page;
  }

  close() {
    this.#closed = true;
    this.#holdings = null;
    this.#address = null;
  }

  async refresh() {
    const { holdings } = await get('/v1/wallets');
    const { hours } = await get('/v1/spending');
    if (!this.#closed) {
      this.#holdings = holdings;
      this.#hours = hours;
    }
  }

  async #new({ persona, wallet, account }) {
    this.#told = '';
    try {
      const made = await post('/v1/wallets/address', { persona, wallet, ...(account && { account }) });
      const { rows } = await post('/v1/qr', { text: made.address });
      if (!this.#closed) {
        this.#address = { ...made, rows };
      }
    } catch (error) {
      if (error instanceof Refused && !error.ends) {
        this.#told = error.message;
      } else {
        this.#page.failed(error);
      }
    }
    this.#page.draw();
  }

  draw() {
    if (!this.#holdings) {
      return html`<p class="hint center" role="status">Asking the server…</p>`;
    }
    return html`
      <h1>Wallet</h1>
      <section aria-labelledby="balances">
        <h2 id="balances">Balances</h2>
        ${this.#holdings.length === 0 ? html`<p class="hint">No wallets: create one with wallet-create in the console.</p>` : html`
          <table>
            <thead><tr><th scope="col">Persona</th><th scope="col">Wallet</th><th scope="col">Confirmed</th><th scope="col">Under way</th>
              <th scope="col">Address</th></tr></thead>
            <tbody>${this.#holdings.map(one => html`
              <tr><th scope="row">${one.persona}${one.account ? `/${one.account}` : ''}</th><td>${one.wallet}</td>
                ${one.problem ? html`<td colspan="2" class="reason">${one.problem}</td>`
                  : html`<td>${sat(one.confirmed_sat)}</td><td>${sat(one.unconfirmed_sat)}</td>`}
                <td><button class="quiet address" aria-label=${`New address for ${one.persona}${one.account ? `/${one.account}` : ''}`}
                  @click=${() => this.#new(one)}>New</button></td></tr>`)}
            </tbody>
          </table>`}
        <p class="told" role="status" aria-live="polite">${this.#told}</p>
        <p class="command"><code>wallet-status</code></p>
      </section>
      ${this.#address ? html`
        <section aria-labelledby="receive">
          <h2 id="receive">For one payment to ${this.#address.persona}, on ${this.#address.network}</h2>
          ${qr(this.#address.rows, 'QR code of the address')}
          <p class="long" id="address">${this.#address.address}</p>
          <p class="command"><code>wallet-address --persona ${word(this.#address.persona)} --wallet ${word(this.#address.wallet)}${
            this.#address.account ? ` --account ${word(this.#address.account)}` : ''}</code></p>
        </section>` : nothing}
      <section aria-labelledby="spent">
        <h2 id="spent">Spent in the last 24 hours</h2>
        ${spending(this.#hours)}
        <p class="command"><code>fee-status</code></p>
      </section>`;
  }
}
