'use strict';
// Bitcoin Core's wallet RPC over bcoin's wallets: one bcoin wallet for each Core wallet, at /wallet/<name>.

const MTX = require('bcoin/lib/primitives/mtx');
const Outpoint = require('bcoin/lib/primitives/outpoint');
const Output = require('bcoin/lib/primitives/output');
const Address = require('bcoin/lib/primitives/address');
const TX = require('bcoin/lib/primitives/tx');
const consensus = require('bcoin/lib/protocol/consensus');
const util = require('bcoin/lib/utils/util');
const { BufferReader } = require('bufio');
const { codes, fail } = require('./errors');
const { btc, satoshi } = require('./amounts');

const INPUT_WEIGHT = 41 * 4 + 108;     // P2WPKH with the longest low-S signature
const CHANGE_SIZE = 31;
const DUST = 294;
const REPLACEABLE = 0xfffffffd;
const MAX_FEE = 10000000;              // Core's -maxtxfee: 0.1 BTC

module.exports = function walletCalls(node, wdb, settings, acceptance) {
  const loaded = new Set();

  /** Waits until the wallets have handled every block and transaction that the node has. */
  async function caughtUp() {
    for (let i = 0; i < 2000 && wdb.state.height !== node.chain.height; i++) await new Promise((r) => setTimeout(r, 5));
    const unlock = await wdb.txLock.lock();
    unlock();
  }

  async function open(name) {
    await caughtUp();
    if (name === undefined) {
      if (loaded.size === 0)
        throw fail(codes.WALLET_NOT_FOUND, 'No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)');
      if (loaded.size > 1)
        throw fail(codes.WALLET_NOT_SPECIFIED, 'Multiple wallets are loaded. Please select which wallet to use by requesting the RPC through the /wallet/<walletname> URI path.');
      name = [...loaded][0];
    }
    if (!loaded.has(name)) throw fail(codes.WALLET_NOT_FOUND, 'Requested wallet does not exist or is not loaded');
    return wdb.get(name);
  }

  function requireUnlocked(wallet) {
    if (wallet.master.encrypted && !wallet.master.key)
      throw fail(codes.WALLET_LOCKED, 'Error: Please enter the wallet passphrase with walletpassphrase first.');
  }

  const depth = (height) => (height === -1 ? 0 : node.chain.height - height + 1);
  const mature = (coin) => !coin.coinbase || depth(coin.height) > consensus.COINBASE_MATURITY;
  // A coin counts when the wallet's records and the node's agree: bcoin's wallet keeps evicted transactions as pending.
  const current = (coin) => coin.height !== -1 || node.mempool.hasEntry(coin.hash);

  async function credits(wallet) {
    const out = [];
    for (const credit of await wallet.getCredits()) {
      const { coin } = credit;
      if (!current(coin) || node.mempool.isSpent(coin.hash, coin.index)) continue;
      if (credit.spent) {
        // Spent by a pending transaction that the mempool no longer has: replaced or evicted, so the coin is free.
        const spender = await wallet.txdb.getSpent(coin.hash, coin.index);
        if (spender && node.mempool.hasEntry(spender.hash)) continue;
        if (spender) {
          const wtx = await wallet.getTX(spender.hash);
          if (wtx && wtx.height !== -1) continue;
        }
      }
      out.push(credit);
    }
    return out;
  }

  const trusted = (credit) => credit.coin.height !== -1 || credit.own;

  async function fresh(wallet, branch, type) {
    if (type !== undefined && type !== 'bech32') throw fail(codes.ADDRESS_OR_KEY, `Unknown address type '${type}'`);
    const key = branch === 0 ? await wallet.createReceive() : await wallet.createChange();
    return key.getAddress();
  }

  /** A transaction that may have no inputs, in the form without witnesses. */
  function parseUnfunded(hex) {
    try {
      const reader = new BufferReader(Buffer.from(hex, 'hex'));
      const mtx = new MTX();
      mtx.version = reader.readU32();
      const inputs = reader.readVarint();
      if (inputs !== 0) {
        const tx = TX.fromRaw(Buffer.from(hex, 'hex'));
        return MTX.fromTX(tx);
      }
      const outputs = reader.readVarint();
      for (let i = 0; i < outputs; i++) mtx.outputs.push(Output.fromReader(reader));
      mtx.locktime = reader.readU32();
      if (reader.left() !== 0) throw new Error('trailing bytes');
      return mtx;
    } catch (e) {
      throw fail(codes.DECODE, 'TX decode failed');
    }
  }

  const vsize = (inputs, outputsSize, outputs) =>
    Math.ceil(((4 + 1 + (outputs < 253 ? 1 : 3) + outputsSize + 4) * 4 + 2 + inputs * INPUT_WEIGHT) / 4);

  /** Adds inputs and change: the fewest coins, largest first, confirmed before our own change. */
  async function fund(wallet, mtx, rate, options) {
    const target = mtx.outputs.reduce((sum, o) => sum + o.value, 0);
    const outputsSize = mtx.outputs.reduce((sum, o) => sum + o.getSize(), 0);
    const available = (await credits(wallet))
      .filter((c) => trusted(c) && mature(c.coin) && !wallet.isLocked(c.coin))
      .map((c) => c.coin)
      .filter((coin) => coin.script.isWitnessPubkeyhash());
    available.sort((a, b) => (a.height === -1) - (b.height === -1) || b.value - a.value);
    const chosen = [];
    let total = 0;
    let fee = 0;
    let change = 0;
    const enough = () => {
      const n = chosen.length;
      const bare = Math.ceil(rate * vsize(n, outputsSize, mtx.outputs.length) / 1000);
      const withChange = Math.ceil(rate * vsize(n, outputsSize + CHANGE_SIZE, mtx.outputs.length + 1) / 1000);
      change = total - target - withChange;
      fee = withChange;
      if (change < DUST) {
        change = 0;
        fee = total - target;
        return total >= target + bare;
      }
      return true;
    };
    while (chosen.length === 0 || !enough()) {
      const coin = available.shift();
      if (!coin) {
        if (total < target || total === 0) throw fail(codes.FUNDS, 'Insufficient funds');
        const need = Math.ceil(rate * vsize(chosen.length, outputsSize, mtx.outputs.length) / 1000);
        throw fail(codes.WALLET, `The total exceeds your balance when the ${(need / 1e8).toFixed(8)} transaction fee is included.`);
      }
      chosen.push(coin);
      total += coin.value;
    }
    if (fee > MAX_FEE) throw fail(codes.WALLET, 'Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)');
    for (const coin of chosen) {
      mtx.addCoin(coin);
      mtx.inputs[mtx.inputs.length - 1].sequence = REPLACEABLE;
    }
    let position = -1;
    if (change > 0) {
      const wanted = options.changePosition;
      position = wanted === undefined ? Math.floor(Math.random() * (mtx.outputs.length + 1)) : wanted;
      const output = new Output({ address: await fresh(wallet, 1), value: change });
      mtx.outputs.splice(position, 0, output);
    }
    if (options.lockUnspents) for (const coin of chosen) wallet.lockCoin(coin);
    mtx.refresh();
    return { fee, position };
  }

  async function sign(wallet, mtx) {
    requireUnlocked(wallet);
    for (const { prevout } of mtx.inputs) {
      if (mtx.view.hasEntry(prevout)) continue;
      const own = await wallet.getCoin(prevout.hash, prevout.index);
      if (own) mtx.view.addCoin(own);
    }
    await wallet.sign(mtx);
    return mtx.inputs.every((input) => mtx.view.hasEntry(input.prevout)) && mtx.verify();
  }

  const outpoint = (o) => new Outpoint(util.revHex(String(o.txid)), o.vout);

  const calls = {};
  const add = (name, names, run) => { calls[name] = { names, run }; };

  add('createwallet', ['wallet_name', 'disable_private_keys', 'blank', 'passphrase', 'avoid_reuse', 'descriptors', 'load_on_startup'], async (p) => {
    if (await wdb.has(p.wallet_name))
      throw fail(codes.WALLET, `Wallet file verification failed. Failed to create database path '${p.wallet_name}'. Database already exists.`);
    if (p.descriptors === false) throw fail(codes.WALLET, 'descriptors argument must be set to "true"; it is no longer possible to create a legacy wallet.');
    const wallet = await wdb.create({ id: p.wallet_name, witness: true });
    if (p.passphrase) await wallet.setPassphrase(p.passphrase);
    loaded.add(p.wallet_name);
    return { name: p.wallet_name };
  });

  add('loadwallet', ['filename', 'load_on_startup'], async (p) => {
    if (loaded.has(p.filename)) throw fail(codes.WALLET_LOADED, `Wallet "${p.filename}" is already loaded.`);
    if (!await wdb.has(p.filename) || p.filename === 'primary')
      throw fail(codes.WALLET_NOT_FOUND, `Wallet file verification failed. Failed to load database path '${p.filename}'. Path does not exist.`);
    loaded.add(p.filename);
    return { name: p.filename };
  });

  add('unloadwallet', ['wallet_name', 'load_on_startup'], async (p, name) => {
    const which = p.wallet_name === undefined ? name : p.wallet_name;
    if (!loaded.delete(which)) throw fail(codes.WALLET_NOT_FOUND, 'Requested wallet does not exist or is not loaded');
    return {};
  });

  add('listwallets', [], async () => [...loaded]);

  add('getwalletinfo', [], async (p, name) => {
    const wallet = await open(name);
    const out = {
      walletname: wallet.id, walletversion: 169900, format: 'bcoin', txcount: (await wallet.getHistory()).length,
      keypoolsize: 10, private_keys_enabled: true, avoid_reuse: false, scanning: false, descriptors: true,
      external_signer: false, blank: false,
    };
    if (wallet.master.encrypted) out.unlocked_until = wallet.master.key ? wallet.master.until : 0;
    return out;
  });

  add('walletpassphrase', ['passphrase', 'timeout'], async (p, name) => {
    const wallet = await open(name);
    if (!wallet.master.encrypted) throw fail(codes.WALLET_ENC_STATE, 'Error: running with an unencrypted wallet, but walletpassphrase was called.');
    try {
      await wallet.unlock(p.passphrase, p.timeout);
    } catch (e) {
      throw fail(codes.WALLET_PASSPHRASE, 'Error: The wallet passphrase entered was incorrect.');
    }
    return null;
  });

  add('walletlock', [], async (p, name) => {
    await (await open(name)).lock();
    return null;
  });

  add('getnewaddress', ['label', 'address_type'], async (p, name) => (await fresh(await open(name), 0, p.address_type)).toString(node.network));

  add('getrawchangeaddress', ['address_type'], async (p, name) => (await fresh(await open(name), 1, p.address_type)).toString(node.network));

  add('listunspent', ['minconf', 'maxconf', 'addresses', 'include_unsafe', 'query_options'], async (p, name) => {
    const wallet = await open(name);
    const min = p.minconf === undefined ? 1 : p.minconf;
    const max = p.maxconf === undefined ? 9999999 : p.maxconf;
    const out = [];
    for (const credit of await credits(wallet)) {
      const { coin } = credit;
      const confirmations = depth(coin.height);
      const address = coin.getAddress().toString(node.network);
      if (!mature(coin) || wallet.isLocked(coin) || confirmations < min || confirmations > max) continue;
      if (p.addresses && p.addresses.length && !p.addresses.includes(address)) continue;
      if (p.include_unsafe === false && !trusted(credit)) continue;
      out.push({
        txid: coin.txid(), vout: coin.index, address, label: '', scriptPubKey: coin.script.toJSON(), amount: btc(coin.value),
        confirmations, spendable: true, solvable: true, safe: trusted(credit),
      });
    }
    return out;
  });

  add('getbalances', [], async (p, name) => {
    const wallet = await open(name);
    let sure = 0, pending = 0, immature = 0;
    for (const credit of await credits(wallet)) {
      if (!mature(credit.coin)) immature += credit.coin.value;
      else if (trusted(credit)) sure += credit.coin.value;
      else pending += credit.coin.value;
    }
    return {
      mine: { trusted: btc(sure), untrusted_pending: btc(pending), immature: btc(immature) },
      lastprocessedblock: { hash: node.chain.tip.rhash(), height: node.chain.height },
    };
  });

  add('getbalance', ['dummy', 'minconf'], async (p, name) => (await calls.getbalances.run({}, name)).mine.trusted);

  add('lockunspent', ['unlock', 'transactions', 'persistent'], async (p, name) => {
    const wallet = await open(name);
    if (!p.transactions) {
      if (p.unlock) for (const locked of wallet.getLocked()) wallet.unlockCoin(locked);
      return true;
    }
    const points = [];
    for (const o of p.transactions) {
      const point = outpoint(o);
      const tx = await wallet.getTX(point.hash);
      if (!tx) throw fail(codes.PARAMETER, 'Invalid parameter, unknown transaction');
      if (point.index >= tx.tx.outputs.length) throw fail(codes.PARAMETER, 'Invalid parameter, vout index out of bounds');
      const free = (await credits(wallet)).some((c) => c.coin.hash === point.hash && c.coin.index === point.index);
      if (!free) throw fail(codes.PARAMETER, 'Invalid parameter, expected unspent output');
      if (p.unlock && !wallet.isLocked(point)) throw fail(codes.PARAMETER, 'Invalid parameter, expected locked output');
      if (!p.unlock && wallet.isLocked(point) && !p.persistent) throw fail(codes.PARAMETER, 'Invalid parameter, output already locked');
      points.push(point);
    }
    for (const point of points) {
      if (p.unlock) wallet.unlockCoin(point);
      else wallet.lockCoin(point);
    }
    return true;
  });

  add('listlockunspent', [], async (p, name) =>
    (await open(name)).getLocked().map((o) => ({ txid: o.txid(), vout: o.index })));

  add('fundrawtransaction', ['hexstring', 'options', 'iswitness'], async (p, name) => {
    const wallet = await open(name);
    const options = p.options || {};
    if (options.change_type !== undefined && options.change_type !== 'bech32')
      throw fail(codes.ADDRESS_OR_KEY, `Unknown change type '${options.change_type}'`);
    let rate = 1000;
    if (options.fee_rate !== undefined) rate = Math.round(Number(options.fee_rate) * 1000);
    else if (options.feeRate !== undefined) rate = satoshi(options.feeRate);
    if (!(rate >= node.mempool.options.minRelay)) {
      throw fail(codes.WALLET, `Fee rate (${(rate / 1000).toFixed(3)} sat/vB) is lower than the minimum fee rate setting (${(node.mempool.options.minRelay / 1000).toFixed(3)} sat/vB)`);
    }
    const mtx = parseUnfunded(p.hexstring);
    const unlock = await wallet.fundLock.lock();
    try {
      const { fee, position } = await fund(wallet, mtx, rate, options);
      return { hex: mtx.toRaw().toString('hex'), fee: btc(fee), changepos: position };
    } finally {
      unlock();
    }
  });

  add('signrawtransactionwithwallet', ['hexstring', 'prevtxs', 'sighashtype'], async (p, name) => {
    const wallet = await open(name);
    const mtx = MTX.fromTX(acceptance.parse(p.hexstring));
    const complete = await sign(wallet, mtx);
    return { hex: mtx.toRaw().toString('hex'), complete };
  });

  async function send(name, outputs, rate) {
    const wallet = await open(name);
    requireUnlocked(wallet);
    const mtx = new MTX();
    mtx.version = 2;
    mtx.locktime = node.chain.height;
    for (const [address, amount] of outputs) mtx.addOutput(Address.fromString(address, node.network), satoshi(amount));
    const unlock = await wallet.fundLock.lock();
    try {
      await fund(wallet, mtx, Math.round(Number(rate === undefined ? 1 : rate) * 1000), {});
      if (!await sign(wallet, mtx)) throw fail(codes.WALLET, 'Signing transaction failed');
      return await acceptance.broadcast(mtx.toTX(), 0.1);
    } finally {
      unlock();
    }
  }

  add('sendtoaddress', ['address', 'amount', 'comment', 'comment_to', 'subtractfeefromamount', 'replaceable', 'conf_target', 'estimate_mode', 'avoid_reuse', 'fee_rate'],
    async (p, name) => send(name, [[p.address, p.amount]], p.fee_rate));

  add('sendmany', ['dummy', 'amounts', 'minconf', 'comment', 'subtractfeefrom', 'replaceable', 'conf_target', 'estimate_mode', 'fee_rate'],
    async (p, name) => send(name, Object.entries(p.amounts), p.fee_rate));

  add('gettransaction', ['txid', 'include_watchonly', 'verbose'], async (p, name) => {
    const wallet = await open(name);
    const wtx = await wallet.getTX(util.revHex(String(p.txid)));
    if (!wtx) throw fail(codes.ADDRESS_OR_KEY, 'Invalid or non-wallet transaction id');
    const details = await wallet.toDetails(wtx);
    const sum = (list) => list.filter((m) => m.path).reduce((n, m) => n + m.value, 0);
    const out = {
      amount: btc(sum(details.outputs) - sum(details.inputs)), confirmations: depth(wtx.height), txid: wtx.tx.txid(),
      time: wtx.mtime, hex: wtx.tx.toRaw().toString('hex'),
    };
    if (wtx.height !== -1) {
      const entry = await node.chain.getEntry(wtx.block);
      Object.assign(out, { blockhash: entry.rhash(), blockheight: entry.height, blocktime: entry.time });
    }
    return out;
  });

  return calls;
};
