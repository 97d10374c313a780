/** Fees, cover traffic, and the public traffic of this server. */
import { html, nothing } from './lit-html.js';
import { get } from './client.js';
import { meter, rates } from './draw.js';
import { clock, count, sat, until, word } from './text.js';

/** The names for a packet's meaning to this server. */
const USES = { sent: 'sent by you', received: 'sent to you', cover: 'your cover traffic' };
/** Rows on the screen. */
const SHOWN = 50;

export class Network {
  #fees = null;
  #packets = [];
  #closed = false;

  close() {
    this.#closed = true;
    this.#fees = null;
    this.#packets = [];
  }

  async refresh() {
    const fees = await get('/v1/fees');
    const { packets } = await get('/v1/mempool');
    if (!this.#closed) {
      this.#fees = fees;
      this.#packets = packets;
    }
  }

  draw() {
    if (!this.#fees) {
      return html`<p class="hint center" role="status">Asking the server…</p>`;
    }
    const { fees, limits, cover } = this.#fees;
    return html`
      <h1>Network</h1>
      <section aria-labelledby="fees">
        <h2 id="fees">Fees</h2>
        ${fees.length === 0 ? html`<p class="hint">No node reports fee rates.</p>` : fees.map(rates)}
        ${limits ? html`
          ${meter('Spent in an hour', limits.hour_spent_sat, limits.hour_sat, `${sat(limits.hour_spent_sat)} of ${sat(limits.hour_sat)}`)}
          ${meter('Spent in a day', limits.day_spent_sat, limits.day_sat, `${sat(limits.day_spent_sat)} of ${sat(limits.day_sat)}`)}` : nothing}
        <p class="command"><code>fee-status</code> <code>fee-limit</code></p>
      </section>
      <section aria-labelledby="cover">
        <h2 id="cover">Cover traffic</h2>
        ${cover?.length ? cover.map(one => this.#cover(one)) : html`<p class="hint">Off: an observer sees when you send.</p>`}
        <p class="command"><code>decoy-status</code> <code>decoy-start</code></p>
      </section>
      ${this.#strangers()}`;
  }

  #cover(one) {
    return html`
      <p><strong>${one.persona}</strong>: ${one.running ? `a packet every ${Math.round(one.mean_ms / 60000)} minutes on average${
        one.next ? `, the next in ${until(one.next)}` : ''}` : one.problem ?? 'off'}</p>
      ${meter('Budget of a day', one.spent_sat, one.budget_sat, `${sat(one.spent_sat)} of ${sat(one.budget_sat)}`)}
      ${meter('Slots used by messages', one.messages, one.messages + one.decoys, `${count(one.messages, 'message')}, ${count(one.decoys, 'decoy')}`)}`;
  }

  #strangers() {
    return html`
      <section class="strangers" aria-labelledby="strangers" tabindex="0">
        <h2 id="strangers">What strangers see</h2>
        <p class="hint">Everybody who watches the network sees these packets. Which are yours is known here only.</p>
        ${this.#packets.length === 0 ? html`<p class="hint">No packet was seen since the server started.</p>` : html`
          <table>
            <thead><tr><th scope="col">Seen</th><th scope="col">Bytes</th><th scope="col">Begins with</th><th scope="col">In</th><th scope="col">Known here</th></tr></thead>
            <tbody>${this.#packets.slice(0, SHOWN).map(one => html`
              <tr class=${one.use ? 'ours' : ''}><td>${clock(one.seen)}</td><td>${one.bytes}</td><td><code title=${one.transaction}>${one.start}</code></td>
                <td>${one.in_block ? 'a block' : 'the mempool'}</td><td>${USES[one.use] ?? ''}</td></tr>`)}
            </tbody>
          </table>`}
        <p class="command"><code>inspect ${this.#packets.length ? word(this.#packets[0].transaction) : 'TXID'}</code></p>
      </section>`;
  }
}
