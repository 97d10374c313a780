/** Text on a screen of fixed places: how wide it is, and what others wrote made fit for it. */
package org.partyline.chat.text;
