'use strict';
// What Core's mempool adds to bcoin's: its OP_RETURN limit and fee floor with their words, replacement by fee (BIP125
// rules 3 and 4, replacement always allowed), for transactions from RPC and from peers alike; and a test that accepts nothing.

const MempoolEntry = require('bcoin/lib/mempool/mempoolentry');
const TX = require('bcoin/lib/primitives/tx');
const { VerifyError } = require('bcoin/lib/protocol/errors');
const { codes, fail } = require('./errors');

const MAX_REPLACED = 100;

module.exports = function acceptance(node, settings) {
  const { mempool } = node;
  const limit = settings.dataCarrier || 83;
  // What a full mempool threw out raises the floor, as in Core; it does not sink again here.
  let pressure = 0;
  const floorRate = () => Math.max(mempool.options.minRelay, pressure);
  const floor = (size) => Math.ceil(size * floorRate() / 1000);
  const increment = (size) => Math.ceil(size / 10);

  function reject(tx, reason) {
    const error = new VerifyError(tx, 'nonstandard', reason.split(',')[0], 0);
    error.words = reason;
    return error;
  }

  function checkDataCarrier(tx) {
    const scripts = tx.outputs.map((o) => o.script).filter((s) => s.raw.length > 0 && s.raw[0] === 0x6a);
    const bytes = scripts.reduce((sum, s) => sum + s.raw.length, 0);
    if (bytes > limit) throw reject(tx, 'datacarrier');
    if (!settings.dataCarrier && scripts.length > 1) throw reject(tx, 'multi-op-return');
  }

  // bcoin refuses a second OP_RETURN by itself; with DATACARRIER set they share the limit, as from Core 30 on.
  if (settings.dataCarrier) {
    const checkStandard = TX.prototype.checkStandard;
    TX.prototype.checkStandard = function () {
      const verdict = checkStandard.call(this);
      return verdict[1] === 'multi-op-return' ? [true, 'valid', 0] : verdict;
    };
  }

  function conflictsOf(tx) {
    const direct = new Map();
    for (const { prevout } of tx.inputs) {
      const entry = mempool.getSpent(prevout.hash, prevout.index);
      if (entry) direct.set(entry.tx.hash('hex'), entry);
    }
    return direct;
  }

  async function feeOf(tx) {
    const view = await mempool.getCoinView(tx);
    return tx.inputs.every((input) => view.hasEntry(input.prevout)) ? tx.getFee(view) : -1;
  }

  function checkReplacement(tx, fee, direct) {
    const size = tx.getVirtualSize();
    const all = new Map(direct);
    for (const entry of direct.values()) for (const d of mempool.getDescendants(entry)) all.set(d.tx.hash('hex'), d);
    if (all.size > MAX_REPLACED) throw reject(tx, 'too many potential replacements');
    if (tx.inputs.some((input) => all.has(input.prevout.hash))) throw reject(tx, 'bad-txns-spends-conflicting-tx');
    let old = 0;
    for (const entry of all.values()) old += entry.fee;
    const coins = (value) => (value / 1e8).toFixed(8);
    if (fee < old)
      throw reject(tx, `insufficient fee, rejecting replacement ${tx.txid()}, less fees than conflicting txs; ${coins(fee)} < ${coins(old)}`);
    if (fee - old < increment(size))
      throw reject(tx, `insufficient fee, rejecting replacement ${tx.txid()}, not enough additional fees to relay; ${coins(fee - old)} < ${coins(increment(size))}`);
    for (const entry of direct.values())
      if (fee * entry.size <= entry.fee * size) throw reject(tx, 'replacement-failed, insufficient feerate: does not improve feerate diagram');
  }

  /** Runs bcoin's own checks with nothing stored; the lock must be held. */
  async function dryRun(tx) {
    const saved = {};
    const stand = {
      addEntry: async () => {}, limitSize: () => false, isDoubleSpend: () => false,
      maybeOrphan: (t, view) => t.inputs.some((i) => !view.hasEntry(i.prevout)) ? [] : null,
    };
    for (const key of Object.keys(stand)) {
      saved[key] = Object.prototype.hasOwnProperty.call(mempool, key) ? mempool[key] : null;
      mempool[key] = stand[key];
    }
    try {
      return await insert(tx, -1);
    } finally {
      for (const key of Object.keys(stand)) {
        if (saved[key]) mempool[key] = saved[key];
        else delete mempool[key];
      }
    }
  }

  /** Core's checks; returns what would be replaced. */
  async function check(tx) {
    checkDataCarrier(tx);
    const fee = await feeOf(tx);
    if (fee < 0) return new Map();
    const size = tx.getVirtualSize();
    if (fee < floor(size)) throw reject(tx, `min relay fee not met, ${fee} < ${floor(size)}`);
    const direct = conflictsOf(tx);
    if (direct.size) checkReplacement(tx, fee, direct);
    return direct;
  }

  // bcoin does not count what scripts hold.
  const { memUsage } = MempoolEntry.prototype;
  MempoolEntry.prototype.memUsage = function () {
    return memUsage.call(this) + this.tx.getSize();
  };
  if (settings.maxMempool) mempool.options.maxSize = settings.maxMempool * 1e6;
  const { limitSize, evictEntry } = Object.getPrototypeOf(mempool);
  mempool.limitSize = (added) => {
    mempool.evictEntry = (entry) => {
      pressure = Math.max(pressure, Math.ceil(entry.fee * 1000 / entry.size) + increment(1000));
      evictEntry.call(mempool, entry);
    };
    try {
      return limitSize.call(mempool, added);
    } finally {
      delete mempool.evictEntry;
    }
  };

  const insert = mempool.insertTX.bind(mempool);
  mempool.insertTX = async (tx, id) => {
    if (!mempool.hasEntry(tx.hash('hex')) && !tx.isCoinbase()) {
      const direct = await check(tx);
      if (direct.size) {
        await dryRun(tx);
        for (const [hash, entry] of direct) if (mempool.hasEntry(hash)) mempool.evictEntry(entry);
      }
    }
    return insert(tx, id);
  };

  function parse(hex) {
    if (typeof hex !== 'string') throw fail(codes.TYPE, 'JSON value is not of expected type string');
    try {
      return TX.fromRaw(Buffer.from(hex, 'hex'));
    } catch (e) {
      throw fail(codes.DECODE, 'TX decode failed. Make sure the tx has at least one input.');
    }
  }

  const tooDear = (fee, size, maxRate) => maxRate > 0 && fee > Math.floor(maxRate * 1e8 * size / 1000);

  /** As sendrawtransaction: waits for the mempool's verdict. */
  async function broadcast(tx, maxRate) {
    const hash = tx.hash('hex');
    if (mempool.hasEntry(hash)) return tx.txid();
    const fee = await feeOf(tx);
    if (fee >= 0 && tooDear(fee, tx.getVirtualSize(), maxRate))
      throw fail(codes.VERIFY, 'Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)');
    try {
      const missing = await mempool.addTX(tx, -1);
      if (missing) {
        mempool.removeOrphan(hash);
        throw fail(codes.VERIFY, 'bad-txns-inputs-missingorspent');
      }
    } catch (e) {
      if (e.type !== 'VerifyError') throw e;
      if (e.reason === 'txn-already-known') throw fail(codes.IN_CHAIN, 'Transaction outputs already in utxo set');
      throw fail(codes.REJECTED, e.words || e.reason);
    }
    return tx.txid();
  }

  /** As testmempoolaccept for one transaction. */
  async function test(tx, maxRate) {
    const unlock = await mempool.locker.lock();
    try {
      if (mempool.hasEntry(tx.hash('hex'))) return { allowed: false, reason: 'txn-already-in-mempool' };
      const fee = await feeOf(tx);
      if (fee >= 0) await check(tx);
      if (await dryRun(tx)) return { allowed: false, reason: 'missing-inputs' };
      if (tooDear(fee, tx.getVirtualSize(), maxRate)) return { allowed: false, reason: 'max-fee-exceeded' };
      return { allowed: true, fee };
    } catch (e) {
      if (e.type !== 'VerifyError') throw e;
      return { allowed: false, reason: e.reason, details: e.words || e.reason };
    } finally {
      unlock();
    }
  }

  return { parse, broadcast, test, limit, floorRate };
};
