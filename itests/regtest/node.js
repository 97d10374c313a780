'use strict';
// Starts a regtest node that answers as Bitcoin Core does: bcoin underneath, see README.md.

const fs = require('fs');
const path = require('path');
const crypto = require('crypto');

const env = process.env;
const number = (key, fallback) => {
  const text = env[key];
  if (text == null || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${key}=${text}: a whole number, 0 or more, is wanted`);
  return value;
};

const settings = {
  p2pPort: number('P2P_PORT', 18444),
  rpcPort: number('RPC_PORT', 48332),
  zmqPort: number('ZMQ_PORT', 0),
  zmqHighWaterMark: number('ZMQ_HWM', 100000),
  // Bytes of all OP_RETURN scripts together, as Core's -datacarriersize. Without it: what bcoin and Core up to 29 do,
  // one output of 83 bytes.
  dataCarrier: env.DATACARRIER ? number('DATACARRIER', 83) : 0,
  // Most megabytes that wait, as Core's -maxmempool; 0: bcoin's own 100.
  maxMempool: number('MAXMEMPOOL', 0),
  // Least satoshi for 1,000 virtual bytes, as Core's -minrelaytxfee; peers are told of it. 0: Core's own 100, and they are not.
  minRelay: number('MINRELAY', 0),
  password: env.API_KEY || 'partyline',
  cookieFile: env.COOKIE_FILE || '',
  wallets: (env.WALLETS || '').split(',').filter(Boolean),
  // Answers as a node without peers: nobody has asked for its transactions. Otherwise as one with a peer that asks for them all.
  alone: Boolean(env.ALONE),
  peers: (env.CONNECT || '').split(',').filter(Boolean),
};

// Bitcoin Core's regtest: its prefixes, no seeds, 0.1 sat/vB floor.
const networks = require('bcoin/lib/protocol/networks');
const regtest = networks.regtest;
Object.assign(regtest.addressPrefix, {
  pubkeyhash: 0x6f, scripthash: 0xc4, witnesspubkeyhash: 0x03, witnessscripthash: 0x28, bech32: 'bcrt',
});
Object.assign(regtest.keyPrefix, {
  privkey: 0xef, xpubkey: 0x043587cf, xprivkey: 0x04358394, xpubkey58: 'tpub', xprivkey58: 'tprv',
});
regtest.seeds = [];
regtest.selfConnect = false;
regtest.minRelay = settings.minRelay || 100;
regtest.feeRate = 1000;

const policy = require('bcoin/lib/protocol/policy');
if (settings.dataCarrier > policy.MAX_OP_RETURN_BYTES) {
  policy.MAX_OP_RETURN_BYTES = settings.dataCarrier;
  policy.MAX_OP_RETURN = settings.dataCarrier;
}

// No priority relay: the fee floor is hard, as Core's is.
require('bcoin/lib/mempool/mempoolentry').prototype.isFree = () => false;

// bcoin tells its peers of new transactions every 5 s; tests do not wait that long.
require('bcoin/lib/net/peer').INV_INTERVAL = number('INV_INTERVAL', 200);

const FullNode = require('bcoin/lib/node/fullnode');
const common = require('bcoin/lib/blockchain/common');

const node = new FullNode({
  network: 'regtest', memory: true, workers: false, listen: true, host: '127.0.0.1', port: settings.p2pPort,
  apiKey: crypto.randomBytes(16).toString('hex'), bip37: true, indexTx: true, indexAddress: true, replaceByFee: true,
  requireStandard: true, persistentMempool: false, logConsole: true, logLevel: env.LOG || 'warning', logFile: false,
  config: false, argv: false, env: false, loader: require,
});
node.use(require('bcoin/lib/wallet/plugin'));
const plugin = node.require('walletdb');

// bcoin's own HTTP servers stay shut: ours answers instead.
for (const http of [node.http, plugin.http]) {
  http.open = async () => {};
  http.close = async () => {};
}
if (settings.minRelay) node.pool.options.feeRate = settings.minRelay;
node.pool.discoverExternal = async () => {};   // asks a server on the internet otherwise
node.miner.options.minWeight = 3900000;        // mines transactions under 1 sat/vB too

// Core's regtest has these from the first blocks on; bcoin waits for 432 blocks of signalling.
const signalled = node.chain.getState.bind(node.chain);
node.chain.getState = async (prev, deployment) =>
  (deployment.name === 'csv' || deployment.name === 'segwit')
    ? common.thresholdStates.ACTIVE
    : signalled(prev, deployment);

const events = require('./lib/events')(node);
const acceptance = require('./lib/acceptance')(node, settings);
const calls = Object.assign(
  Object.create(null),
  require('./lib/chain-calls')(node, settings, events, acceptance),
  require('./lib/wallet-calls')(node, plugin.wdb, settings, acceptance));
const server = require('./lib/server')(node, calls, settings);
const publisher = settings.zmqPort ? require('./lib/publisher')(settings.zmqPort, settings.zmqHighWaterMark) : null;

if (publisher) {
  events.on('rawtx', (raw) => publisher.publish('rawtx', raw));
  events.on('sequence', (body) => publisher.publish('sequence', body));
}

function writeCookie() {
  if (!settings.cookieFile) return;
  settings.cookie = '__cookie__:' + crypto.randomBytes(32).toString('hex');
  fs.mkdirSync(path.dirname(settings.cookieFile), { recursive: true });
  fs.rmSync(settings.cookieFile, { force: true });
  fs.writeFileSync(settings.cookieFile, settings.cookie, { mode: 0o600 });
}

let stopping = false;
async function stop() {
  if (stopping) return;
  stopping = true;
  if (publisher) publisher.close();
  server.close();
  if (settings.cookieFile) fs.rmSync(settings.cookieFile, { force: true });
  await node.close();
  process.exit(0);
}
calls.stop = { names: [], run: async () => { setImmediate(stop); return 'Bitcoin Core stopping'; } };

process.on('unhandledRejection', (e) => { throw e; });
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, stop);

(async () => {
  await node.ensure();
  await node.open();
  await node.connect();
  node.startSync();
  for (const name of settings.wallets) await calls.createwallet.run({ wallet_name: name });
  for (const peer of settings.peers) await node.rpc.execute({ method: 'addnode', params: [peer, 'add'] });
  writeCookie();
  if (publisher) await publisher.listen();
  await server.listen();
  console.log('READY');
})().catch((e) => { console.error(e.stack); process.exit(1); });
