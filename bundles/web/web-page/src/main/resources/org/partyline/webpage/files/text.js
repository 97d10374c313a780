/** Formats times, amounts and names. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const SHORT_DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const clock = iso => CLOCK.format(new Date(iso));

export const day = iso => DAY.format(new Date(iso));

/** Returns the time if it is today, otherwise the day. */
export function brief(iso) {
  const time = new Date(iso);
  return time.toDateString() === new Date().toDateString() ? CLOCK.format(time) : SHORT_DAY.format(time);
}

/** Returns the duration until a time, in one unit. */
export function until(iso) {
  const minutes = Math.max(0, Math.round((new Date(iso) - Date.now()) / 60000));
  if (minutes < 60) {
    return `${minutes} min`;
  }
  return minutes < 2880 ? `${Math.round(minutes / 60)} h` : `${Math.round(minutes / 1440)} d`;
}

export const sat = amount => `${amount.toLocaleString('en-GB').replaceAll(',', '\u202f')} sat`;

export const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** Returns a name that does not change the order of the text around it, whatever its script. */
export const isolated = name => `\u2068${name}\u2069`;

/** Returns a word of a command line, quoted if the console needs it. */
export const word = text => (/^[\p{L}\p{N}._-]+$/u.test(text) ? text : `"${text.replace(/["\\$]/g, '\\$&')}"`);

/** Returns the options that name a conversation in a command. @param contact the command's option for a contact */
export function named(conversation, personas, contact) {
  const persona = personas > 1 ? ` --persona ${word(conversation.persona)}` : '';
  return `${persona} ${conversation.direct ? contact : '--channel'} ${word(conversation.channel)}`;
}
