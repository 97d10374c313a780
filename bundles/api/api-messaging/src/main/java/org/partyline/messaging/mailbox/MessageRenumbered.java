package org.partyline.messaging.mailbox;

import org.partyline.api.store.StoreTransaction;

/**
 * An event: the packets of a message now belong to another one. Told within the transaction that makes it so.
 *
 * @param message its number until now
 * @param carrier the id of its carrier
 * @param other the number that they have from now on
 */
public record MessageRenumbered(StoreTransaction tx, long message, String carrier, long other) {}
