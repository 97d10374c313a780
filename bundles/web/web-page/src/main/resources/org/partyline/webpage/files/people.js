/** Contacts, and the cards for adding them, as text and QR code. */
import { html, nothing } from './lit-html.js';
import { get, post, Refused } from './client.js';
import { mark, qr } from './draw.js';
import { Scanner } from './scan.js';
import { word } from './text.js';

export class People {
  #page;
  #contacts = null;
  #personas = [];
  /** The card of the selected persona, if it is shown. */
  #card = null;
  #draft = { card: '', name: '', persona: '' };
  #wish = { invite: '', passphrase: '', persona: '' };
  #told = '';
  #joined = '';
  #scanner;
  #closed = false;

  /** @param page the page's functions: draw, failed, may, refresh, open */
  constructor(page) {
    this.#page = page;
    this.#scanner = new Scanner(page, text => this.#scanned(text));
  }

  close() {
    this.#closed = true;
    this.#scanner.close();
    this.#contacts = null;
    this.#card = null;
    this.#draft = { card: '', name: '', persona: '' };
    this.#wish = { invite: '', passphrase: '', persona: '' };
  }

  async refresh() {
    const { contacts } = await get('/v1/contacts');
    const { personas } = await get('/v1/personas');
    if (this.#closed) {
      return;
    }
    this.#contacts = contacts;
    this.#personas = personas;
    if (this.#card === null && personas.length > 0) {
      await this.show((personas.find(one => one.current) ?? personas[0]).name);
    }
  }

  async show(persona) {
    this.#card = { persona };
    try {
      const { card } = await get(`/v1/personas/${encodeURIComponent(persona)}/card`);
      const { rows } = await post('/v1/qr', { text: card });
      this.#card = { persona, card, rows };
    } catch (error) {
      if (!(error instanceof Refused) || error.ends) {
        throw error;
      }
      this.#card = { persona, problem: error.message };
    }
    if (this.#closed) {
      this.#card = null;
    } else {
      this.#page.draw();
    }
  }

