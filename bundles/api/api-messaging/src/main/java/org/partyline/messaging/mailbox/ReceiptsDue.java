package org.partyline.messaging.mailbox;

/**
 * An event: a receipt may be due to a contact, because a message was shown or the settings of receipts changed.
 *
 * @param contact its number
 */
public record ReceiptsDue(int contact) {}
