/** The terminal and the services: the thin part that has effects. */
package org.partyline.chat.live;
