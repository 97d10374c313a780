/** Measures text for the screen, and makes incoming text safe for it. */
package org.partyline.chat.text;
