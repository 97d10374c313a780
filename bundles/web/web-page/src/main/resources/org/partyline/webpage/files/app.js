/** The page: logs in, asks the server for news, and draws. */
import { html, nothing, render } from './lit-html.js';
import { mark } from './draw.js';
import { Events, forget, get, login, logout, post, Refused, Unreachable } from './client.js';
import { Network } from './network.js';
import { People } from './people.js';
import { Server } from './server.js';
import { Talk } from './talk.js';
import { brief, isolated, named, word } from './text.js';
import { Wallet } from './wallet.js';

/** Interval of requests without a stream of events. */
const POLL = 2000;
/** Interval with one: for changes without an event, such as a channel that was joined in the console. */
const LOOK = 15000;
/** Minimum time between two requests because of events. */
const PAUSE = 300;
/** If the stream is silent for this long, it is opened again. */
const SILENCE = 40000;
const IDLE = 30 * 60 * 1000;
/** Calls that may fail before the page is blanked: a server that was erased does not say so. */
const FAILURES = 3;

const root = document.getElementById('app');
let state;
let timer;
let failures = 0;
/** The element to scroll to once it is on the screen; null if none. */
let goal = null;
let events = new Events();
/** Whether an event may have changed a contact since the last request. */
let changed = false;
/** Whether the stream of events is open, or being opened. */
let following = false;
/** Whether the browser announces messages while the page is hidden; forgotten with the tab. */
let notify = false;

/** The console commands of the two buttons in the header. */
const NOTIFY = 'config notify bell';
const LOG_OUT = 'web-logout';
/** How often the page was hidden: an answer to an earlier request does not show that the store is still open. */
let turns = 0;
let pause = 0;
let more = false;
let lastInput = Date.now();

/** The views other than conversations: their names, factories, required scopes, and commands. */
const VIEWS = {
  people: ['Contacts', People, 'read', 'contact-list'],
  wallet: ['Wallet', Wallet, 'wallet', 'wallet-status'],
  network: ['Network', Network, 'read', 'fee-status'],
  server: ['Server', Server, 'read', 'status'],
};

/** All data of the page; a blank page has none. */
function fresh(notice) {
  return {
    notice, view: 'talk', conversations: null, contacts: null, open: null, talk: null, other: null, scopes: [], banner: '', polling: false, find: null, hits: null,
    known: { contacts: [], personas: [] }, drafts: new Map(),
  };
}

const may = scope => state.scopes.includes(scope);

/** Returns whether a contact is verified; undefined if it is no contact, or not known yet. */
const trust = (persona, name) => state.contacts?.find(one => one.persona === persona && one.name === name)?.trust;

const offered = () => Object.entries(VIEWS).filter(([, [, , scope]]) => may(scope));

/** @param over whether only another login can change that */
function blank(text, hint, over = false) {
  stop();
  if (over) {
    notify = false;
  }
  close();
  state = fresh({ text, hint, over });
  draw();
}

/** Erases the screen's content and unfinished messages. */
function close() {
  state?.talk?.close();
  state?.other?.close();
  state?.drafts.clear();
}

/** Returns the list entry that contains an element: a conversation or a message. */
const item = element => element?.closest('[data-id]');

const buttons = one => [...one.querySelectorAll('button')];

function draw() {
  document.body.classList.toggle('talking', state.open !== null && state.view === 'talk');
  const focused = document.activeElement;
  const from = item(focused);
  const list = from?.parentElement;
  const id = from?.dataset.id;
  render(state.notice ? notice(state.notice) : page(), root);
  if (list?.isConnected && from.dataset.id !== id) {
    // The entries have moved: the focus stays on the same entry, not at the same position.
    const to = [...list.children].find(one => one.dataset.id === id);
    (to && buttons(to)[buttons(from).indexOf(focused)])?.focus({ preventScroll: true });
  }
  const there = goal && document.querySelector(goal);
  if (there) {
    goal = null;
    if (!there.matches('button, textarea')) {
      there.tabIndex = -1;
    }
    there.focus();
  }
}