  #changed(part) {
    this.#draft = { ...this.#draft, ...part };
    this.#told = '';
    this.#page.draw();
  }

  async #add(event) {
    event.preventDefault();
    const { card, name, persona } = this.#draft;
    if (!card.trim()) {
      return;
    }
    try {
      const added = await post('/v1/contacts', { card: card.trim().toLowerCase(), ...(name && { name }), ...(persona && { persona }) });
      this.#draft = { card: '', name: '', persona };
      this.#told = `${added.name} is a contact. Compare the safety number when you can.`;
      await this.refresh();
    } catch (error) {
      if (error instanceof Refused && !error.ends) {
        this.#told = error.message;
      } else {
        this.#page.failed(error);
      }
    }
    this.#page.draw();
  }

  async #join(event) {
    event.preventDefault();
    const { invite, passphrase, persona } = this.#wish;
    if (!invite.trim() || !passphrase) {
      return;
    }
    this.#joined = 'The passphrase is being tried…';
    this.#page.draw();
    try {
      const { channel } = await post('/v1/channels', { invite: invite.trim().toLowerCase(), passphrase, ...(persona && { persona }) });
      this.#wish = { invite: '', passphrase: '', persona };
      this.#joined = `You are in ${channel}.`;
      this.#page.refresh();
    } catch (error) {
      this.#joined = '';
      if (error instanceof Refused && !error.ends) {
        this.#joined = error.message;
      } else {
        this.#page.failed(error);
      }
    }
    this.#page.draw();
  }

  #wished(part) {
    this.#wish = { ...this.#wish, ...part };
    this.#joined = '';
    this.#page.draw();
  }

  /** Fills in the form for contacts with a card, or the one for channels with an invite. @return the message to show */
  #scanned(text) {
    const [code] = text.trim().toLowerCase().match(/^pl(card|chan)1[a-z0-9]+$/) ?? [''];
    if (code.startsWith('plcard')) {
      this.#changed({ card: code });
      document.getElementById('name').focus();
      return 'A card is below. Add it.';
    }
    if (code && this.#page.may('admin')) {
      this.#wished({ invite: code });
      document.getElementById('passphrase').focus();
      return 'An invite is below. Enter the passphrase of the channel.';
    }
    return code ? 'This is an invite. Joining a channel requires the role operate.' : 'This code is neither a card nor an invite.';
  }

  draw() {
    if (!this.#contacts) {
      return html`<p class="hint center" role="status">Asking the server…</p>`;
    }
    const several = this.#personas.length > 1;
    return html`
      <h1>Contacts</h1>
      <section aria-labelledby="known">
        <h2 id="known">Yours</h2>
        ${this.#contacts.length === 0 ? html`<p class="hint">No contacts yet.</p>` : html`
          <table>
            <thead><tr><th scope="col">Name</th>${several ? html`<th scope="col">Persona</th>` : nothing}<th scope="col">Trust</th>
              <th scope="col">Session</th></tr></thead>
            <tbody>${this.#contacts.map(one => html`
              <tr><th scope="row"><button class="quiet talk-to" @click=${() => this.#page.open(one)}>${one.name}</button></th>
                ${several ? html`<td>${one.persona}</td>` : nothing}<td>${mark(one.trust)}</td><td>${one.session}</td></tr>`)}
            </tbody>
          </table>`}
        <p class="command"><code>contact-list</code> <code>contact-verify NAME</code></p>
      </section>
      ${this.#scanner.draw()}
      <section aria-labelledby="add">
        <h2 id="add">Add a contact</h2>
        <form autocomplete="off" class="plain" id="new-contact" @submit=${event => this.#add(event)}>
          <label>Card<textarea autocomplete="off" id="card" rows="3" autocapitalize="off" spellcheck="false" placeholder="plcard1…" .value=${this.#draft.card}
            @input=${event => this.#changed({ card: event.target.value })}></textarea></label>
          <label>Name, if not the one on the card<input autocomplete="off" id="name" .value=${this.#draft.name}
            @input=${event => this.#changed({ name: event.target.value })}></label>
          ${this.#choice(several, this.#draft.persona, persona => this.#changed({ persona }))}
          <div class="options">
            <button class="send">Add</button>
          </div>
          <p class="told" role="status" aria-live="polite">${this.#told}</p>
          <p class="command"><code>contact-add CARD${this.#draft.name ? ` --name ${word(this.#draft.name)}` : ''}${
            this.#draft.persona ? ` --persona ${word(this.#draft.persona)}` : ''}</code></p>
        </form>
      </section>
      ${this.#page.may('admin') ? this.#channel(several) : nothing}
      ${this.#card ? this.#mine(several) : nothing}`;
  }

  #choice(several, chosen, changed) {
    return several ? html`<label>For the persona<select autocomplete="off" @change=${event => changed(event.target.value)}>
      <option value="">current</option>${this.#personas.map(one => html`<option .selected=${one.name === chosen}>${one.name}</option>`)}
      </select></label>` : nothing;
  }

  #channel(several) {
    const { invite, passphrase, persona } = this.#wish;
    return html`
      <section aria-labelledby="join">
        <h2 id="join">Join a channel</h2>
        <form autocomplete="off" class="plain" id="new-channel" @submit=${event => this.#join(event)}>
          <label>Invite<textarea autocomplete="off" id="plchan" rows="3" autocapitalize="off" spellcheck="false" placeholder="plchan1…" .value=${invite}
            @input=${event => this.#wished({ invite: event.target.value })}></textarea></label>
          <label>Passphrase<input autocomplete="off" id="passphrase" type="password" .value=${passphrase}
            @input=${event => this.#wished({ passphrase: event.target.value })}></label>
          ${this.#choice(several, persona, chosen => this.#wished({ persona: chosen }))}
          <div class="options"><button class="send">Join</button></div>
          <p class="told" role="status" aria-live="polite">${this.#joined}</p>
          <p class="command"><code>channel-join INVITE${persona ? ` --persona ${word(persona)}` : ''}</code></p>
        </form>
      </section>`;
  }

  #mine(several) {
    const { persona, card, rows, problem } = this.#card;
    return html`
      <section aria-labelledby="mine">
        <h2 id="mine">Your card${several ? ` as ${persona}` : ''}</h2>
        ${several ? html`<p>${this.#personas.map(one => html`
          <button class="quiet" aria-pressed=${one.name === persona ? 'true' : 'false'} @click=${() => this.show(one.name)}>${one.name}</button>`)}</p>` : nothing}
        <p class="hint">Anyone who has it can write to you, but cannot read anything.</p>
        ${rows ? qr(rows, `QR code of the card of ${persona}`) : nothing}
        ${card ? html`<p class="long" id="my-card">${card}</p>` : nothing}
        ${problem ? html`<p class="reason">${problem}</p>` : nothing}
        <p class="command"><code>persona-card ${word(persona)}</code></p>
      </section>`;
  }
}
