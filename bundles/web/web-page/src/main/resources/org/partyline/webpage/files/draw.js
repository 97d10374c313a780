/** Pictures: QR codes and plots, as SVG; and the marks of contacts. */
import { html, nothing, svg } from './lit-html.js';
import { clock, sat } from './text.js';

const TRUST = { verified: 'verified', unverified: 'not verified', rotated: 'verify again' };

/** Draws whether a contact's safety number was compared. No name can look like it: none has a border. @param trust undefined if it is no contact */
export const mark = trust => (trust ? html`<span class=${`mark ${trust}`}>${TRUST[trust] ?? trust}</span>` : nothing);

/** @param rows a digit for each module, 1 for black */
export function qr(rows, label) {
  const size = rows.length;
  const path = rows.map((row, y) => [...row.matchAll(/1+/g)].map(({ 0: { length }, index }) =>
    `M${index} ${y}h${length}v1h-${length}z`).join('')).join('');
  return html`
    <svg class="qr" role="img" aria-label=${label} viewBox=${`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <rect width=${size} height=${size} fill="#fff"></rect><path d=${path} fill="#000"></path>
    </svg>`;
}

/** Draws the amounts spent, hour by hour. */
export function spending(hours) {
  const all = hours.reduce((sum, one) => sum + one.spent_sat, 0);
  const most = Math.max(...hours.map(one => one.spent_sat), 1);
  return html`
    <svg class="plot" role="img" aria-label=${`Spent in the last 24 hours: ${sat(all)}`} viewBox="0 0 240 50" preserveAspectRatio="none">
      ${hours.map((one, i) => svg`<rect class="bar" x=${i * 10 + 1} width="8" y=${50 - 49 * one.spent_sat / most - 1}
        height=${49 * one.spent_sat / most + 1}></rect>`)}
    </svg>
    <p class="hint axis"><span>${clock(hours[0].from)}</span><span>${sat(all)}, at most ${sat(most === 1 ? 0 : most)} an hour</span><span>now</span></p>`;
}

/** Draws the used share of a limit. */
export function meter(name, value, most, text) {
  return html`
    <p>${name}: <strong>${text}</strong></p>
    <svg class="plot meter" role="img" aria-label=${`${name}: ${text}`} viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect class="rail" width="100" height="4"></rect>
      <rect class="bar" width=${most > 0 ? Math.min(100, 100 * value / most) : 0} height="4"></rect>
    </svg>`;
}

/** Draws the fee rates of a node on a logarithmic scale: the accepted, the estimated and the paid rates. */
export function rates(fee) {
  const known = [fee.floor_sat_per_vb, fee.minimum_sat_per_vb, fee.maximum_sat_per_vb, fee.estimate_sat_per_vb, fee.rate_sat_per_vb]
    .filter(rate => rate > 0);
  const [low, high] = [Math.min(...known) / 1.5, Math.max(...known) * 1.5];
  const at = rate => (rate > 0 ? 100 * Math.log(rate / low) / Math.log(high / low) : 0);
  const from = at(Math.max(fee.floor_sat_per_vb, fee.minimum_sat_per_vb));
  const words = [
    `accepted ${fee.floor_sat_per_vb} to ${fee.maximum_sat_per_vb}`,
    fee.estimate_sat_per_vb === null ? 'no estimate' : `estimate ${fee.estimate_sat_per_vb}`,
    fee.rate_sat_per_vb === null ? 'nothing is sent' : `paid ${fee.rate_sat_per_vb}`,
  ].join(', ');
  return html`
    <p><strong>${fee.network}</strong>, node ${fee.node}: ${words} sat/vB</p>
    <svg class="plot meter" role="img" aria-label=${`Fee rates of ${fee.node}: ${words} sat/vB`} viewBox="0 0 100 4" preserveAspectRatio="none">
      <rect class="rail" width="100" height="4"></rect>
      <rect class="range" x=${from} width=${Math.max(0, at(fee.maximum_sat_per_vb) - from)} height="4"></rect>
      ${fee.estimate_sat_per_vb === null ? '' : svg`<rect class="tick" x=${at(fee.estimate_sat_per_vb) - 0.3} width="0.6" height="4"></rect>`}
      ${fee.rate_sat_per_vb === null ? '' : svg`<rect class="bar" x=${at(fee.rate_sat_per_vb) - 0.5} width="1" height="4"></rect>`}
    </svg>`;
}
