/** Reads QR codes, through the camera or from a picture. */
import { html, nothing } from './lit-html.js';
import { post } from './client.js';

/** Time between two camera pictures. */
const GLANCE = 250;
/** The maximum number of pixels that the server examines in one call. */
const PIXELS = 48000;
/** Parts of the camera picture, examined one after the other: left, top, size. */
const LOOKS = [[0, 0, 1], [0.25, 0.25, 0.5]];
/** How much smaller than a picture a code may be. */
const LEVELS = 3;
const HIDDEN = 'This browser hides pictures from the page. Allow it to read canvas data, and try again; or paste the text below.';

/** Returns a canvas, initially black. */
function canvas(width, height) {
  const made = Object.assign(document.createElement('canvas'), { width: Math.max(1, width), height: Math.max(1, height) });
  const context = made.getContext('2d', { willReadFrequently: true, alpha: false });
  context.imageSmoothingQuality = 'high';
  return context;
}

const pixels = context => context.getImageData(0, 0, context.canvas.width, context.canvas.height).data;

/**
 * Returns whether a page can read what it has drawn: Tor Browser returns other data, since the real data would identify the browser. While a person
 * presses a button, it also asks that person.
 */
function mayRead() {
  if ('BarcodeDetector' in window) {
    return true;
  }
  const context = canvas(8, 8);
  context.fillStyle = '#fff';
  context.fillRect(0, 0, 8, 4);
  return pixels(context).every((value, i) => Math.abs(value - (i < 128 || i % 4 === 3 ? 255 : 0)) < 32);
}

/** Returns a part of a picture in the server's format. */
function part(picture, width, height, [left, top, size]) {
  const [wide, high] = [width * size, height * size];
  const scale = Math.min(1, Math.sqrt(PIXELS / (wide * high)));
  const context = canvas(Math.floor(wide * scale), Math.floor(high * scale));
  context.fillStyle = '#fff';
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.drawImage(picture, left * width, top * height, wide, high, 0, 0, context.canvas.width, context.canvas.height);
  const colours = pixels(context);
  const grey = Array.from({ length: colours.length / 4 }, (_, i) =>
    String.fromCharCode(Math.round(0.3 * colours[4 * i] + 0.59 * colours[4 * i + 1] + 0.11 * colours[4 * i + 2])));
  return { width: context.canvas.width, grey: btoa(grey.join('')) };
}

/** Yields the whole picture, and then its parts, as long as they show more detail than the whole. */
function* parts(width, height) {
  for (let level = 1; level <= LEVELS && (level === 1 || width * height > PIXELS * (level - 1) ** 2); level++) {
    for (let y = 0; y <= 2 * level - 2; y++) {
      for (let x = 0; x <= 2 * level - 2; x++) {
        yield [x / (2 * level), y / (2 * level), 1 / level];
      }
    }
  }
}

/** @return the text of the code in a picture, or null */
async function read(picture, width, height, looks) {
  try {
    const [code] = await new BarcodeDetector({ formats: ['qr_code'] }).detect(picture);
    return code?.rawValue ?? null;
  } catch {
    // This browser has no detector, or one for other codes.
  }
  for (const look of looks) {
    const { text } = await post('/v1/qr/read', part(picture, width, height, look));
    if (text !== null) {
      return text;
    }
  }
  return null;
}

export class Scanner {
  #page;
  #found;
  #camera = null;
  /** The number of the latest scan; results of earlier ones have no effect. */
  #turn = null;
  #told = '';

  /** @param page the page's functions: draw, failed @param found called with the text of a code; returns the message to show */
  constructor(page, found) {
    this.#page = page;
    this.#found = found;
  }

  close() {
    this.#turn = null;
    this.#camera?.getTracks().forEach(track => track.stop());
    this.#camera = null;
    this.#told = '';
  }

  #tell(text) {
    this.#told = text;
    this.#page.draw();
  }

  /** Runs an action that calls the server. */
  async #asking(what) {
    try {
      await what();
    } catch (error) {
      this.close();
      this.#page.failed(error);
    }
  }

  /** Reads camera pictures until one shows a code. */
  async #scan() {
    if (this.#camera) {
      this.close();
      this.#page.draw();
      return;
    }
    if (!mayRead()) {
      this.#tell(HIDDEN);
      return;
    }
    const turn = this.#turn = {};
    let camera;
    try {
      camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    } catch {
      this.#tell('The camera cannot be used. Choose a picture, or paste the text below.');
      return;
    }
    if (turn !== this.#turn) {
      camera.getTracks().forEach(track => track.stop());
      return;
    }
    this.#camera = camera;
    this.#tell('Hold the code in front of the camera.');
    const video = document.getElementById('camera');
    video.srcObject = camera;
    video.play().catch(() => {});
    for (let look = 0; turn === this.#turn; look++) {
      const text = video.videoWidth === 0 ? null : await read(video, video.videoWidth, video.videoHeight, [LOOKS[look % LOOKS.length]]);
      if (text !== null && turn === this.#turn) {
        this.close();
        this.#tell(this.#found(text));
        return;
      }
      await new Promise(go => { setTimeout(go, GLANCE); });
    }
  }

  async #open(input) {
    const [file] = input.files;
    if (!file) {
      return;
    }
    this.close();
    const turn = this.#turn = {};
    const picture = await createImageBitmap(file).catch(() => null);
    input.value = '';
    if (picture === null) {
      this.#tell('This is not a picture that the browser can show.');
      return;
    }
    if (!mayRead()) {
      this.#tell(HIDDEN);
      return;
    }
    this.#tell('Looking for a code…');
    const text = await read(picture, picture.width, picture.height, parts(picture.width, picture.height));
    if (turn === this.#turn) {
      this.#tell(text === null ? 'There is no QR code in this picture, or it is too small.' : this.#found(text));
    }
  }

  draw() {
    return html`
      <section aria-labelledby="scan">
        <h2 id="scan">Scan a card or an invite</h2>
        <div class="options">
          ${navigator.mediaDevices ? html`<button class="scan" @click=${() => this.#asking(() => this.#scan())}>${
            this.#camera ? 'Stop the camera' : 'Scan with the camera'}</button>` : nothing}
          <label>Read a picture <input autocomplete="off" id="picture" type="file" accept="image/*" @click=${mayRead}
            @change=${event => this.#asking(() => this.#open(event.target))}></label>
        </div>
        ${this.#camera ? html`<video id="camera" muted playsinline aria-label="What the camera sees"></video>` : nothing}
        <p class="told" role="status" aria-live="polite">${this.#told}</p>
        <p class="command"><code>contact-add CARD</code> <code>channel-join INVITE</code></p>
      </section>`;
  }
}
