/** The operator's view: how the server is. */
import { html, nothing } from './lit-html.js';
import { count, sat } from './text.js';

const known = (value, write) => (value === null || value === undefined ? 'not known' : write(value));

export function server(status) {
  if (!status) {
    return html`<main id="main" tabindex="0" class="server"><p class="hint center" role="status">Asking the server…</p></main>`;
  }
  return html`
    <main id="main" tabindex="0" class="server">
      <h1>Server</h1>
      ${status.warnings.length === 0
        ? html`<p class="good">No warnings.</p>`
        : html`<section class="warnings" aria-labelledby="w"><h2 id="w">Warnings</h2>
            <ul>${status.warnings.map(one => html`<li>${one}</li>`)}</ul></section>`}
      <section aria-labelledby="n">
        <h2 id="n">Nodes</h2>
        ${status.nodes.length === 0 ? html`<p class="hint">No node: add one with node-add.</p>` : html`
          <table>
            <thead><tr><th scope="col">Name</th><th scope="col">Network</th><th scope="col">State</th></tr></thead>
            <tbody>${status.nodes.map(node)}</tbody>
          </table>`}
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
      </section>
      <p class="hint">Version ${status.version}${status.doctor.unsafe + status.doctor.warnings === 0 ? nothing
        : html`; the doctor reports ${count(status.doctor.unsafe, 'unsafe finding')} and ${count(status.doctor.warnings, 'warning')}`}.</p>
      <p class="command"><code>status</code> <code>node-list</code> <code>outbox</code> <code>doctor</code></p>
    </main>`;
}

const node = one => html`
  <tr><th scope="row">${one.name}</th><td>${one.network}</td><td>${one.paused ? 'paused' : one.state}</td></tr>`;
