package org.partyline.messaging.mailbox;

/**
 * An event: a message will not be sent, so the coins of its transactions are free where no node has them.
 *
 * @param outgoing as it was stored last
 */
public record MessageAbandoned(OutgoingMessage outgoing) {}
