package org.partyline.messaging.mailbox;

/**
 * An event: a block has the answer to a handshake, or new keys of ours, too late for a contact that was absent.
 *
 * @param outgoing its last stored version
 */
public record MinedTooLate(OutgoingMessage outgoing) {}