const notice = ({ text, hint }) => html`
  <main class="blank">
    <h1>Mempool Partyline</h1>
    <p role="status">${text}</p>
    ${hint ? html`<p class="command"><span>In the console:</span> <code>${hint}</code></p>` : nothing}
  </main>`;

function page() {
  return html`
    <a class="skip" href="#main" @click=${skip}>Skip to the messages</a>
    <header>
      <strong>Partyline</strong>
      <nav aria-label="Views">
        ${tab('talk', 'Talk')}${offered().map(([view, [name]]) => tab(view, name))}
      </nav>
      <button class="quiet find" aria-keyshortcuts="Control+K" @click=${find}>Find</button>
      ${'Notification' in window ? html`<button class="quiet notify" aria-pressed=${notify ? 'true' : 'false'}
        title="In a terminal's chat: ${NOTIFY}" @click=${toggleNotify}>Notify</button>` : nothing}
      <button class="quiet" title="In the console: ${LOG_OUT}" @click=${leave}>Log out</button>
    </header>
    ${state.banner ? html`<p class="banner" role="alert">${state.banner}</p>` : nothing}
    ${state.view === 'talk' ? talking() : html`<main id="main" tabindex="0" class="server">${state.other.draw()}</main>`}
    ${state.find === null ? nothing : finder()}`;
}

/** The actions: their names, views and commands, and the scope if it is not that of the view. */
const ACTIONS = [
  ['Scan a card or an invite', 'people', '#scan', 'contact-add CARD'],
  ['Add a contact', 'people', '#card', 'contact-add CARD'],
  ['Join a channel', 'people', '#plchan', 'channel-join INVITE', 'admin'],
  ['New address', 'wallet', '.address', 'wallet-address'],
  ['Spending', 'wallet', '#spent', 'fee-status'],
  ['Fees', 'network', '#fees', 'fee-status'],
  ['Cover traffic', 'network', '#cover', 'decoy-status'],
  ['What strangers see', 'network', '#strangers', 'inspect TXID'],
  ['Checks', 'server', '#w', 'doctor'],
  ['Nodes', 'server', '#n', 'node-list'],
  ['Queue', 'server', '#q', 'outbox'],
  ['Algorithms', 'server', '#s', 'suite-list'],
  ['Lock the store', 'server', '.lock', 'lock'],
];

/** Returns the matches of Ctrl-K: conversations, contacts, personas, views, actions and messages, with their commands; best first. */
function choices() {
  if (state.hits) {
    return state.hits;
  }
  const wanted = state.find.toLowerCase().trim();
  const as = one => (personas() > 1 ? ` as ${isolated(one.persona)}` : '');
  const option = one => (personas() > 1 ? ` --persona ${word(one.persona)}` : '');
  return [
    ...(state.conversations ?? []).map(one => ({
      name: one.channel,
      about: `${one.direct ? 'Contact' : 'Channel'}${as(one)}`,
      command: `messages${named(one, personas(), '--contact')}`,
      run: () => { show('talk'); choose(one.id); },
    })),
    ...state.known.contacts.map(one => ({
      name: `Safety number of ${one.name}`,
      about: `Contact${as(one)}`,
      command: `contact-verify ${word(one.name)}${option(one)}`,
      run: () => { talkTo(one); state.talk?.know(true); },
    })),
    ...state.known.personas.map(({ name }) => ({
      name, about: 'Persona', command: `persona-card ${word(name)}`, run: () => { show('people'); goal = '#mine'; state.other.show(name); },
    })),
    { name: 'Talk', about: 'View', command: 'conversation-list', run: () => show('talk') },
    ...offered().map(([view, [name, , , command]]) => ({ name, about: 'View', command, run: () => show(view) })),
    ...ACTIONS.filter(([, view, , , scope = VIEWS[view][2]]) => may(scope)).map(([name, view, place, command]) => ({
      name, about: VIEWS[view][0], command, run: () => { show(view); goal = place; },
    })),
    ...('Notification' in window ? [{ name: 'Notify', about: 'Action', command: NOTIFY, run: toggleNotify }] : []),
    { name: 'Log out', about: 'Action', command: LOG_OUT, run: leave },
  ].map(one => ({ ...one, rank: rank(one, wanted) })).filter(one => one.rank >= 0).sort((one, other) => one.rank - other.rank)
    .concat(wanted.length < 2 ? [] : {
      name: `Messages with “${state.find.trim()}”`, about: 'Search', command: `search ${word(state.find.trim())}`, stays: true, run: search,
    });
}

