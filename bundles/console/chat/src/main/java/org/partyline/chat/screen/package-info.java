/** Converts values to rows of a screen. */
package org.partyline.chat.screen;
