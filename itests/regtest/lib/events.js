'use strict';
// Turns bcoin's mempool and chain events into Bitcoin Core's ZMQ notifications `rawtx` and `sequence`, and keeps Core's
// mempool sequence number: it starts at 1 and every entry and every removal takes the next one; removals because
// of a block take one without being told of.

const EventEmitter = require('events');

module.exports = function events(node) {
  const out = new EventEmitter();
  let next = 1;
  let inBlock = null;

  /** The number that the next entry or removal gets. */
  out.mempoolSequence = () => next;

  const display = (hash) => Buffer.from(hash, 'hex').reverse();

  function mempoolEvent(hash, letter, number) {
    const body = Buffer.alloc(41);
    display(hash).copy(body, 0);
    body.write(letter, 32, 'ascii');
    body.writeBigUInt64LE(BigInt(number), 33);
    out.emit('sequence', body);
  }

  function blockEvent(hash, letter) {
    out.emit('sequence', Buffer.concat([display(hash), Buffer.from(letter, 'ascii')]));
  }

  node.mempool.on('add entry', (entry) => {
    out.emit('rawtx', entry.tx.toRaw());
    mempoolEvent(entry.tx.hash('hex'), 'A', next++);
  });
  node.mempool.on('remove entry', (entry) => {
    const hash = entry.tx.hash('hex');
    const number = next++;
    if (!inBlock || !inBlock.has(hash)) mempoolEvent(hash, 'R', number);
  });

  const addBlock = node.mempool._addBlock.bind(node.mempool);
  node.mempool._addBlock = async (block, txs) => {
    inBlock = new Set(txs.map((tx) => tx.hash('hex')));
    try {
      return await addBlock(block, txs);
    } finally {
      inBlock = null;
    }
  };

  node.on('connect', (entry, block) => {
    for (const tx of block.txs) out.emit('rawtx', tx.toRaw());
    blockEvent(entry.hash, 'C');
  });
  node.on('disconnect', (entry, block) => {
    for (const tx of block.txs) out.emit('rawtx', tx.toRaw());
    blockEvent(entry.hash, 'D');
  });
  return out;
};
