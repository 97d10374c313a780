'use strict';
// The node's RPC names where bcoin lacks them or answers unlike Core.

const Address = require('bcoin/lib/primitives/address');
const CoinView = require('bcoin/lib/coins/coinview');
const Headers = require('bcoin/lib/primitives/headers');
const util = require('bcoin/lib/utils/util');
const { codes, fail } = require('./errors');
const { btc } = require('./amounts');

const VERSION = 290000;
const NO_TX = 'No such mempool or blockchain transaction. Use gettransaction for wallet transactions.';

module.exports = function chainCalls(node, settings, events, acceptance) {
  const { chain, mempool } = node;
  const bcoin = (method, ...params) => node.rpc.calls[method].call(node.rpc, params, false);

  function hash(text, name) {
    if (typeof text !== 'string') throw fail(codes.TYPE, `JSON value of type ${typeof text} is not of expected type string`);
    if (!/^[0-9a-f]{64}$/i.test(text)) throw fail(codes.PARAMETER, `${name} must be of length 64 (not ${text.length}, for '${text}')`);
    return util.revHex(text.toLowerCase());
  }

  function height(value) {
    if (typeof value !== 'number') {
      throw fail(codes.TYPE,
        `Wrong type passed:\n{\n    "Position 1 (height)": "JSON value of type ${typeof value} is not of expected type number"\n}`);
    }
    if (value < 0 || value > chain.height) throw fail(codes.PARAMETER, 'Block height out of range');
    return value;
  }

  async function block(text) {
    const entry = await chain.getEntry(hash(text, 'blockhash'));
    if (!entry) throw fail(codes.ADDRESS_OR_KEY, 'Block not found');
    return entry;
  }

  async function header(entry) {
    const main = await chain.isMainChain(entry);
    const next = main ? await chain.getNextHash(entry.hash) : null;
    const out = {
      hash: entry.rhash(), confirmations: main ? chain.height - entry.height + 1 : -1, height: entry.height,
      version: entry.version, merkleroot: util.revHex(entry.merkleRoot), time: entry.time,
      mediantime: await chain.getMedianTime(entry), nonce: entry.nonce, bits: entry.bits.toString(16).padStart(8, '0'),
    };
    if (entry.height > 0) out.previousblockhash = util.revHex(entry.prevBlock);
    if (next) out.nextblockhash = util.revHex(next);
    return out;
  }

  function mempoolEntry(entry) {
    const depends = entry.tx.inputs.map((i) => i.prevout.hash).filter((h) => mempool.hasEntry(h)).map(util.revHex);
    const spentby = [];
    entry.tx.outputs.forEach((o, i) => {
      const spender = mempool.getSpent(entry.tx.hash('hex'), i);
      if (spender) spentby.push(spender.txid());
    });
    return {
      vsize: entry.tx.getVirtualSize(), weight: entry.tx.getWeight(), time: entry.time, height: entry.height,
      descendantcount: mempool.countDescendants(entry) + 1, ancestorcount: mempool.countAncestors(entry) + 1,
      wtxid: util.revHex(entry.tx.witnessHash('hex')),
      fees: { base: btc(entry.fee), modified: btc(entry.deltaFee) },
      depends: [...new Set(depends)], spentby: [...new Set(spentby)], 'bip125-replaceable': true,
      unbroadcast: settings.alone,
    };
  }

  const btcRate = (satoshiPerKvb) => btc(satoshiPerKvb);
  const calls = {};
  const add = (name, names, run) => { calls[name] = { names, run }; };

  add('getblockchaininfo', [], async () => ({
    chain: 'regtest', blocks: chain.height, headers: chain.height, bestblockhash: chain.tip.rhash(),
    bits: chain.tip.bits.toString(16), difficulty: 4.656542373906925e-10, time: chain.tip.time,
    mediantime: await chain.getMedianTime(chain.tip), verificationprogress: 1, initialblockdownload: !chain.synced,
    chainwork: chain.tip.chainwork.toString('hex', 64), size_on_disk: 0, pruned: false, warnings: [],
  }));

  add('getnetworkinfo', [], async () => ({
    version: VERSION, subversion: node.pool.options.agent, protocolversion: node.pool.options.version,
    localservices: node.pool.options.services.toString(16).padStart(16, '0'), localrelay: true, timeoffset: 0,
    networkactive: node.pool.connected, connections: Math.max(settings.alone ? 0 : 1, node.pool.peers.size()),
    connections_in: node.pool.peers.inbound, connections_out: node.pool.peers.outbound, networks: [],
    relayfee: btcRate(mempool.options.minRelay), incrementalfee: btcRate(100), localaddresses: [], warnings: [],
  }));

  add('uptime', [], async () => Math.floor(process.uptime()));

  add('getbestblockhash', [], async () => chain.tip.rhash());

  add('getblockhash', ['height'], async (p) => util.revHex(await chain.getHash(height(p.height))));

  add('getblockheader', ['blockhash', 'verbose'], async (p) => {
    const entry = await block(p.blockhash);
    return p.verbose === false ? Headers.fromEntry(entry).toRaw().toString('hex') : header(entry);
  });

  add('getblock', ['blockhash', 'verbosity'], async (p) => {
    const entry = await block(p.blockhash);
    const full = await chain.getBlock(entry.hash);
    if (!full) throw fail(codes.MISC, 'Block not available');
    const verbosity = p.verbosity === undefined ? 1 : Number(p.verbosity);
    if (verbosity <= 0) return full.toRaw().toString('hex');
    const raw = full.toRaw();
    return Object.assign(await header(entry), {
      size: raw.length, weight: full.getWeight(), nTx: full.txs.length,
      tx: verbosity === 1
        ? full.txs.map((tx) => tx.txid())
        : await Promise.all(full.txs.map((tx) => bcoin('decoderawtransaction', tx.toRaw().toString('hex')))),
    });
  });

  // bcoin's own invalidateblock moves the tip without telling mempool and wallets; this goes block by block, with their events.
  const branches = new Map();

  add('invalidateblock', ['blockhash'], async (p) => {
    const target = await block(p.blockhash);
    const unlock = await chain.locker.lock();
    try {
      if (await chain.isMainChain(target)) {
        const branch = [];
        while (chain.height >= target.height) {
          branch.unshift(chain.tip);
          await chain.disconnect(chain.tip);
        }
        await mempool._handleReorg();
        branches.set(target.hash, branch);
      }
      chain.setInvalid(target.hash);
    } finally {
      unlock();
    }
    return null;
  });

  add('reconsiderblock', ['blockhash'], async (p) => {
    const target = await block(p.blockhash);
    const unlock = await chain.locker.lock();
    try {
      chain.removeInvalid(target.hash);
      const branch = branches.get(target.hash) || [];
      branches.delete(target.hash);
      if (branch.length && branch[branch.length - 1].chainwork.gt(chain.tip.chainwork)) {
        while (chain.tip.hash !== branch[0].prevBlock) await chain.disconnect(chain.tip);
        for (const entry of branch) await chain.reconnect(entry);
        await mempool._handleReorg();
      }
    } finally {
      unlock();
    }
    return null;
  });

  // A block of these transactions only, which need not wait in the mempool: a miner may have kept any of them.
  add('generateblock', ['output', 'transactions'], async (p) => {
    const txs = p.transactions.map((text) => {
      if (!/^[0-9a-f]{64}$/i.test(text)) return acceptance.parse(text);
      const waiting = mempool.getTX(hash(text, 'txid'));
      if (!waiting) throw fail(codes.ADDRESS_OR_KEY, `Transaction ${text} not in mempool.`);
      return waiting;
    });
    const { miner } = node;
    const unlock = await node.rpc.locker.lock();
    try {
      const earlier = new CoinView();
      const views = [];
      for (const tx of txs) {
        const view = await chain.getCoinView(tx);
        for (const { prevout } of tx.inputs) {
          const coin = view.getEntry(prevout) || earlier.getEntry(prevout);
          if (!coin) throw fail(codes.VERIFY, 'TestBlockValidity failed: bad-txns-inputs-missingorspent');
          view.addEntry(prevout, coin);
        }
        earlier.addTX(tx, chain.height + 1);
        views.push(view);
      }
      miner.assemble = (attempt) => {
        txs.forEach((tx, i) => {
          if (!attempt.addTX(tx, views[i])) throw fail(codes.VERIFY, 'TestBlockValidity failed: bad-txns-nonfinal');
        });
        attempt.refresh();
      };
      const mined = await miner.mineBlock(null, Address.fromString(p.output, node.network));
      const entry = await chain.add(mined);
      return { hash: entry.rhash() };
    } finally {
      delete miner.assemble;
      unlock();
    }
  });

  add('getmempoolinfo', [], async () => {
    const entries = [...mempool.map.values()];
    const out = {
      loaded: true, size: entries.length, bytes: entries.reduce((n, e) => n + e.tx.getVirtualSize(), 0),
      usage: mempool.getSize(), total_fee: btc(entries.reduce((n, e) => n + e.fee, 0)),
      maxmempool: mempool.options.maxSize, mempoolminfee: btcRate(acceptance.floorRate()),
      minrelaytxfee: btcRate(mempool.options.minRelay), incrementalrelayfee: btcRate(100), unbroadcastcount: 0,
      fullrbf: true, permitbaremultisig: true,
    };
    if (settings.dataCarrier) out.maxdatacarriersize = acceptance.limit;
    return out;
  });

  add('getrawmempool', ['verbose', 'mempool_sequence'], async (p) => {
    if (p.verbose && p.mempool_sequence) throw fail(codes.PARAMETER, 'Verbose results cannot contain mempool sequence values.');
    if (p.verbose) return Object.fromEntries([...mempool.map.values()].map((e) => [e.txid(), mempoolEntry(e)]));
    const txids = mempool.getSnapshot().map(util.revHex);
    return p.mempool_sequence ? { txids, mempool_sequence: events.mempoolSequence() } : txids;
  });

  add('getmempoolentry', ['txid'], async (p) => {
    const entry = mempool.getEntry(hash(p.txid, 'txid'));
    if (!entry) throw fail(codes.ADDRESS_OR_KEY, 'Transaction not in mempool');
    return mempoolEntry(entry);
  });

  add('getrawtransaction', ['txid', 'verbosity', 'blockhash'], async (p) => {
    const meta = await node.getMeta(hash(p.txid, 'txid'));
    if (!meta) throw fail(codes.ADDRESS_OR_KEY, NO_TX);
    const hex = meta.tx.toRaw().toString('hex');
    if (!p.verbosity) return hex;
    const out = Object.assign(await bcoin('decoderawtransaction', hex), { hex });
    if (meta.block) {
      const entry = await chain.getEntry(meta.block);
      Object.assign(out, {
        blockhash: entry.rhash(), confirmations: chain.height - entry.height + 1, time: entry.time, blocktime: entry.time,
      });
    }
    return out;
  });

  add('gettxspendingprevout', ['outputs'], async (p) => p.outputs.map(({ txid, vout }) => {
    const spender = mempool.getSpent(hash(txid, 'txid'), vout);
    return Object.assign({ txid, vout }, spender ? { spendingtxid: spender.txid() } : {});
  }));

  add('gettxout', ['txid', 'n', 'include_mempool'], async (p) => {
    const id = hash(p.txid, 'txid');
    const withMempool = p.include_mempool !== false;
    const entry = withMempool ? mempool.getEntry(id) : null;
    if (withMempool && mempool.isSpent(id, p.n)) return null;
    if (entry) {
      const output = entry.tx.outputs[p.n];
      return output
        ? { bestblock: chain.tip.rhash(), confirmations: 0, value: btc(output.value), scriptPubKey: { hex: output.script.toJSON() }, coinbase: false }
        : null;
    }
    const coin = await chain.getCoin(id, p.n);
    if (!coin) return null;
    return {
      bestblock: chain.tip.rhash(), confirmations: chain.height - coin.height + 1, value: btc(coin.value),
      scriptPubKey: { hex: coin.script.toJSON() }, coinbase: coin.coinbase,
    };
  });

  add('estimatesmartfee', ['conf_target', 'estimate_mode'], async (p) => {
    const blocks = Number(p.conf_target);
    if (!(blocks >= 1 && blocks <= 1008)) throw fail(codes.PARAMETER, 'Invalid conf_target, must be between 1 and 1008');
    const rate = node.fees.estimateFee(Math.min(blocks, 25), true);
    return rate > 0 && node.fees.bestHeight > 0
      ? { feerate: btcRate(Math.max(rate, mempool.options.minRelay)), blocks }
      : { errors: ['Insufficient data or no feerate found'], blocks };
  });

  add('sendrawtransaction', ['hexstring', 'maxfeerate', 'maxburnamount'], async (p) =>
    acceptance.broadcast(acceptance.parse(p.hexstring), p.maxfeerate === undefined ? 0.1 : Number(p.maxfeerate)));

  add('testmempoolaccept', ['rawtxs', 'maxfeerate'], async (p) => {
    if (!Array.isArray(p.rawtxs) || p.rawtxs.length !== 1) throw fail(codes.PARAMETER, 'Array must contain exactly one transaction.');
    const tx = acceptance.parse(p.rawtxs[0]);
    const verdict = await acceptance.test(tx, p.maxfeerate === undefined ? 0.1 : Number(p.maxfeerate));
    const out = { txid: tx.txid(), wtxid: util.revHex(tx.witnessHash('hex')), allowed: verdict.allowed };
    if (!verdict.allowed) return [Object.assign(out, { 'reject-reason': verdict.reason, 'reject-details': verdict.details || verdict.reason })];
    return [Object.assign(out, { vsize: tx.getVirtualSize(), fees: { base: btc(verdict.fee) } })];
  });

  add('getzmqnotifications', [], async () => (settings.zmqPort
    ? ['pubrawtx', 'pubsequence'].map((type) => ({ type, address: `tcp://127.0.0.1:${settings.zmqPort}`, hwm: settings.zmqHighWaterMark }))
    : []));

  return calls;
};