/** Requests messages that contain the search words. */
async function search() {
  const asked = state;
  const words = state.find;
  try {
    const { messages } = await post('/v1/search', { words });
    if (asked !== state || state.find !== words) {
      return;
    }
    state.hits = messages.map(({ id, text, sender, direction, channel, persona, direct, sent }) => ({
      name: text,
      about: `${direction === 'out' ? 'You' : isolated(sender ?? 'Someone')} in ${isolated(channel)}, ${brief(sent)}`,
      command: `messages${named({ channel, persona, direct }, personas(), '--contact')}`,
      run: () => {
        const found = state.conversations.find(one => one.direct === direct && one.persona === persona && one.channel === channel);
        show('talk');
        if (found) {
          choose(found.id);
          state.talk.until(id);
          goal = `.message[data-id="${id}"]`;
        }
      },
    }));
    draw();
  } catch (error) {
    if (asked === state) {
      failed(error);
    }
  }
}

/** Returns how well an entry matches; negative if not at all. */
function rank({ name, command }, wanted) {
  const at = name.toLowerCase().indexOf(wanted);
  return at < 0 ? (command.includes(wanted) ? 2 : -1) : Math.min(at, 1);
}

function finder() {
  const found = choices();
  return html`
    <dialog id="finder" aria-label="Find" @close=${() => state.find !== null && closeFinder()} @keydown=${step}>
      <label class="hidden" for="wanted">Name, view, action, command or words of a message</label>
      <input autocomplete="off" id="wanted" class="choice" type="search" placeholder="Name, view, action, command or words" .value=${state.find}
        @input=${event => { state.find = event.target.value; state.hits = null; draw(); }}
        @keydown=${event => event.key === 'Enter' && found.length > 0 && pick(found[0])}>
      ${found.length === 0 ? html`<p class="hint" role="status">Nothing was found.</p>` : nothing}
      <ul class="list">${found.map(one => html`
        <li><button class="entry found choice" @click=${() => pick(one)}><span class="name">${one.name}</span>
          <span class="about">${one.about}</span> <code>${one.command}</code></button></li>`)}</ul>
    </dialog>`;
}

