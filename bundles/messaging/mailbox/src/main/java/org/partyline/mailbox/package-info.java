/** Outgoing and incoming messages as they are stored, and what becomes of their transactions. */
package org.partyline.mailbox;
