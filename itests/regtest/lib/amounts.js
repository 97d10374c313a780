'use strict';
// Amounts go over RPC as decimal BTC with eight places. JSON.stringify would write 4.3e-7, so an amount travels as a
// marked string and loses the marks in the finished text.

const MARK = '\u0001';

/** Satoshi to the marked text of a BTC amount. */
function btc(satoshi) {
  const sign = satoshi < 0 ? '-' : '';
  const digits = String(Math.abs(satoshi)).padStart(9, '0');
  return `${MARK}${sign}${digits.slice(0, -8)}.${digits.slice(-8)}${MARK}`;
}

/** A BTC amount, number or string, to satoshi. */
function satoshi(amount) {
  const text = typeof amount === 'number' ? amount.toFixed(8) : String(amount);
  if (!/^-?\d+(\.\d{1,8})?$/.test(text)) throw new Error('Invalid amount');
  const [whole, part = ''] = text.split('.');
  return Number(whole) * 1e8 + (whole.startsWith('-') ? -1 : 1) * Number(part.padEnd(8, '0'));
}

/** JSON in which amounts are numbers. */
const json = (value) => JSON.stringify(value).replace(/"\\u0001(-?\d+\.\d{8})\\u0001"/g, '$1');

module.exports = { btc, satoshi, json };