/** The arrow keys move between choices. */
function step(event) {
  const all = [...document.querySelectorAll('.choice')];
  const to = all.indexOf(document.activeElement) + { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (all[to]) {
    event.preventDefault();
    all[to].focus();
  }
}

async function find() {
  if (state.notice || state.find !== null) {
    return;
  }
  const asked = state;
  state.find = '';
  draw();
  document.getElementById('finder').showModal();
  try {
    const { contacts } = await get('/v1/contacts');
    const { personas: all } = await get('/v1/personas');
    asked.known = { contacts, personas: all };
  } catch (error) {
    if (asked === state) {
      failed(error);
    }
  }
  if (asked === state) {
    draw();
  }
}

function closeFinder() {
  state.find = null;
  state.hits = null;
  draw();
}

function pick(one) {
  if (one.stays) {
    one.run();
    return;
  }
  closeFinder();
  one.run();
  draw();
}

async function toggleNotify() {
  notify = !notify && await Notification.requestPermission() === 'granted';
  draw();
}

/** Announces that there is a message, but neither its content nor its sender. */
function notifyOf(event) {
  const muted = state.conversations?.find(one => one.id === event.conversation)?.muted;
  if (notify && event.type === 'message' && !muted && !document.hasFocus()) {
    new Notification('Partyline', { body: 'A new message', tag: 'partyline' });
  }
}

const isWatched = () => document.visibilityState === 'visible' || (notify && !state.notice);

const tab = (view, name) => html`
  <button aria-current=${state.view === view ? 'page' : 'false'} @click=${() => show(view)}>${name}</button>`;

function talking() {
  return html`
    <div class="columns">
      <aside aria-label="Conversations">
        ${state.conversations?.length === 0
          ? html`<p class="hint">No conversations yet. Add a contact or join a channel under Contacts.</p>`
          : html`<ul class="list">${state.conversations?.map(entry)}</ul>`}
        <p class="command"><code>conversation-list</code></p>
      </aside>
      <main id="main" tabindex="-1">
        ${state.talk ? state.talk.draw(current(), personas()) : html`<p class="hint center">Choose a conversation.</p>`}
      </main>
    </div>`;
}

const current = () => state.conversations.find(one => one.id === state.open);

const personas = () => new Set(state.conversations?.map(one => one.persona)).size;

function entry(one) {
  const open = one.id === state.open;
  return html`
    <li data-id=${one.id}>
      <button class="entry" aria-current=${open ? 'true' : 'false'} @click=${() => choose(one.id)}>
        <span class="kind" aria-hidden="true">${one.direct ? [...one.channel][0].toUpperCase() : '#'}</span>
        <span class="name"><bdi>${one.channel}</bdi>${personas() > 1 ? html` <small>as <bdi>${one.persona}</bdi></small>` : nothing}</span>
        <span class="when">${one.last_message ? brief(one.last_message) : ''}</span>
        <span class="about">${one.direct ? html`Contact ${mark(trust(one.persona, one.channel))}` : 'Channel'}${one.muted ? ', muted' : ''}${one.missing
          ? `, ${one.missing} missing` : ''}</span>
        ${one.unread ? html`<span class="unread" aria-label=${`${one.unread} unread`}>${one.unread}</span>` : nothing}
      </button>
    </li>`;
}

function skip(event) {
  // Not as an address: the fragment is reserved for the login.
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** Hides the texts until the server answers: meanwhile the store may have been locked. */
function cover() {
  turns += 1;
  document.body.classList.add('covered');
}

function show(view) {
  goal = null;
  if (view !== state.view) {
    state.other?.close();
    state.other = view === 'talk' ? null : new VIEWS[view][1]({ draw, failed, may, refresh, open: talkTo });
    state.view = view;
  }
  draw();
  refresh();
}

/** Opens the conversation with a contact. */
function talkTo({ persona, name }) {
  const found = state.conversations.find(one => one.direct && one.persona === persona && one.channel === name);
  show('talk');
  if (found) {
    choose(found.id);
  }
}

function choose(id) {
  if (id === state.open) {
    return;
  }
  state.talk?.close();
  state.open = id;
  state.talk = id === null ? null : new Talk(id, { draw, refresh, failed, may, trust, drafts: state.drafts, back: () => choose(null) });
  draw();
  refresh();
}

/** The page goes blank before the server is asked, which may not answer. */
async function leave() {
  const asked = logout();
  blank('Logging out…', '', true);
  const blanked = state;
  await asked.catch(() => {});
  if (state === blanked) {
    blank('You are logged out.', 'web-login', true);
  }
}

/** Handles a failed call. @return whether the page was blanked */
function failed(error) {
  if (error instanceof Refused && error.ends) {
    failures = 0;
    const locked = error.status !== 401;
    if (!locked) {
      forget();
    }
    blank(
      locked ? 'The store is locked: type unlock in the console.' : 'You are not logged in: open the link that web-login prints.',
      locked ? 'unlock' : 'web-login',
      !locked);
    return true;
  }
  if (error instanceof Unreachable) {
    failures += 1;
    if (failures >= FAILURES) {
      blank('The server does not answer. This page tries again.', '');
      return true;
    }
  } else if (!(error instanceof Refused)) {
    throw error;
  }
  state.banner = error.message;
  draw();
  return false;
}

/** Asks for news, one request at a time. @param reported whether because of an event */
async function refresh(reported = false) {
  const asked = state;
  if (asked.polling) {
    asked.again = { reported: reported && (asked.again?.reported ?? true) };
    return;
  }
  asked.polling = true;
  const turn = turns;
  try {
    const { conversations } = await get('/v1/conversations');
    if (asked !== state) {
      return;
    }
    failures = 0;
    if (state.scopes.length === 0) {
      const { scopes } = await get('/session');
      if (asked !== state) {
        return;
      }
      asked.scopes = scopes;
    }
    if (!reported || changed) {
      changed = false;
      const { contacts } = await get('/v1/contacts').catch(error => {
        changed = true;
        throw error;
      });
      if (asked !== state) {
        return;
      }
      asked.contacts = contacts;
    }
    if (state.notice) {
      state = { ...fresh(), scopes: asked.scopes, contacts: asked.contacts };
    }
    state.banner = '';
    state.conversations = conversations;
    if (state.open !== null && !current()) {
      state.drafts.delete(state.open);
      choose(null);
    }
    await (state.other ?? state.talk)?.refresh(current(), reported);
    draw();
    if (turn === turns) {
      document.body.classList.remove('covered');
    }
    follow();
  } catch (error) {
    if (asked === state) {
      failed(error);
    }
  } finally {
    asked.polling = false;
    if (asked === state && asked.again) {
      const { reported: only } = asked.again;
      asked.again = null;
      refresh(only);
    }
  }
}

/** Asks for news whenever the server reports an event. */
async function follow() {
  if (following || !isWatched()) {
    return;
  }
  const mine = events;
  let open = false;
  following = true;
  try {
    await mine.follow(event => {
      open = true;
      notifyOf(event);
      changed ||= ['contact', 'gap', 'caught-up'].includes(event.type);
      state.talk?.told(event);
      if (event.type === 'message' && event.message && event.conversation === state.open) {
        state.talk?.received(event.message);
      }
      news();
    });
  } catch (error) {
    // The next request shows the reason: the store may be locked, or the server gone.
    if (!(error instanceof Refused || error instanceof Unreachable)) {
      throw error;
    }
  } finally {
    if (mine === events) {
      following = false;
      clearTimeout(timer);
      timer = setTimeout(tick, open ? 0 : POLL);
    }
  }
}

function stop() {
  events.close();
  events = new Events();
  following = false;
}

/** Asks at once, and then at a limited rate, however many events there are. */
function news() {
  more = pause !== 0;
  if (more) {
    return;
  }
  pause = setTimeout(() => {
    pause = 0;
    if (more && following) {
      news();
    }
  }, PAUSE);
  refresh(true);
}

function tick() {
  clearTimeout(timer);
  // A clock that was set back keeps no page open either.
  if (!state.notice && Math.abs(Date.now() - lastInput) > IDLE) {
    leave();
  }
  if (!isWatched()) {
    stop();
    cover();
    if (!state.notice) {
      // A hidden page asks for nothing, but does not keep its texts for longer than another one.
      timer = setTimeout(tick, lastInput + IDLE - Date.now() + POLL);
    }
    return;
  }
  if (following && events.silence > SILENCE) {
    stop();
  }
  if (!state.notice?.over) {
    refresh();
  }
  timer = setTimeout(tick, following ? LOOK : POLL);
}

for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(kind, () => { lastInput = Date.now(); }, { passive: true });
}
/** The entry where the pointer was pressed: if another one has moved there by the time it is released, nothing happens. */
let pressed;
addEventListener('pointerdown', event => { pressed = item(event.target)?.dataset.id; }, true);
addEventListener('click', event => {
  if (event.detail > 0 && item(event.target)?.dataset.id !== pressed) {
    event.stopPropagation();
    event.preventDefault();
  }
}, true);
document.addEventListener('visibilitychange', tick);
addEventListener('keydown', event => {
  if (event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    find();
  }
});
addEventListener('hashchange', () => begin());

async function begin() {
  stop();
  close();
  state = fresh({ text: 'Connecting…', hint: '' });
  draw();
  try {
    await login();
  } catch (error) {
    if (error instanceof Refused) {
      blank(error.message, error.title === 'Store locked' ? 'unlock' : 'web-login', true);
      return;
    }
    failed(error);
  }
  tick();
}

begin();
