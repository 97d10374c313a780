/** Stores outgoing and incoming messages, and follows their transactions. */
package org.partyline.mailbox;
