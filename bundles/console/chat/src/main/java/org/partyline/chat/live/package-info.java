/** Connects the chat to the terminal and the services: the thin layer that has effects. */
package org.partyline.chat.live;
