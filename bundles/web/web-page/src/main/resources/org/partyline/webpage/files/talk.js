/** One conversation: its messages, and the message that is being written. */
import { html, nothing } from './lit-html.js';
import { get, place, post, Refused, unique } from './client.js';
import { mark, qr } from './draw.js';
import { clock, count, day, named, sat, until, word } from './text.js';

const PAGE = 50;
/** The maximum number of messages in one call. */
const MOST = 500;
const PRICE_DELAY = 400;
/** The maximum number of our messages in one request. */
const FOLLOWED = 8;
const WAITING = ['on hold', 'queued'];
/** Time between two requests for the reason why one of them waits. */
const ASKED = 3000;
/** The states in which a message can be recalled. */
const RECALLED = [...WAITING, 'sent', 'relayed'];
const NOT_KEPT = 'A message that is not kept';
const REACTIONS = ['👍', '❤️', '😂', '😮', '😢', '🙏'];
/** The state when nothing is being written. */
const EMPTY = { text: '', ttl: '', burn: false, reply: null, edit: null, before: null, key: null, first: null };
const LIVES = [['', 'as the receiver sets it'], ['5', '5 minutes'], ['60', '1 hour'], ['1440', '1 day'], ['10080', '7 days'], ['64800', '45 days']];

export class Talk {
  #id;
  #page;
  #messages = null;
  /** Messages that arrived in events since the last request. */
  #reported = [];
  /** Whether an event may have changed a message since the last request. */
  #stale = true;
  /** The number of messages on the screen, counted from the newest. */
  #shown = PAGE;
  #more = false;
  /** The message to scroll to; null for the last one. */
  #until = null;
  #closed = false;
  #price = null;
  #told = '';
  #sending = false;
  #timer;
  /** The delivery of our messages, by number: their cost, and why they wait. */
  #outgoing = new Map();
  /** The contact with its safety number, if that is shown. */
  #contact = null;
  /** The channel's members and its invite, if they are shown. */
  #members = null;
  /** Burn messages that were opened, with their positions. */
  #burned = new Map();
  /** The message to which a reaction is chosen. */
  #reacting = null;
  /** The last call for a reaction, with its idempotency key, until it succeeds: a repeated call must not pay twice. */
  #reaction = null;
  /** Our message to be recalled once that is confirmed. */
  #recalling = null;

  /** @param page the page's functions for a conversation: draw, refresh, failed, may, trust, back; and drafts, the unfinished messages of all conversations by their ids */
  constructor(id, page) {
    this.#id = id;
    this.#page = page;
    this.#askSoon();
  }

