'use strict';
// JSON-RPC over HTTP as Bitcoin Core speaks it: basic authentication, / and /wallet/<name>, 1.0 and 2.0, batches.

const http = require('http');
const crypto = require('crypto');
const { codes, fail } = require('./errors');
const { json } = require('./amounts');

const MAX_BODY = 32 * 1024 * 1024;

function same(a, b) {
  const digest = (text) => crypto.createHash('sha256').update(text).digest();
  return crypto.timingSafeEqual(digest(a), digest(b));
}

module.exports = function server(node, calls, settings) {
  function authorised(req) {
    const [scheme, value] = (req.headers.authorization || '').split(' ');
    if (scheme !== 'Basic' || !value) return false;
    const pair = Buffer.from(value, 'base64').toString('utf8');
    const password = pair.slice(pair.indexOf(':') + 1);
    return same(password, settings.password) || (settings.cookie != null && same(pair, settings.cookie));
  }

  async function execute(request, wallet) {
    const { method, params } = request;
    const own = calls[method];
    if (own) {
      const named = Array.isArray(params) || params == null
        ? Object.fromEntries((params || []).map((value, i) => [own.names[i], value]))
        : params;
      if ((Array.isArray(params) ? params.length : 0) > own.names.length || Object.keys(named).some((k) => !own.names.includes(k)))
        throw fail(codes.MISC, `${method} ${own.names.join(' ')}`);
      for (const key of Object.keys(named)) if (named[key] === null) delete named[key];
      return own.run(named, wallet);
    }
    if (!node.rpc.calls[method]) throw fail(codes.METHOD, 'Method not found');
    if (params != null && !Array.isArray(params)) throw fail(codes.PARAMS, `${method} takes its parameters by position here`);
    return node.rpc.calls[method].call(node.rpc, params || [], false);
  }

  async function answer(request, wallet) {
    const id = request && request.id !== undefined ? request.id : null;
    const v2 = request && request.jsonrpc === '2.0';
    try {
      if (!request || typeof request !== 'object' || typeof request.method !== 'string') throw fail(codes.REQUEST, 'Missing method');
      const value = await execute(request, wallet);
      const result = value === undefined ? null : value;
      return v2 ? { jsonrpc: '2.0', result, id } : { result, error: null, id };
    } catch (e) {
      if (e.type !== 'RPCError') console.error(e.stack);
      const error = { code: e.type === 'RPCError' ? e.code : codes.MISC, message: e.message };
      return v2 ? { jsonrpc: '2.0', error, id } : { result: null, error, id };
    }
  }

  function status(request, response) {
    if (request && request.jsonrpc === '2.0') return 200;
    if (!response.error) return 200;
    return response.error.code === codes.METHOD ? 404 : response.error.code === codes.REQUEST ? 400 : 500;
  }

  function send(res, code, text) {
    res.writeHead(code, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    res.end(text);
  }

  async function handle(req, res, body) {
    const match = /^\/(?:wallet\/([^/]*))?$/.exec(req.url);
    if (req.method !== 'POST') return send(res, 405, 'JSONRPC server handles only POST requests');
    if (!match) return send(res, 404, '');
    if (!authorised(req)) {
      return setTimeout(() => {
        res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="jsonrpc"', 'Content-Length': 0 });
        res.end();
      }, 250);
    }
    const wallet = match[1] === undefined ? undefined : decodeURIComponent(match[1]);
    let request;
    try {
      request = JSON.parse(body.toString('utf8'));
    } catch (e) {
      return send(res, 500, json({ result: null, error: { code: codes.PARSE, message: 'Parse error' }, id: null }));
    }
    if (Array.isArray(request)) {
      const responses = [];
      for (const one of request) responses.push(await answer(one, wallet));
      return send(res, 200, json(responses) + '\n');
    }
    const response = await answer(request, wallet);
    return send(res, status(request, response), json(response) + '\n');
  }

  const web = http.createServer((req, res) => {
    const chunks = [];
    let size = 0;
    req.on('data', (chunk) => {
      size += chunk.length;
      if (size > MAX_BODY) req.destroy();
      else chunks.push(chunk);
    });
    req.on('end', () => handle(req, res, Buffer.concat(chunks)).catch((e) => {
      console.error(e.stack);
      res.destroy();
    }));
  });
  web.keepAliveTimeout = 30000;
  return {
    listen: () => new Promise((resolve, reject) => {
      web.once('error', reject);
      web.listen(settings.rpcPort, '127.0.0.1', resolve);
    }),
    close() {
      web.close();
      web.closeAllConnections();
    },
  };
};
