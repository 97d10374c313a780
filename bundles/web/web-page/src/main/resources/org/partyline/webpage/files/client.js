/** Calls to the server. No message that was written or read is stored here, in the address or in the browser's storage. */

/** The storage key of the second half of the login. The browser stores it for this tab only: a cookie would be sent too widely. */
const KEY = 'csrf';
/** How often a call is repeated that exceeded the rate limit. */
const AGAIN = 10;

/** An error from the server: its problem document (RFC 9457). */
export class Refused extends Error {
  constructor(status, title, detail) {
    super(detail);
    this.status = status;
    this.title = title;
  }

  /** Returns whether no data of the store may be shown any more. */
  get ends() {
    return this.status === 401 || this.title === 'Store locked';
  }
}

/** The server cannot be reached. */
export class Unreachable extends Error {}

function stored(what) {
  try {
    return what(sessionStorage);
  } catch {
    // The browser is set to store nothing: the login ends with the page.
    return null;
  }
}

let csrf = stored(storage => storage.getItem(KEY)) ?? '';

function keep(value) {
  csrf = value;
  stored(storage => (value === '' ? storage.removeItem(KEY) : storage.setItem(KEY, value)));
}

/** Returns a unique number; crypto.randomUUID is unavailable on an onion service, for example. */
export const unique = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, '0')).join('');

async function request(method, path, body, headers, signal) {
  try {
    return await fetch(path, {
      method,
      body,
      headers: { 'X-CSRF-Token': csrf, ...headers },
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal,
    });
  } catch {
    throw new Unreachable('The server does not answer.');
  }
}

async function call(method, path, body, headers = {}) {
  const login = csrf;
  let answer = await request(method, path, body, headers);
  // Too many calls at once: this one was not processed.
  for (let left = AGAIN; answer.status === 429 && left > 0; left--) {
    await new Promise(go => { setTimeout(go, 1000 * (Number(answer.headers.get('Retry-After')) || 1)); });
    answer = await request(method, path, body, headers);
  }
  let json;
  try {
    json = await answer.json();
  } catch {
    throw new Unreachable('The connection was interrupted.');
  }
  if (!answer.ok) {
    if (answer.status === 401 && login !== csrf) {
      // It was about an earlier login, and must not end this one.
      throw new Unreachable('The answer belongs to an earlier login.');
    }
    throw new Refused(answer.status, json.title, json.detail);
  }
  return json;
}

export const get = path => call('GET', path);

export const post = (path, document, headers = {}) =>
  call('POST', path, JSON.stringify(document), { 'Content-Type': 'application/json', ...headers });

/** The log of events, as the server sends it (server-sent events; EventSource could not send the login). */
export class Events {
  #last = null;
  #stop = new AbortController();
  #heard = Date.now();

  /** How long the server has been silent; it sends a comment every 15 seconds. */
  get silence() {
    return Date.now() - this.#heard;
  }

  /** @param told called with each event; the first one says that all existing events were read */
  async follow(told) {
    const headers = { Accept: 'text/event-stream' };
    if (this.#last !== null) {
      headers['Last-Event-ID'] = this.#last;
    }
    this.#stop = new AbortController();
    this.#heard = Date.now();
    const answer = await request('GET', '/v1/events?after=now', undefined, headers, this.#stop.signal);
    if (!answer.ok) {
      // It may be from another store.
      this.#last = null;
      throw new Refused(answer.status, '', 'The server sends no events.');
    }
    let rest = '';
    for (const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { done, value } = await reader.read().catch(() => ({ done: true }));
      if (done) {
        return;
      }
      this.#heard = Date.now();
      const lines = (rest + value).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith('id: ')) {
          this.#last = line.slice(4);
        } else if (line.startsWith('data: ')) {
          told(JSON.parse(line.slice(6)));
        }
      }
    }
  }

  close() {
    this.#stop.abort();
  }
}

/** Returns the path of a conversation. */
export const place = (id, rest = '') => `/v1/conversations/${encodeURIComponent(id)}${rest}`;

/** Uses the link of web-login, whose secret is in the fragment; it disappears from the address at once. */
export async function login() {
  const secret = location.hash.slice(1);
  if (secret === '') {
    return;
  }
  history.replaceState(null, '', '/');
  keep((await call('POST', '/session', secret)).csrf);
}

/** The login is forgotten at once: a server that does not answer must not keep it in this tab. */
export async function logout() {
  const headers = { 'X-CSRF-Token': csrf };
  forget();
  await call('DELETE', '/session', undefined, headers);
}

/** The session has ended. */
export const forget = () => keep('');
