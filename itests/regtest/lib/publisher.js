'use strict';
// A ZeroMQ publisher: ZMTP 3.0 (rfc.zeromq.org/spec/23) with the NULL mechanism, PUB side only, and the subscribe and
// ping commands of 3.1. Each message has Bitcoin Core's three frames: topic, body, uint32 little-endian counter of the topic.

const net = require('net');

const MORE = 1, LONG = 2, COMMAND = 4;
const GREETING = Buffer.alloc(64);
GREETING[0] = 0xff;
GREETING[9] = 0x7f;
GREETING[10] = 3;
GREETING[11] = 0;
GREETING.write('NULL', 12, 'ascii');

function frame(flags, body) {
  const head = body.length > 255 ? Buffer.alloc(9) : Buffer.alloc(2);
  head[0] = body.length > 255 ? flags | LONG : flags;
  if (body.length > 255) head.writeBigUInt64BE(BigInt(body.length), 1);
  else head[1] = body.length;
  return Buffer.concat([head, body]);
}

function command(name, data) {
  return frame(COMMAND, Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'ascii'), data]));
}

function property(name, value) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'ascii'), length, Buffer.from(value, 'ascii')]);
}

class Subscriber {
  constructor(socket, highWaterMark) {
    this.socket = socket;
    this.highWaterMark = highWaterMark;
    this.pending = 0;
    this.topics = [];
    this.input = Buffer.alloc(0);
    this.greeted = false;
    this.ready = false;
    socket.setNoDelay(true);
    socket.write(GREETING);
    socket.on('data', (data) => this.data(data));
    socket.on('error', () => socket.destroy());
  }

  data(data) {
    this.input = Buffer.concat([this.input, data]);
    if (!this.greeted) {
      if (this.input.length < 64) return;
      if (this.input[0] !== 0xff || this.input[10] < 3 || this.input.toString('ascii', 12, 16) !== 'NULL') {
        this.socket.destroy();
        return;
      }
      this.input = this.input.subarray(64);
      this.greeted = true;
      this.socket.write(command('READY', property('Socket-Type', 'PUB')));
    }
    for (;;) {
      if (this.input.length < 2) return;
      const flags = this.input[0];
      const head = flags & LONG ? 9 : 2;
      if (this.input.length < head) return;
      const length = flags & LONG ? Number(this.input.readBigUInt64BE(1)) : this.input[1];
      if (length > 65536) {
        this.socket.destroy();
        return;
      }
      if (this.input.length < head + length) return;
      const body = this.input.subarray(head, head + length);
      this.input = this.input.subarray(head + length);
      if (flags & COMMAND) this.command(body);
      else this.subscription(body[0] === 1, body.subarray(1));
    }
  }

  command(body) {
    const name = body.toString('ascii', 1, 1 + body[0]);
    const data = body.subarray(1 + body[0]);
    if (name === 'READY') this.ready = true;
    else if (name === 'PING') this.socket.write(command('PONG', data.subarray(2)));
    else if (name === 'SUBSCRIBE') this.subscription(true, data);
    else if (name === 'CANCEL') this.subscription(false, data);
  }

  subscription(wanted, topic) {
    const text = topic.toString('latin1');
    if (wanted) this.topics.push(text);
    else if (this.topics.includes(text)) this.topics.splice(this.topics.indexOf(text), 1);
  }

  /** Drops the message, as ZeroMQ does, when the high-water mark is reached. */
  send(topic, bytes) {
    if (!this.ready || !this.topics.some((t) => topic.startsWith(t)) || this.pending >= this.highWaterMark) return;
    this.pending++;
    this.socket.write(bytes, () => { this.pending--; });
  }
}

module.exports = function publisher(port, highWaterMark) {
  const subscribers = new Set();
  const counters = new Map();
  const server = net.createServer((socket) => {
    const subscriber = new Subscriber(socket, highWaterMark);
    subscribers.add(subscriber);
    socket.on('close', () => subscribers.delete(subscriber));
  });
  return {
    listen: () => new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    }),
    publish(topic, body) {
      const count = counters.get(topic) || 0;
      counters.set(topic, (count + 1) >>> 0);
      const number = Buffer.alloc(4);
      number.writeUInt32LE(count);
      const bytes = Buffer.concat([frame(MORE, Buffer.from(topic, 'ascii')), frame(MORE, body), frame(0, number)]);
      for (const subscriber of subscribers) subscriber.send(topic, bytes);
    },
    close() {
      for (const subscriber of subscribers) subscriber.socket.destroy();
      server.close();
    },
  };
};
