package org.partyline.messaging.mailbox;

/**
 * A message will not be sent: the coins of its transactions are free, where no node has one.
 *
 * @param outgoing as it was stored last
 */
public record MessageAbandoned(OutgoingMessage outgoing) {}
