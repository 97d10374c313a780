package org.partyline.messaging.mailbox;

/**
 * A contact may be due a receipt: a message of it was shown, or receipts were set in another way.
 *
 * @param contact its number
 */
public record ReceiptsDue(int contact) {}
