'use strict';
// Bitcoin Core's RPC error codes (src/rpc/protocol.h), those that are used here.

const { RPCError } = require('bweb');

const codes = {
  MISC: -1, TYPE: -3, WALLET: -4, ADDRESS_OR_KEY: -5, FUNDS: -6, PARAMETER: -8, WALLET_LOCKED: -13,
  WALLET_PASSPHRASE: -14, WALLET_ENC_STATE: -15, WALLET_NOT_FOUND: -18, WALLET_NOT_SPECIFIED: -19, DECODE: -22,
  VERIFY: -25, REJECTED: -26, IN_CHAIN: -27, WALLET_LOADED: -35, WALLET_EXISTS: -36,
  METHOD: -32601, PARAMS: -32602, REQUEST: -32600, PARSE: -32700,
};

const fail = (code, message) => new RPCError(code, message);

module.exports = { RPCError, codes, fail };
