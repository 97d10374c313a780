/** Outgoing and incoming messages as they are stored, and the state machine that alone changes where an outgoing one stands. */
package org.partyline.engine.mailbox;
