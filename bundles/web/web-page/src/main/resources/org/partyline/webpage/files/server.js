/** The operator's view: the state of the server. */
import { html, nothing } from './lit-html.js';
import { get, post } from './client.js';
import { spending } from './draw.js';
import { count, sat } from './text.js';

const known = (value, write) => (value === null || value === undefined ? 'not known' : write(value));
/** Between two examinations, which take the server a moment. */
const EXAMINED = 30000;

export class Server {
  #page;
  #status = null;
  #findings = null;
  #suites = null;
  #hours = null;
  #examined = 0;
  #locking = false;
  #closed = false;

  /** @param page the page's functions: draw, failed, may, refresh */
  constructor(page) {
    this.#page = page;
  }

  close() {
    this.#closed = true;
    this.#status = null;
    this.#findings = null;
    this.#hours = null;
  }

  async refresh() {
    const status = await get('/v1/status');
    if (this.#closed) {
      return;
    }
    this.#status = status;
    this.#page.draw();
    if (this.#page.may('wallet')) {
      this.#hours = (await get('/v1/spending')).hours;
    }
    if (this.#page.may('admin') && Date.now() - this.#examined > EXAMINED) {
      this.#examined = Date.now();
      this.#suites = (await get('/v1/suites')).suites;
      this.#findings = (await get('/v1/doctor')).findings;
    }
    if (this.#closed) {
      this.close();
    }
  }

  async #lock() {
    try {
      await post('/v1/lock', {});
      this.#page.refresh();
    } catch (error) {
      this.#page.failed(error);
    }
  }

  draw() {
    const status = this.#status;
    if (!status) {
      return html`<p class="hint center" role="status">Asking the server…</p>`;
    }
    return html`
      <h1>Server</h1>
      ${this.#findings ? this.#doctor() : warnings(status)}
      <section aria-labelledby="n">
        <h2 id="n">Nodes</h2>
        ${status.nodes.length === 0 ? html`<p class="hint">No node: add one with node-add.</p>` : html`
          <table>
            <thead><tr><th scope="col">Name</th><th scope="col">Network</th><th scope="col">State</th><th scope="col">Peers</th></tr></thead>
            <tbody>${status.nodes.map(node)}</tbody>
          </table>`}
        <p class="command"><code>node-list</code></p>
      </section>
      <section aria-labelledby="q">
        <h2 id="q">Queue and money</h2>
        <dl>
          <div><dt>Waiting</dt><dd>${known(status.queue, queue => count(queue.waiting, 'message'))}</dd></div>
          <div><dt>Under way</dt><dd>${known(status.queue, queue => count(queue.under_way, 'message'))}</dd></div>
          <div><dt>Failed</dt><dd>${known(status.queue, queue => count(queue.failed, 'message'))}</dd></div>
          <div><dt>Spent in 24 hours</dt><dd>${known(status.spent_sat, sat)}</dd></div>
          <div><dt>Coins</dt><dd>${known(status.coins_sat, sat)}</dd></div>
          <div><dt>Sessions open</dt><dd>${known(status.sessions, sessions => sessions.open)}</dd></div>
        </dl>
        ${this.#hours ? spending(this.#hours) : nothing}
        <p class="command"><code>outbox</code> <code>fee-status</code></p>
      </section>
      ${this.#suites ? html`
        <section aria-labelledby="s">
          <h2 id="s">Algorithms, whose bundles can be swapped</h2>
          <table>
            <thead><tr><th scope="col">Name</th><th scope="col">Bundle</th><th scope="col">State</th><th scope="col">Used by</th></tr></thead>
            <tbody>${this.#suites.map(one => html`
              <tr><th scope="row">${one.name}</th><td><code>${one.bundle ?? 'none'}</code></td><td>${one.allowed ? one.bundle_state : 'denied'}</td>
                <td>${one.used_by.join(', ')}</td></tr>`)}</tbody>
          </table>
          <p class="command"><code>suite-list</code> <code>bundle:stop NAME</code> <code>bundle:start NAME</code></p>
        </section>` : nothing}
      ${this.#page.may('admin') ? html`
        <section aria-labelledby="l">
          <h2 id="l">Lock</h2>
          ${this.#locking ? html`<p>Keys and texts are erased from memory, and every browser is logged out.
              <button class="sure" @click=${() => this.#lock()}>Lock now</button></p>`
            : html`<button class="lock" @click=${() => { this.#locking = true; this.#page.draw(); }}>Lock the store</button>`}
          <p class="command"><code>lock</code></p>
        </section>` : nothing}
      <p class="hint">Version ${status.version}.</p>
      <p class="command"><code>status</code></p>`;
  }

  #doctor() {
    const bad = this.#findings.filter(one => one.verdict !== 'ok');
    return html`
      <section class=${bad.length ? 'warnings' : ''} aria-labelledby="w">
        <h2 id="w">Checks</h2>
        <p class="findings">${count(this.#findings.length, 'point')} checked, ${count(bad.length, 'finding')}.</p>
        <ul>${bad.map(one => html`<li><strong>${one.verdict}</strong>, ${one.check}: ${one.what}${
          one.remedy ? html` <code>${one.remedy}</code>` : nothing}</li>`)}</ul>
        <p class="command"><code>doctor</code></p>
      </section>`;
  }
}

const warnings = status => (status.warnings.length === 0
  ? html`<p class="good">No warnings.</p>`
  : html`<section class="warnings" aria-labelledby="w"><h2 id="w">Warnings</h2>
      <ul>${status.warnings.map(one => html`<li>${one}</li>`)}</ul><p class="command"><code>doctor</code></p></section>`);

const node = one => html`
  <tr><th scope="row">${one.name}</th><td>${one.network}</td><td>${one.paused ? 'paused' : one.quarantine ? 'distrusted' : one.state}</td>
    <td>${one.peers ?? ''}</td></tr>`;
