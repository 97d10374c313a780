package org.partyline.messaging.mailbox;

/**
 * An event: a message will not be sent, so the coins of its transactions are free unless a node has these.
 *
 * @param outgoing its last stored version
 */
public record MessageAbandoned(OutgoingMessage outgoing) {}
