/** Writes, reads, recalls and inspects messages. */
package org.partyline.messages;