  /**
   * The message that is being written. It stays in its conversation while another one is open.
   * reply: the message it answers; edit: the message it changes, and before: the unfinished text from before the change;
   * key: the idempotency key of a call that failed, since a repeated call must not pay twice; first: an earlier message, whose
   * sending was not answered, and with which the text begins. It is sent again by itself, with its key.
   */
  get #draft() {
    return this.#page.drafts.get(this.#id) ?? EMPTY;
  }

  set #draft(draft) {
    this.#page.drafts.set(this.#id, draft);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#messages = null;
    this.#reported = [];
    this.#outgoing.clear();
    this.#burned.clear();
    this.#contact = null;
    this.#members = null;
    this.#recalling = null;
  }

  /** Called with an event: those about other conversations change no message here. */
  told(event) {
    this.#stale ||= event.conversation === this.#id || event.type === 'gap' || event.type === 'caught-up';
  }

  /**
   * Requests the messages, and marks those on the screen as read.
   *
   * @param reported whether only events that were reported can have changed them
   */
  async refresh(conversation, reported) {
    if (reported && !this.#stale) {
      return;
    }
    this.#reported = [];
    this.#stale = false;
    const messages = await this.#load().catch(error => {
      this.#stale = true;
      throw error;
    });
    if (this.#closed) {
      return;
    }
    this.#put([...messages, ...this.#reported.filter(one => !messages.some(each => each.id === one.id))]);
    await this.#follow(messages);
    if (conversation?.unread && messages.length > 0 && document.hasFocus()) {
      await post(place(this.#id, '/read'), { up_to: Math.max(...messages.map(one => one.id)) });
    }
  }

  /** Shows a message that arrived in an event, before the server is asked for other news. */
  received(message) {
    this.#reported.push(message);
    if (this.#messages && !this.#messages.some(one => one.id === message.id)) {
      this.#put([...this.#messages, message]);
    }
  }

  /** Stays at the end of the list if that is on the screen. */
  #put(messages) {
    const log = document.querySelector('.log');
    const atEnd = !log || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    this.#messages = messages;
    this.#page.draw();
    if (messages.some(one => one.id === this.#until)) {
      this.#until = null;
    } else if (atEnd) {
      this.#toEnd();
    }
  }

  /** Returns the text of a message that is answered: it may have been edited, erased or have expired meanwhile. */
  #present(one) {
    const all = this.#messages ?? [];
    const found = all.find(each => each.id === one.id);
    const isGone = found ? false : all.some(each => each.id < one.id) || new Date(one.expires) < Date.now();
    return isGone ? NOT_KEPT : (found ?? one).text;
  }

  /** Scrolls to a message, however old it is. */
  until(id) {
    this.#until = id;
    return this.#page.refresh();
  }

  /** Requests the delivery of our latest messages, if it may have changed. */
  async #follow(messages) {
    const changed = messages
      .filter(one => one.direction === 'out' && !one.notice && this.#isNew(one))
      .slice(-FOLLOWED);
    for (const one of changed) {
      try {
        const { fee_sat: fee, reason } = await get(`/v1/outbox/${one.id}`);
        this.#outgoing.set(one.id, { as: standing(one), fee, reason, until: Date.now() + ASKED });
      } catch (error) {
        if (error.status !== 422) {
          throw error;
        }
        // It is no longer stored.
        this.#outgoing.set(one.id, { as: standing(one), fee: 0, reason: null });
      }
    }
    if (changed.length > 0 && !this.#closed) {
      this.#page.draw();
    }
  }

  /** Returns whether its state has changed since the last request, or it may wait for another reason. */
  #isNew(one) {
    const known = this.#outgoing.get(one.id);
    return known?.as !== standing(one) || (RECALLED.includes(one.state) && Date.now() > known.until);
  }

  #toEnd() {
    const log = document.querySelector('.log');
    if (log) {
      log.scrollTop = log.scrollHeight;
    }
  }

  /** Requests all messages on the screen, including earlier ones: any of them may have been edited or erased. */
  async #load() {
    let all = [];
    const wanted = this.#until;
    const isMissing = () => wanted !== null && !all.some(one => one.id === wanted);
    for (let limit = 0, given = 0; given === limit && (all.length < this.#shown || isMissing());) {
      limit = Math.min(MOST, Math.max(PAGE, this.#shown - all.length));
      const { messages } = await get(place(this.#id, `/messages?limit=${limit}${all.length > 0 ? `&before=${all[0].id}` : ''}`));
      given = messages.length;
      all = [...messages, ...all];
    }
    if (isMissing() && this.#until === wanted) {
      // It was erased since, so there is no need to scroll to it.
      this.#until = null;
    }
    this.#more = all.length >= this.#shown;
    this.#shown = Math.max(this.#shown, all.length);
    return all;
  }

  async #older() {
    this.#shown += PAGE;
    await this.#page.refresh();
  }

  #all() {
    const all = [...this.#messages ?? []];
    for (const [id, { one, after }] of this.#burned) {
      if (!all.some(each => each.id === id)) {
        all.splice(all.findIndex(each => each.id === after) + 1, 0, one);
      }
    }
    return all;
  }

  /** Runs an action that may fail, and shows the failure. @return whether it succeeded */
  async #doing(what) {
    try {
      await what();
      if (!this.#closed) {
        this.#page.draw();
      }
      return true;
    } catch (error) {
      this.#page.failed(error);
      return false;
    }
  }

  #box() {
    return document.getElementById('text');
  }

  /** Called when the text has changed: its price is requested once the writer pauses. */
  #changed(part) {
    this.#draft = { ...this.#draft, key: null, ...part };
    this.#told = '';
    this.#askSoon();
    this.#page.draw();
  }

  #askSoon() {
    this.#price = null;
    clearTimeout(this.#timer);
    if (this.#draft.text.trim()) {
      this.#timer = setTimeout(() => this.#ask(), PRICE_DELAY);
    }
  }

  async #ask() {
    const draft = this.#draft;
    const isCurrent = () => !this.#closed && this.#draft === draft;
    try {
      const price = await post(place(this.#id, '/messages'), { ...wish(draft), dry_run: true });
      if (isCurrent()) {
        this.#price = price;
        this.#page.draw();
      }
    } catch (error) {
      if (error.status !== 413 && error.status !== 422) {
        this.#page.failed(error);
      } else if (isCurrent()) {
        this.#told = error.message;
        this.#page.draw();
      }
    }
  }

  /** Empties the field at once, so that the next message can be written while this one is sent. Puts the text back if sending fails. */
  async #send(event) {
    event?.preventDefault();
    const draft = { ...this.#draft, key: this.#draft.key ?? unique() };
    // If its text was changed, all of the text is a new message.
    draft.first = draft.text.startsWith(joined(draft.first?.text, '')) ? draft.first : null;
    if (this.#sending || !draft.text.trim()) {
      return;
    }
    const rest = draft.before ?? { ...EMPTY, ttl: draft.ttl };
    let unsent = draft;
    let answered = true;
    this.#sending = true;
    this.#changed(rest);
    const begun = this.#draft;
    const isSent = await this.#doing(async () => {
      try {
        if (draft.first) {
          this.#told = receipt(await this.#post(draft.first));
          unsent = { ...draft, text: draft.text.slice(joined(draft.first.text, '').length), first: null };
        }
        if (unsent.text.trim()) {
          this.#told = receipt(await this.#post(unsent));
        }
      } catch (error) {
        answered = error instanceof Refused && error.status < 500;
        throw error;
      }
    });
    this.#sending = false;
    if (!isSent) {
      this.#draft = this.#restored(unsent, begun, answered);
      this.#page.draw();
    }
    if (!this.#closed) {
      await this.#page.refresh();
    }
    // Another conversation may have been opened meanwhile.
    if (!this.#closed) {
      this.#toEnd();
      this.#box()?.focus();
    }
  }

  /** Returns a message that was not sent, with what was written meanwhile. Neither of them changes another message. */
  #restored(unsent, begun, answered) {
    const restore = now => {
      if (now === begun) {
        return unsent;
      }
      if (now.edit) {
        return { ...now, before: restore(now.before) };
      }
      return unsent.edit ? { ...unsent, before: now } : {
        ...now, text: joined(unsent.text, now.text), burn: now.burn || unsent.burn, key: null,
        first: unsent.first ?? (answered ? null : unsent),
      };
    };
    return restore(this.#draft);
  }

  #post(draft) {
    const key = { 'Idempotency-Key': draft.key };
    return draft.edit
      ? post(`/v1/messages/${draft.edit.id}/edit`, { text: draft.text }, key)
      : post(place(this.#id, '/messages'), wish(draft), key);
  }

  #typed(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && !matchMedia('(pointer: coarse)').matches) {
      this.#send(event);
    } else if (event.key === 'Escape') {
      this.#reply(null);
      this.#edit(null);
    }
  }

  #edit(message) {
    const before = this.#draft.before;
    if (message) {
      this.#changed({ ...EMPTY, text: message.text, edit: message, before: before ?? this.#draft });
    } else if (before) {
      this.#changed(before);
    } else {
      return;
    }
    this.#box()?.focus();
  }

  #reply(message) {
    if (message) {
      this.#edit(null);
    }
    if (message !== this.#draft.reply) {
      this.#changed({ reply: message });
    }
    this.#box()?.focus();
  }

  draw(conversation, personas) {
    const { channel, direct, persona } = conversation;
    const { text, ttl, burn, reply, edit } = this.#draft;
    return html`
      <section class="talk" aria-labelledby="with">
        <div class="title">
          <button class="back quiet" aria-label="Back to the conversations" @click=${this.#page.back}>‹</button>
          <h1 id="with">${channel}</h1>
          ${direct ? mark(this.#page.trust(persona, channel)) : nothing}
          <span class="hint">${direct ? 'Contact' : 'Channel'}, as <bdi>${persona}</bdi></span>
          ${direct ? html`<button class="quiet known" aria-expanded=${this.#contact ? 'true' : 'false'}
            @click=${() => this.know()}>Safety number</button>`
            : html`<button class="quiet known" aria-expanded=${this.#members ? 'true' : 'false'}
            @click=${() => this.#gather()}>Members</button>`}
        </div>
        ${this.#contact ? this.#safety(conversation, personas) : nothing}
        ${this.#members ? this.#who(conversation, personas) : nothing}
        <div class="log" role="log" aria-label="Messages" tabindex="0">
          ${this.#more ? html`<button class="quiet earlier" @click=${() => this.#older()}>Earlier messages</button>` : nothing}
          ${this.#messages?.length === 0 ? html`<p class="hint center">No messages yet.</p>` : nothing}
          ${this.#list(persona)}
        </div>
        <form autocomplete="off" id="compose" @submit=${event => this.#send(event)}>
          ${reply ? html`
            <p class="replying"><span>Reply to <bdi>${reply.direction === 'out' ? 'yourself' : reply.sender ?? 'someone'}</bdi>:
              <q>${this.#present(reply)}</q></span>
              <button type="button" class="quiet" @click=${() => this.#reply(null)}>Do not reply</button></p>` : nothing}
          ${edit ? html`
            <p class="replying editing"><span>Edit <q>${edit.text}</q>. Anyone who has seen it may still have it.</span>
              <button type="button" class="quiet" @click=${() => this.#edit(null)}>Do not edit</button></p>` : nothing}
          <label class="hidden" for="text">Message to ${channel}</label>
          <textarea autocomplete="off" id="text" rows="2" placeholder="Message" autocapitalize="sentences"
            .value=${text} @input=${event => this.#changed({ text: event.target.value })} @keydown=${event => this.#typed(event)}></textarea>
          <div class="options">
            <label>Expires <select autocomplete="off" name="ttl" @change=${event => this.#changed({ ttl: event.target.value })}>${LIVES.map(([value, name]) =>
              html`<option value=${value} .selected=${value === ttl}>${name}</option>`)}</select></label>
            <label><input autocomplete="off" type="checkbox" name="burn" .checked=${burn}
              @change=${event => this.#changed({ burn: event.target.checked })}> Burn after reading</label>
            <button class="send" ?disabled=${this.#sending}>Send</button>
          </div>
          <p class="price" role="status" aria-live="polite">${this.#told || priced(this.#price)}</p>
          <p class="command"><code>${this.#command(conversation, personas)}</code></p>
        </form>
      </section>`;
  }

  /** Shows the safety number, or hides it. */
  async know(shown = this.#contact === null) {
    if (!shown) {
      this.#contact = null;
      this.#page.draw();
      return;
    }
    await this.#doing(async () => {
      this.#contact = await get(place(this.#id, '/contact'));
    });
  }

  #safety({ channel, persona }, personas) {
    const trust = { verified: 'You have compared this number.', rotated: 'This contact has new keys: compare again.' };
    const as = personas > 1 ? ` --persona ${word(persona)}` : '';
    return html`
      <section class="safety" aria-label="Safety number">
        <p>${trust[this.#contact.contact.trust] ?? 'You have not compared this number yet.'}
          Compare it face to face or in a call.</p>
        <p class="number">${this.#contact.safety_number}</p>
        <p class="command"><code>contact-verify ${word(channel)}${as}</code></p>
      </section>`;
  }

  /** Shows the senders heard in the channel, and its invite to users who may see it; or hides them. */
  async #gather() {
    if (this.#members) {
      this.#members = null;
      this.#page.draw();
      return;
    }
    await this.#doing(async () => {
      const members = await get(place(this.#id, '/members'));
      if (this.#page.may('admin')) {
        members.invite = (await get(place(this.#id, '/invite'))).invite;
        members.rows = (await post('/v1/qr', { text: members.invite })).rows;
      }
      this.#members = this.#closed ? null : members;
    });
  }

  #who({ channel, persona }, personas) {
    const as = personas > 1 ? ` --persona ${word(persona)}` : '';
    const { participants, invite, rows } = this.#members;
    return html`
      <section class="safety" aria-label="Members" tabindex="0">
        ${participants.length === 0 ? html`<p class="hint">No kept messages in this channel.</p>` : html`
          <table>
            <thead><tr><th scope="col">Name</th><th scope="col">Signs as</th><th scope="col">Trust</th><th scope="col">Messages</th>
              <th scope="col">Signed</th></tr></thead>
            <tbody>${participants.map(one => html`
              <tr><th scope="row">${one.nickname ?? 'no name'}</th><td>${one.contact ?? ''}</td><td>${one.trust ?? 'unverified name'}</td>
                <td>${one.messages}</td><td>${one.signed}</td></tr>`)}</tbody>
          </table>`}
        <p class="hint">Members who only read are not listed.</p>
        <p class="command"><code>channel-who ${word(channel)}${as}</code></p>
        ${invite ? html`
          <p>Invite: joining also requires the passphrase. Send it separately.</p>
          ${qr(rows, `QR code of the invite to ${channel}`)}
          <p class="long" id="invite">${invite}</p>
          <p class="command"><code>channel-invite ${word(channel)}${as}</code></p>` : nothing}
      </section>`;
  }

  #command(conversation, personas) {
    const { text, ttl, burn, reply, edit } = this.#draft;
    if (edit) {
      return `edit ${edit.id} TEXT`;
    }
    if (!text && !reply) {
      return `messages${named(conversation, personas, '--contact')}`;
    }
    return `send${named(conversation, personas, '--to')}${ttl ? ` --ttl ${ttl}m` : ''}${burn ? ' --burn' : ''}${
      reply ? ` --reply ${reply.id}` : ''} TEXT`;
  }

  #list(persona) {
    let last = '';
    return html`<ol>${this.#all().map(one => {
      const today = day(one.arrived);
      const heading = today === last ? nothing : html`<li class="day"><span>${today}</span></li>`;
      last = today;
      return html`${heading}${this.#message(one, persona)}`;
    })}</ol>`;
  }

  #message(one, persona) {
    if (one.notice) {
      return html`<li class="notice">${one.gap ? gap(one.gap) : one.text}</li>`;
    }
    const own = one.direction === 'out';
    return html`
      <li class=${own ? 'message own' : 'message'} data-id=${one.id}>
        <p class="who"><bdi>${own ? 'You' : one.sender ?? 'Someone'}</bdi></p>
        ${one.quote ? html`<blockquote>${one.quote.text}</blockquote>`
          : one.reply ? html`<blockquote>${NOT_KEPT}</blockquote>` : nothing}
        <p class="words">${this.#words(one, own)}</p>
        <p class="facts">
          <time datetime=${one.sent}>${clock(one.sent)}</time>
          ${own ? html`<span class="state">${standing(one)}</span>`
            : one.signed_by ? html`<span class="proof">signed by <bdi>${one.signed_by}</bdi></span>
              ${mark(this.#page.trust(persona, one.signed_by))}` : nothing}
          ${own && this.#outgoing.get(one.id)?.fee ? html`<span class="cost">${sat(this.#outgoing.get(one.id).fee)}</span>` : nothing}
          <span>${one.burn ? 'burn' : `${until(one.expires)} left`}</span>
          ${one.edited ? html`<span>edited</span>` : nothing}
          ${one.reactions.map(each => html`<span class="reaction" title=${each.sender ?? 'You'}>${each.reaction}</span>`)}
        </p>
        ${own && this.#outgoing.get(one.id)?.reason ? html`<p class="reason">${this.#outgoing.get(one.id).reason}</p>` : nothing}
        ${one.burn ? nothing : this.#actions(one)}
      </li>`;
  }

  #words(one, own) {
    if (this.#burned.has(one.id)) {
      return this.#burned.get(one.id).one.text;
    }
    if (one.text !== null) {
      return one.text;
    }
    return own ? html`<em>A message that its reader can read once</em>`
      : html`<button class="burn" @click=${() => this.#burn(one)}>Read once, then erase</button> <code>read ${one.id}</code>`;
  }

  async #burn(one) {
    await this.#doing(async () => {
      const all = this.#all();
      const after = all[all.findIndex(each => each.id === one.id) - 1]?.id;
      const { text } = await post(`/v1/messages/${one.id}/read`, {});
      // The server has erased it: it stays on this screen, until the conversation is left.
      this.#burned.set(one.id, { one: { ...one, text }, after });
    });
  }

  #actions(one) {
    return html`
      <p class="actions">
        <button class="quiet" @click=${() => this.#reply(one)}>Reply</button>
        <button class="quiet" aria-expanded=${this.#reacting === one.id ? 'true' : 'false'}
          @click=${() => this.#choose(one.id)}>React</button>
        ${this.#reacting === one.id ? REACTIONS.map(each => html`
          <button class="quiet pick" aria-label=${`React with ${each}`} @click=${() => this.#react(one, each)}>${each}</button>`) : nothing}
        ${this.#reacting === one.id ? html`<code>react ${one.id} REACTION</code>` : nothing}
        ${one.direction === 'out' ? this.#withdrawals(one) : nothing}
      </p>
      ${this.#recalling === one.id ? html`
        <p class="reason">Its readers, and anyone who records the network, may still have it.
          <button class="sure" @click=${() => this.#recall(one)}>Recall it</button>
          <code>${WAITING.includes(one.state) ? 'cancel' : 'recall'} ${one.id}</code></p>` : nothing}`;
  }

  #withdrawals(one) {
    return html`
      ${one.text === null ? nothing : html`<button class="quiet" @click=${() => this.#edit(one)}>Edit</button>`}
      ${RECALLED.includes(one.state) ? html`<button class="quiet" aria-expanded=${this.#recalling === one.id ? 'true' : 'false'}
        @click=${() => this.#askRecall(one.id)}>Recall</button>` : nothing}`;
  }

  #askRecall(id) {
    this.#recalling = this.#recalling === id ? null : id;
    this.#page.draw();
  }

  async #recall(one) {
    this.#recalling = null;
    await this.#doing(async () => {
      const { message, fee_sat: fee } = await post(`/v1/messages/${one.id}/recall`, {}, {
        'Idempotency-Key': `recall-${one.id}`,
      });
      this.#outgoing.delete(one.id);
      this.#told = message.state === 'recalled'
        ? `Message ${one.id} is recalled${fee ? `, for ${sat(fee)} more` : ''}.`
        : `Message ${one.id} is already in a block and cannot be recalled.`;
    });
    this.#page.refresh();
  }

  #choose(id) {
    this.#reacting = this.#reacting === id ? null : id;
    this.#page.draw();
  }

  /** Choosing the same reaction again withdraws it. */
  async #react(one, reaction) {
    this.#reacting = null;
    const had = one.reactions.some(each => each.direction === 'out' && each.reaction === reaction);
    const wanted = had ? '' : reaction;
    const call = `${one.id} ${wanted}`;
    if (this.#reaction?.call !== call) {
      this.#reaction = { call, key: unique() };
    }
    const begun = this.#reaction;
    const isSent = await this.#doing(async () => {
      this.#told = receipt(await post(`/v1/messages/${one.id}/reaction`, { reaction: wanted }, { 'Idempotency-Key': begun.key }));
    });
    if (isSent && this.#reaction === begun) {
      this.#reaction = null;
    }
    this.#page.refresh();
  }
}

const joined = (first, next) => `${first}\n${next}`;

function wish({ text, ttl, burn, reply }) {
  const wanted = { text, burn };
  if (ttl) {
    wanted.ttl_minutes = Number(ttl);
  }
  if (reply) {
    wanted.reply_to = reply.id;
  }
  return wanted;
}

function receipt(sent) {
  const price = sent.estimated_fee_sat === null ? 'Its price is not known yet'
    : `It costs at most ${sat(sent.estimated_fee_sat + sent.margin_sat)}`;
  return `Stored as message ${sent.id}. ${price}${sent.opening_fee_sat ? `, and ${sat(sent.opening_fee_sat)} to open the session` : ''}.${
    sent.waits ? ` It waits: ${sent.waits}.` : ''}${sent.warnings.map(one => ` ${one}`).join('')}`;
}

function priced(price) {
  if (!price) {
    return '';
  }
  const size = price.packets ? `${count(price.packets, 'packet')}, ${count(price.bytes, 'byte')}` : count(price.bytes, 'byte');
  if (price.estimated_fee_sat === null) {
    return `${size}. No node estimates the price now.`;
  }
  const most = price.margin_sat ? `, at most ${sat(price.estimated_fee_sat + price.margin_sat)}` : '';
  return `${size}: about ${sat(price.estimated_fee_sat)}${most}.${price.warnings.map(one => ` ${one}`).join('')}`;
}

function standing(one) {
  if (one.doubt) {
    return one.doubt === 'sent again' ? 'may be unread, sent again' : 'may be unread';
  }
  if (one.read) {
    return 'read';
  }
  if (one.delivered) {
    return 'delivered';
  }
  return one.confirmations ? `${one.state}, ${count(one.confirmations, 'confirmation')}` : one.state;
}

const gap = missing => `${missing.most === 1 ? 'A message is' : `Up to ${missing.most} messages are`} missing here${
  missing.may_arrive ? ', and may still arrive' : ''}.`;
